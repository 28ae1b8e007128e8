import { ReactNode, useId } from "react";
import type { Tone } from "./Chip";

interface Props {
  title: ReactNode;
  aside?: ReactNode;
  /** Stands beside the title, in the same line. */
  note?: ReactNode;
  tone?: Tone;
  /** Tables go to the edge; everything else is padded. */
  flush?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}

export function Card({ title, aside, note, tone, flush, footer, children }: Props) {
  const id = useId();
  return (
    <div role="group" className={`card ${tone ? `tone-${tone}` : ""}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note}
        {aside ? <span className="push row">{aside}</span> : null}
      </header>
      {flush ? children : <div className="pad">{children}</div>}
      {footer ? <footer>{footer}</footer> : null}
    </div>
  );
}
