import { FormEvent, KeyboardEvent, ReactNode, useEffect, useId, useRef } from "react";

interface Props {
  title: string;
  onClose: () => void;
  onSubmit?: () => void;
  className?: string;
  children: ReactNode;
}

/** The platform's own modal: it traps focus, closes on Escape and gives focus back. */
export function Dialog({ title, onClose, onSubmit, className = "", children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // The platform focuses the first field; the one that a person most likely wants is marked.
      dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    return () => dialog?.close();
  }, []);
  const hurry = (event: KeyboardEvent<HTMLFormElement>): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <dialog ref={ref} className={`dialog ${className}`} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), onClose())}>
      <form onSubmit={submit} onKeyDown={hurry}>
        <h2 id={id}>{title}</h2>
        {children}
      </form>
    </dialog>
  );
}
