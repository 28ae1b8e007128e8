import { useEffect, useState } from "react";
import { api } from "../api/client";
import { useResource } from "../api/resource";
import { Icon } from "../design/Icon";
import { Button } from "../design/Button";
import { useLiveState } from "../live/LiveContext";
import { strings } from "../strings";
import { useSession, useSessions } from "./SessionContext";
import { TenantSwitcher } from "./TenantSwitcher";
import { count, initials } from "./format";
import { pages } from "./pages";
import { Link, useRoute } from "./router";
import { setTheme, useTheme } from "./theme";

export function Sidebar() {
  const route = useRoute();
  const session = useSession();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [route.path]);
  const { resource } = useResource(`open:${session.tenant.id}:${session.principal}`, (signal) => api.inbox("open", signal), ["task.", "inbox.", "run.", "anomaly."]);
  const waiting = resource.status === "ready" ? resource.value.open_total : 0;
  return (
    <header className={open ? "side open" : "side"}>
      <TenantSwitcher />
      <Button className="menubtn" look="ghost" icon={open ? "close" : "menu"} aria-label={strings.nav.menu} aria-expanded={open} onClick={() => setOpen(!open)} />
      <div className="drawer">
        <nav aria-label={strings.nav.main}>
          {pages.map((page) => {
            const on = route.path === page.path || route.path.startsWith(`${page.path}/`);
            return (
              <Link key={page.path} to={page.path} className={on ? "nav on" : "nav"} aria-current={on ? "page" : undefined}>
                <Icon name={page.icon} />
                {page.label}
                {page.path === "/inbox" && waiting > 0 ? <b>{count(waiting)}<span className="hush"> {strings.nav.open}</span></b> : null}
              </Link>
            );
          })}
        </nav>
        <div className="grow" />
        <LiveLine />
        <ThemeToggle />
        <Person />
      </div>
    </header>
  );
}

function LiveLine() {
  const state = useLiveState();
  return (
    <p className="nav" role="status">
      <i className={`livedot ${state}`} />
      {strings.live[state]}
    </p>
  );
}

function ThemeToggle() {
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button type="button" className="nav" onClick={() => setTheme(other)}>
      <Icon name={other === "light" ? "sun" : "moon"} />
      {strings.theme[other]}
    </button>
  );
}

function Person() {
  const session = useSession();
  const { signOut } = useSessions();
  return (
    <div className="who">
      <span className="avatar" aria-hidden="true">{initials(session.name)}</span>
      <span className="row">
        <span className="strong clip">{session.name}</span>
        <Button small look="ghost" icon="out" className="push" aria-label={strings.signOut} title={strings.signOut} onClick={() => void signOut()} />
      </span>
      <span className="dim xs clip">{session.roles.map(strings.role).join(" · ")}</span>
    </div>
  );
}
