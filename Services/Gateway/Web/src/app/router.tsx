import { AnchorHTMLAttributes, MouseEvent, useSyncExternalStore } from "react";

/** The address bar is the only state that survives a reload: what is selected and filtered stands in it. */
export interface Route {
  path: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
const notify = (): void => listeners.forEach((listener) => listener());

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("popstate", notify);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("popstate", notify);
  };
}

const snapshot = (): string => location.pathname + location.search;

export function parseRoute(address: string): Route {
  const [path, query = ""] = address.split("?");
  return { path: path.length > 1 ? path.replace(/\/+$/, "") : path, query: new URLSearchParams(query) };
}

export const useRoute = (): Route => parseRoute(useSyncExternalStore(subscribe, snapshot));

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === snapshot()) return;
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  notify();
}

/** The same page with some query members changed; null removes one. */
export function withQuery(route: Route, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(route.query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text ? `${route.path}?${text}` : route.path;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; replace?: boolean };

export function Link({ to, replace, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain) return;
    event.preventDefault();
    navigate(to, { replace });
  };
  return <a href={to} onClick={follow} {...rest} />;
}
