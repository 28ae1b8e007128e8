import type { ReactNode } from "react";
import { Icon } from "./Icon";

export function Fold({ title, aside, open, id, children }: { title: ReactNode; aside?: ReactNode; open?: boolean; id?: string; children: ReactNode }) {
  return (
    <details className="fold" open={open} id={id}>
      <summary><Icon name="chevron" size={12} className="chev" /> {title}{aside ? <span className="push row">{aside}</span> : null}</summary>
      <div className="fold-body">{children}</div>
    </details>
  );
}
