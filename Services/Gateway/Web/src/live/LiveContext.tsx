import { ReactNode, createContext, useContext, useEffect, useMemo, useRef, useState } from "react";
import { ServerEvent } from "./sse";
import { LiveState, followEvents } from "./stream";

type Listener = (event: ServerEvent | null) => void;

interface Live {
  state: LiveState;
  subscribe: (listener: Listener) => () => void;
}

const LiveContext = createContext<Live>({ state: "offline", subscribe: () => () => undefined });

/** Several events of one transaction cause one reload; what follows from them (receipts, inbox items) is delivered a moment later. */
const RELOADS_MS = [150, 1_200, 4_000];

/** One stream for the whole page, reopened when the tenant (and so the session) changes. */
export function LiveProvider({ tenant, children }: { tenant: string; children: ReactNode }) {
  const [state, setState] = useState<LiveState>("connecting");
  const listeners = useRef(new Set<Listener>());
  useEffect(() => {
    const controller = new AbortController();
    const tell = (event: ServerEvent | null): void => listeners.current.forEach((listener) => listener(event));
    void followEvents(controller.signal, { onEvent: tell, onState: setState, onGap: () => tell(null) });
    return () => controller.abort();
  }, [tenant]);
  const live = useMemo<Live>(
    () => ({
      state,
      subscribe: (listener) => {
        listeners.current.add(listener);
        return () => listeners.current.delete(listener);
      },
    }),
    [state],
  );
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

export const useLiveState = (): LiveState => useContext(LiveContext).state;

/** Calls back, once things settle, when an event arrives whose kind starts with one of the topics. */
export function useLiveTopics(topics: readonly string[], callback: () => void): void {
  const { subscribe } = useContext(LiveContext);
  const names = topics.join(" ");
  useEffect(() => {
    if (!names) return undefined;
    const wanted = names.split(" ");
    const timers = new Map<number, ReturnType<typeof setTimeout>>();
    const schedule = (): void => {
      for (const ms of RELOADS_MS) {
        // The first is kept, so that a busy stream cannot put a reload off for ever; the later ones start again.
        const pending = timers.get(ms);
        if (pending !== undefined && ms === RELOADS_MS[0]) continue;
        clearTimeout(pending);
        timers.set(ms, setTimeout(() => (timers.delete(ms), callback()), ms));
      }
    };
    const stop = subscribe((event) => {
      if (!event || wanted.some((topic) => event.kind.startsWith(topic))) schedule();
    });
    // A page that was in the background may have missed what has no event.
    const seen = (): void => void (document.visibilityState === "visible" && callback());
    document.addEventListener("visibilitychange", seen);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", seen);
      timers.forEach(clearTimeout);
    };
  }, [names, subscribe, callback]);
}
