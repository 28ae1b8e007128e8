/** The server-sent events format (WHATWG HTML §9.2), as a pure fold over text. */
export interface ServerEvent {
  id: string;
  kind: string;
  data: string;
}

export interface SSEState {
  /** Text of a line that has not ended yet. */
  rest: string;
  id: string;
  kind: string;
  data: string[];
}

export const emptySSE: SSEState = { rest: "", id: "", kind: "", data: [] };

export function feedSSE(state: SSEState, chunk: string): { state: SSEState; events: ServerEvent[] } {
  const next = { ...state, data: [...state.data] };
  const events: ServerEvent[] = [];
  const lines = (state.rest + chunk).split(/\r\n|\n|\r(?!$)/);
  next.rest = lines.pop() ?? "";
  for (const line of lines) {
    if (line === "") {
      if (next.data.length > 0) events.push({ id: next.id, kind: next.kind || "message", data: next.data.join("\n") });
      next.kind = "";
      next.data = [];
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id" && !value.includes("\0")) next.id = value;
    else if (field === "event") next.kind = value;
    else if (field === "data") next.data.push(value);
  }
  return { state: next, events };
}

/** Milliseconds before try n (from 0): doubling from half a second to 15 s, with half of it random. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}
