import { useEffect, useId, useRef, useState } from "react";
import { Problem } from "../api/problem";
import { Chip } from "../design/Chip";
import { Icon } from "../design/Icon";
import { strings } from "../strings";
import { useSession, useSessions } from "./SessionContext";
import { useToast } from "./Toasts";
import { navigate } from "./router";

/** A steady colour per tenant, so that the wrong one is noticed. */
export const swatch = (slug: string): string => `swatch c${[...slug].reduce((sum, char) => sum + char.charCodeAt(0), 0) % 6}`;

export function TenantSwitcher() {
  const session = useSession();
  const { switchTenant } = useSessions();
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const menu = useId();
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: MouseEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("mousedown", outside);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("mousedown", outside);
      document.removeEventListener("keydown", escape);
    };
  }, [open]);
  const choose = (slug: string): void => {
    setOpen(false);
    if (slug === session.tenant.slug) return;
    switchTenant(slug).then(() => navigate("/inbox"), (problem: Problem) => toast(problem.message));
  };
  return (
    <div className="tenant" ref={root}>
      <button type="button" aria-expanded={open} aria-controls={menu} onClick={() => setOpen(!open)}
        aria-label={strings.tenant.current(session.tenant.name)}>
        <i className={swatch(session.tenant.slug)} />
        <span className="clip">{session.tenant.name}</span>
        <Icon name="down" size={14} className="push" />
      </button>
      <div id={menu} className="pop" hidden={!open}>
        {session.tenants.map((tenant) => (
          <button key={tenant.slug} type="button" aria-current={tenant.slug === session.tenant.slug}
            className={tenant.kind === "client" ? "child" : ""} onClick={() => choose(tenant.slug)}>
            <i className={swatch(tenant.slug)} />
            <span className="clip">{tenant.name}</span>
            <span className="push"><Chip>{strings.tenant.kind(tenant.kind)}</Chip></span>
          </button>
        ))}
      </div>
    </div>
  );
}
