import { base64url } from "../proof/bytes";
import { Problem } from "./problem";

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Call {
  method: string;
  path: string;
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** A retry of the same intention passes the same key; absent, each call is its own. */
  idempotencyKey?: string;
}

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

/** The session's token goes with every write; a new session replaces it. */
export const setCSRFToken = (token: string | null): void => {
  csrfToken = token;
};

export const setSignedOutHandler = (handler: () => void): void => {
  onSignedOut = handler;
};

/** 128 random bits; not randomUUID, which plain HTTP on a LAN does not have. */
export const idempotencyKey = (): string => base64url(crypto.getRandomValues(new Uint8Array(16)));

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export async function request(call: Call): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  if (call.method !== "GET") {
    headers["Idempotency-Key"] = call.idempotencyKey ?? idempotencyKey();
    if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  }
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(address(call.path, call.query), {
      method: call.method,
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      credentials: "same-origin",
      signal: call.signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw Problem.offline(cause);
  }
  if (response.ok) return response;
  if (response.status === 401 && !call.path.startsWith("/v1/auth/")) onSignedOut();
  throw await Problem.from(response);
}
