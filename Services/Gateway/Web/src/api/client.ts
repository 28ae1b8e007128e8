import type { ConnectionPut, FlowDraft, PolicyPut, TaskDecision } from "../generated/api";
import { call, respond } from "./call";
import type { Decision, Json, RunSummary } from "./model";

type Signal = AbortSignal | undefined;
const FEW = 50;
const MANY = 200;

/** Filters come from the address bar as text; the gateway refuses by name what it does not know. */
const filter = <T extends string>(value: string | undefined): T | undefined => (value ? (value as T) : undefined);

/** The gateway, in the words of the pages. */
export const api = {
  people: (signal?: Signal) => call("listDevPeople", { signal }),
  signIn: (email: string, tenant: string) => call("signInDev", { body: { email, tenant } }),
  session: (signal?: Signal) => call("getSession", { signal }),
  switchTenant: (tenant: string) => call("switchTenant", { body: { tenant } }),
  signOut: () => call("signOut", {}),

  inbox: (state: "open" | "closed", signal?: Signal) => call("listInbox", { query: { state, limit: MANY }, signal }),
  task: (id: string, signal?: Signal) => call("getTask", { path: { id }, signal }),
  decide: (id: string, body: TaskDecision, idempotencyKey: string) => call("decideTask", { path: { id }, body, idempotencyKey }),

  runs: (query: { state?: string; flow?: string; cursor?: string }, signal?: Signal) =>
    call("listRuns", { query: { state: filter<RunSummary["state"]>(query.state), flow: filter<string>(query.flow), cursor: query.cursor, limit: FEW }, signal }),
  startRun: (flow: string, input: { [key: string]: Json }) => call("startRun", { body: { flow, input } }),
  run: (id: string, signal?: Signal) => call("getRun", { path: { id }, signal }),
  cancelRun: (id: string, reason: string) => call("cancelRun", { path: { id }, body: { reason } }),
  runCost: (id: string, signal?: Signal) => call("getRunCost", { path: { id }, signal }),
  runReceipts: (id: string, signal?: Signal) => call("listRunReceipts", { path: { id }, query: { limit: MANY }, signal }),
  /** The file's own bytes: what an auditor hashes. */
  bundle: async (id: string) => (await respond("exportRunBundle", { path: { id } })).text(),

  receipts: (query: { run_id?: string; kind?: string; cursor?: string }, signal?: Signal) =>
    call("listReceipts", { query: { kind: filter<string>(query.kind), run_id: filter<string>(query.run_id), cursor: query.cursor, limit: FEW }, signal }),
  receipt: (id: string, signal?: Signal) => call("getReceipt", { path: { id }, signal }),
  checkpoint: (signal?: Signal) => call("getCheckpoint", { signal }),
  trust: (signal?: Signal) => call("getTrust", { signal }),

  flows: (signal?: Signal) => call("listFlows", { query: { limit: MANY }, signal }),
  flow: (name: string, version: string | null, signal?: Signal) => call("getFlow", { path: { name }, query: { version_id: filter<string>(version ?? undefined) }, signal }),
  validateFlow: (document_text: string, signal?: Signal) => call("validateFlow", { body: { document_text } as FlowDraft, signal }),
  publishFlow: (document_text: string, note: string) => call("publishFlow", { body: { document_text, note } }),
  operations: (signal?: Signal) => call("listOperations", { signal }),

  connections: (signal?: Signal) => call("listConnections", { signal }),
  putConnection: (connector: string, body: ConnectionPut) => call("putConnection", { path: { connector }, body }),

  policies: (signal?: Signal) => call("getActivePolicies", { signal }),
  putPolicies: (body: PolicyPut) => call("putPolicies", { body }),
  decisions: (query: { verdict?: string; cursor?: string }, signal?: Signal) =>
    call("listDecisions", { query: { verdict: filter<Decision["verdict"]>(query.verdict), cursor: query.cursor, limit: FEW }, signal }),

  costs: (signal?: Signal) => call("getCosts", { query: {}, signal }),
  anomalies: (signal?: Signal) => call("listAnomalies", { query: {}, signal }),
  budgets: (signal?: Signal) => call("listBudgets", { signal }),
  throttles: (signal?: Signal) => call("listThrottles", { signal }),

  ask: (question: string, run_id?: string) => call("askCopilot", { body: run_id ? { question, run_id } : { question } }),
};
