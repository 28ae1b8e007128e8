import type { Operations } from "../generated/api";
import { Query, request } from "./http";

/** Method and path as the OpenAPI document writes them: `GET /v1/runs/{id}`. */
export type OperationName = keyof Operations;

/** What one call gives: members that the operation does not have cannot be written. */
type Given<Name extends OperationName> = {
  [Part in "path" | "query" | "body" as Operations[Name][Part] extends null ? never : Part]: Operations[Name][Part];
} & { signal?: AbortSignal; idempotencyKey?: string };

/** Fills the path's parameters in. */
export function pathOf(template: string, members: Record<string, unknown> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(members[name])));
}

export async function respond<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Response> {
  const { path, query, body, signal, idempotencyKey } = given as { path?: Record<string, unknown>; query?: Query; body?: unknown; signal?: AbortSignal; idempotencyKey?: string };
  const [method, template] = name.split(" ");
  return request({ method, path: pathOf(template, path), query, body, signal, idempotencyKey });
}

/** One operation of the OpenAPI document, typed by it. */
export async function call<Name extends OperationName>(name: Name, given: Given<Name>): Promise<Operations[Name]["answer"]> {
  const response = await respond(name, given);
  return (response.status === 204 ? null : await response.json()) as Operations[Name]["answer"];
}
