import { OperationID, Operations, operations } from "../generated/api";
import { Query, request } from "./http";

/** What one call gives: members that the operation does not have cannot be written. */
type Given<Id extends OperationID> = {
  [Part in "path" | "query" | "body" as Operations[Id][Part] extends null ? never : Part]: Operations[Id][Part];
} & { signal?: AbortSignal; idempotencyKey?: string };

export function pathOf(id: OperationID, members: Record<string, unknown> = {}): string {
  return operations[id].path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(members[name])));
}

export async function respond<Id extends OperationID>(id: Id, given: Given<Id>): Promise<Response> {
  const { path, query, body, signal, idempotencyKey } = given as { path?: Record<string, unknown>; query?: Query; body?: unknown; signal?: AbortSignal; idempotencyKey?: string };
  return request({ method: operations[id].method, path: pathOf(id, path), keyed: operations[id].keyed, query, body, signal, idempotencyKey });
}

/** One operation of the OpenAPI document, typed by it. */
export async function call<Id extends OperationID>(id: Id, given: Given<Id>): Promise<Operations[Id]["answer"]> {
  const response = await respond(id, given);
  return (response.status === 204 ? null : await response.json()) as Operations[Id]["answer"];
}
