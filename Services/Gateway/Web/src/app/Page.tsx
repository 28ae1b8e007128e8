import { ReactNode, useEffect, useRef } from "react";
import { strings } from "../strings";
import { openPalette } from "./Palette";
import { Link, useRoute } from "./router";

interface Props {
  title: ReactNode;
  /** For the window's title; the title itself where it is text. */
  name?: string;
  crumb?: { to: string; label: string };
  chips?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}

let lastFocused: string | null = null;

/** The bar and the body of one page. A new page takes the focus to its heading, so that it is announced. */
export function Page({ title, name, crumb, chips, actions, flush, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = useRoute();
  const shown = name ?? (typeof title === "string" ? title : strings.product);
  useEffect(() => {
    document.title = `${shown} · ${strings.product}`;
  }, [shown]);
  useEffect(() => {
    if (lastFocused !== null && lastFocused !== path) heading.current?.focus();
    lastFocused = path;
  }, [path]);
  return (
    <>
      <div className="bar">
        {crumb ? <span className="crumb"><Link to={crumb.to}>{crumb.label}</Link> /</span> : null}
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {chips}
        <span className="push row">
          {actions}
          {actions ? null : (
            <button type="button" className="find" onClick={openPalette} aria-keyshortcuts="Control+K">
              <span>{strings.palette.open}</span>
              <kbd aria-hidden="true">Ctrl K</kbd>
            </button>
          )}
        </span>
      </div>
      <div className={flush ? "body flush" : "body"}>{children}</div>
    </>
  );
}
