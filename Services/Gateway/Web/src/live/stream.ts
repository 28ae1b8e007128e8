import { ServerEvent, backoff, emptySSE, feedSSE } from "./sse";

export type LiveState = "connecting" | "live" | "offline";

interface Handlers {
  onEvent: (event: ServerEvent) => void;
  onState: (state: LiveState) => void;
  /** Events may have been missed: what is shown has to be asked for again. */
  onGap: () => void;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    window.addEventListener("online", () => resolve(), { once: true, signal });
  });

/**
 * Follows /v1/events until aborted. `fetch` and not EventSource, so that a session that ended is told
 * apart from a network that is gone, and the cursor survives a reconnect that the browser would give up on.
 */
export async function followEvents(signal: AbortSignal, handlers: Handlers): Promise<void> {
  let cursor = "";
  for (let attempt = 0; !signal.aborted; attempt++) {
    handlers.onState(attempt === 0 ? "connecting" : "offline");
    try {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (cursor) headers["Last-Event-ID"] = cursor;
      const response = await fetch("/v1/events", { headers, credentials: "same-origin", signal, cache: "no-store" });
      if (response.status === 401) return handlers.onGap();
      if (response.ok && response.body) {
        handlers.onState("live");
        if (attempt > 0 && !cursor) handlers.onGap();
        attempt = 0;
        cursor = await drain(response.body, cursor, handlers.onEvent);
      }
    } catch {
      // The network is gone or the stream broke: the next turn tries again from the cursor.
    }
    if (!signal.aborted) await pause(backoff(attempt, Math.random()), signal);
  }
}

async function drain(body: ReadableStream<Uint8Array>, from: string, onEvent: Handlers["onEvent"]): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let state = { ...emptySSE, id: from };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return state.id;
      const fed = feedSSE(state, decoder.decode(value, { stream: true }));
      state = fed.state;
      fed.events.forEach(onEvent);
    }
  } catch {
    return state.id;
  }
}
