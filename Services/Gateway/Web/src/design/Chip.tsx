import type { ReactNode } from "react";
import { Icon, IconName } from "./Icon";

/** Green is proven or allowed, amber waits for a person, red failed, violet is privacy or a proposal, teal is money. */
export type Tone = "plain" | "ok" | "wait" | "bad" | "veil" | "cost" | "acc";

export function Chip({ tone = "plain", icon, title, children }: { tone?: Tone; icon?: IconName; title?: string; children: ReactNode }) {
  return (
    <span className={`chip ${tone}`} title={title}>
      {icon ? <Icon name={icon} size={11} /> : null}
      {children}
    </span>
  );
}
