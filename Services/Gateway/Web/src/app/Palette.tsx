import { KeyboardEvent, useEffect, useId, useState } from "react";
import { Dialog } from "../design/Dialog";
import { Icon, IconName } from "../design/Icon";
import { strings } from "../strings";
import { pages } from "./pages";
import { navigate } from "./router";

const OPEN = "provable:palette";
export const openPalette = (): void => void window.dispatchEvent(new Event(OPEN));

interface Choice {
  icon: IconName;
  label: string;
  to: string;
}

function choices(query: string): Choice[] {
  const text = query.trim();
  const words = text.toLowerCase();
  const found: Choice[] = pages
    .filter((page) => page.label.toLowerCase().includes(words))
    .map((page) => ({ icon: page.icon, label: page.label, to: page.path }));
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.exec(text);
  if (id) {
    found.unshift({ icon: "receipts", label: strings.palette.receipt(id[0]), to: `/receipts/${id[0]}` });
    found.unshift({ icon: "runs", label: strings.palette.run(id[0]), to: `/runs/${id[0]}` });
  }
  if (text && !id) found.push({ icon: "copilot", label: strings.palette.ask(text), to: `/copilot?q=${encodeURIComponent(text)}` });
  return found;
}

/** Ctrl K: go to a page, open something by its id, or ask. */
export function Palette() {
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useId();
  useEffect(() => {
    const show = (): void => (setQuery(""), setActive(0), setOpen(true));
    const press = (event: globalThis.KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        show();
      }
    };
    window.addEventListener(OPEN, show);
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener(OPEN, show);
      window.removeEventListener("keydown", press);
    };
  }, []);
  if (!open) return null;
  const found = choices(query);
  const go = (choice: Choice | undefined): void => {
    if (!choice) return;
    setOpen(false);
    navigate(choice.to);
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : found.length - 1;
      setActive((active + step) % Math.max(1, found.length));
    }
  };
  return (
    <Dialog title={strings.palette.title} className="palette" onClose={() => setOpen(false)} onSubmit={() => go(found[active])}>
      <input className="input" role="combobox" aria-expanded="true" aria-controls={list} aria-activedescendant={`${list}-${active}`}
        aria-label={strings.palette.open} placeholder={strings.palette.placeholder} value={query} data-autofocus onKeyDown={move}
        onChange={(event) => (setQuery(event.target.value), setActive(0))} />
      <ul id={list} role="listbox" aria-label={strings.palette.title} className="choices">
        {found.map((choice, i) => (
          <li key={choice.to} id={`${list}-${i}`} role="option" aria-selected={i === active} onClick={() => go(choice)} onMouseMove={() => setActive(i)}>
            <Icon name={choice.icon} /> <span className="clip">{choice.label}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
