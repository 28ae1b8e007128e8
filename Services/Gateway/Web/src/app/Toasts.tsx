import { ReactNode, createContext, useCallback, useContext, useEffect, useState } from "react";

const ToastContext = createContext<(text: string) => void>(() => undefined);
export const useToast = (): ((text: string) => void) => useContext(ToastContext);

const SHOWN_MS = 4000;

/** One polite live region for the whole app: what happened is seen and heard. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<{ text: string; at: number } | null>(null);
  const show = useCallback((text: string) => setToast({ text, at: Date.now() }), []);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => setToast(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toast ? <div className="toast">{toast.text}</div> : null}
      </div>
    </ToastContext.Provider>
  );
}
