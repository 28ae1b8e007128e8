import { address, request, send } from "./http";
import type * as M from "./model";

const get = <T,>(path: string, query = {}, signal?: AbortSignal): Promise<T> => send<T>({ method: "GET", path, query, signal });
const id = encodeURIComponent;

/** The gateway, in the words of the pages. */
export const api = {
  people: (signal?: AbortSignal) => get<{ items: M.DevPerson[] }>("/v1/auth/dev/people", {}, signal),
  signIn: (email: string, tenant: string) => send<M.Session>({ method: "POST", path: "/v1/auth/dev/sign-in", body: { email, tenant } }),
  session: (signal?: AbortSignal) => get<M.Session>("/v1/session", {}, signal),
  switchTenant: (tenant: string) => send<M.Session>({ method: "POST", path: "/v1/session/tenant", body: { tenant } }),
  signOut: () => send<void>({ method: "DELETE", path: "/v1/session" }),

  inbox: (state: string, signal?: AbortSignal) => get<M.Inbox>("/v1/inbox", { state, limit: 100 }, signal),
  task: (task: string, signal?: AbortSignal) => get<M.Task>(`/v1/tasks/${id(task)}`, {}, signal),
  decide: (task: string, body: { decision: string; subject_digest: string; comment?: string; answer?: M.Json }, idempotencyKey: string) =>
    send<{ task: M.Task; receipt_id: string }>({ method: "POST", path: `/v1/tasks/${id(task)}/decision`, body, idempotencyKey }),

  runs: (query: { state?: string; flow?: string; cursor?: string }, signal?: AbortSignal) =>
    get<M.Page<M.RunSummary>>("/v1/runs", { limit: 50, ...query }, signal),
  startRun: (body: { flow: string; input: M.Json }) =>
    send<{ run_id: string; already_started: boolean }>({ method: "POST", path: "/v1/runs", body }),
  run: (run: string, signal?: AbortSignal) => get<M.Run>(`/v1/runs/${id(run)}`, {}, signal),
  cancelRun: (run: string, reason: string) =>
    send<{ state: string }>({ method: "POST", path: `/v1/runs/${id(run)}/cancel`, body: { reason } }),
  runCost: (run: string, signal?: AbortSignal) => get<M.RunCost>(`/v1/runs/${id(run)}/cost`, {}, signal),
  runReceipts: (run: string, signal?: AbortSignal) => get<M.Page<M.Receipt>>(`/v1/runs/${id(run)}/receipts`, { limit: 100 }, signal),
  bundleAddress: (run: string) => address(`/v1/runs/${id(run)}/bundle`),
  bundle: async (run: string) => (await request({ method: "GET", path: `/v1/runs/${id(run)}/bundle` })).text(),

  receipts: (query: { run_id?: string; kind?: string; cursor?: string }, signal?: AbortSignal) =>
    get<M.Page<M.Receipt>>("/v1/receipts", { limit: 50, ...query }, signal),
  receipt: (receipt: string, signal?: AbortSignal) => get<M.ReceiptDetail>(`/v1/receipts/${id(receipt)}`, {}, signal),
  checkpoint: (signal?: AbortSignal) => get<M.CheckpointInfo>("/v1/checkpoint", {}, signal),
  trust: (signal?: AbortSignal) => get<M.Json>("/v1/trust", {}, signal),

  flows: (signal?: AbortSignal) => get<M.Page<M.FlowSummary>>("/v1/flows", { limit: 100 }, signal),
  flow: (name: string, version: string | null, signal?: AbortSignal) =>
    get<M.Flow>(`/v1/flows/${id(name)}`, { version_id: version }, signal),
  validateFlow: (document_text: string, signal?: AbortSignal) =>
    send<M.Validation>({ method: "POST", path: "/v1/flows/validate", body: { document_text }, signal }),
  publishFlow: (document_text: string, note: string) =>
    send<M.Published>({ method: "POST", path: "/v1/flows", body: { document_text, note } }),
  operations: (signal?: AbortSignal) => get<M.Page<M.Operation>>("/v1/operations", {}, signal),

  connections: (signal?: AbortSignal) => get<M.Page<M.Connection>>("/v1/connections", {}, signal),
  putConnection: (connector: string, body: { base_url?: string; secrets: Record<string, string> }) =>
    send<M.Connection>({ method: "PUT", path: `/v1/connections/${id(connector)}`, body }),

  policies: (signal?: AbortSignal) => get<M.PolicyBundle>("/v1/policies/active", {}, signal),
  putPolicies: (body: { name: string; policies: string; entities?: M.Json; activate: boolean }) =>
    send<{ digest: string }>({ method: "PUT", path: "/v1/policies", body }),
  decisions: (query: { verdict?: string; run_id?: string }, signal?: AbortSignal) =>
    get<M.Page<M.Decision>>("/v1/decisions", { limit: 50, ...query }, signal),

  costs: (query: { since?: string; until?: string }, signal?: AbortSignal) => get<M.Costs>("/v1/costs", query, signal),
  anomalies: (signal?: AbortSignal) => get<M.Page<M.Anomaly>>("/v1/anomalies", {}, signal),
  budgets: (signal?: AbortSignal) => get<M.Page<M.Budget>>("/v1/budgets", {}, signal),
  throttles: (signal?: AbortSignal) => get<M.Page<M.Throttle>>("/v1/throttles", {}, signal),

  ask: (question: string, run_id?: string) =>
    send<M.Answer>({ method: "POST", path: "/v1/copilot/questions", body: run_id ? { question, run_id } : { question } }),
};
