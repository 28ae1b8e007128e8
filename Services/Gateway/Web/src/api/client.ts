import { call, respond } from "./call";
import type { BundleDraft, BundlePublish, ConnectionPut, FlowDraft, Json, PolicySettingsPut, Queries, RunFork, StepSkip, TaskDecision } from "./model";

type Signal = AbortSignal | undefined;
const FEW = pageSize(50);
const MANY = pageSize(200);

/** Items per page, as the document types it. */
function pageSize(items: number): Queries["limit"] {
  return String(items) as unknown as Queries["limit"];
}

/** Filters come from the address bar as text; the gateway refuses by name what it does not know. */
const filter = <T extends string>(value: string | undefined): T | undefined => (value ? (value as T) : undefined);

/** The gateway, in the words of the pages. */
export const api = {
  people: (signal?: Signal) => call("GET /v1/auth/dev/people", { signal }),
  signIn: (email: string, tenant: string) => call("POST /v1/auth/dev/sign-in", { body: { email, tenant } }),
  session: (signal?: Signal) => call("GET /v1/session", { signal }),
  switchTenant: (tenant: string) => call("POST /v1/session/tenant", { body: { tenant } }),
  signOut: () => call("DELETE /v1/session", {}),

  inbox: (state: "open" | "closed", signal?: Signal) => call("GET /v1/inbox", { query: { state, limit: MANY }, signal }),
  task: (id: string, signal?: Signal) => call("GET /v1/tasks/{id}", { path: { id }, signal }),
  decide: (id: string, body: TaskDecision, idempotencyKey: string) => call("POST /v1/tasks/{id}/decision", { path: { id }, body, idempotencyKey }),

  runs: (query: { state?: string; flow?: string; cursor?: string }, signal?: Signal) =>
    call("GET /v1/runs", { query: { state: filter<Queries["runs"]>(query.state), flow: filter<string>(query.flow), cursor: query.cursor, limit: FEW }, signal }),
  startRun: (flow: string, input: { [key: string]: Json }) => call("POST /v1/runs", { body: { flow, input } }),
  run: (id: string, signal?: Signal) => call("GET /v1/runs/{id}", { path: { id }, signal }),
  cancelRun: (id: string, reason: string) => call("POST /v1/runs/{id}/cancel", { path: { id }, body: { reason } }),
  pauseRun: (id: string, reason: string) => call("POST /v1/runs/{id}/pause", { path: { id }, body: { reason } }),
  resumeRun: (id: string, reason: string) => call("POST /v1/runs/{id}/resume", { path: { id }, body: { reason } }),
  skipStep: (id: string, seq: number, body: StepSkip) => call("POST /v1/runs/{id}/steps/{seq}/skip", { path: { id, seq }, body }),
  forkRun: (id: string, seq: number, body: RunFork) => call("POST /v1/runs/{id}/steps/{seq}/fork", { path: { id, seq }, body }),
  runCost: (id: string, signal?: Signal) => call("GET /v1/runs/{id}/cost", { path: { id }, signal }),
  runReceipts: (id: string, signal?: Signal) => call("GET /v1/runs/{id}/receipts", { path: { id }, query: { limit: MANY }, signal }),
  /** The file's own bytes: what an auditor hashes. */
  bundle: async (id: string) => (await respond("GET /v1/runs/{id}/bundle", { path: { id } })).text(),

  receipts: (query: { run_id?: string; kind?: string; cursor?: string }, signal?: Signal) =>
    call("GET /v1/receipts", { query: { kind: filter<string>(query.kind), run_id: filter<string>(query.run_id), cursor: query.cursor, limit: FEW }, signal }),
  receipt: (id: string, signal?: Signal) => call("GET /v1/receipts/{id}", { path: { id }, signal }),
  checkpoint: (signal?: Signal) => call("GET /v1/checkpoint", { signal }),
  trust: (signal?: Signal) => call("GET /v1/trust", { signal }),

  flows: (signal?: Signal) => call("GET /v1/flows", { query: { limit: MANY }, signal }),
  flow: (name: string, version: string | null, signal?: Signal) => call("GET /v1/flows/{name}", { path: { name }, query: { version_id: filter<string>(version ?? undefined) }, signal }),
  validateFlow: (document_text: string, signal?: Signal) => call("POST /v1/flows/validate", { body: { document_text } as FlowDraft, signal }),
  publishFlow: (document_text: string, note: string) => call("POST /v1/flows", { body: { document_text, note } }),
  operations: (signal?: Signal) => call("GET /v1/operations", { query: { limit: MANY }, signal }),

  connections: (signal?: Signal) => call("GET /v1/connections", { query: { limit: MANY }, signal }),
  putConnection: (connector: string, body: ConnectionPut) => call("PUT /v1/connections/{connector}", { path: { connector }, body }),

  policies: (signal?: Signal) => call("GET /v1/policies/active", { signal }),
  bundles: (cursor: string | undefined, signal?: Signal) => call("GET /v1/policies/bundles", { query: { cursor, limit: FEW }, signal }),
  bundleOf: (digest: string, signal?: Signal) => call("GET /v1/policies/bundles/{digest}", { path: { digest }, signal }),
  checkBundle: (body: BundleDraft, signal?: Signal) => call("POST /v1/policies/check", { body, signal }),
  publishBundle: (body: BundlePublish) => call("POST /v1/policies/bundles", { body }),
  activateBundle: (digest: string, body: { note: string; rollback: boolean }) => call("POST /v1/policies/bundles/{digest}/activation", { path: { digest }, body }),
  activations: (cursor: string | undefined, signal?: Signal) => call("GET /v1/policies/activations", { query: { cursor, limit: FEW }, signal }),
  decideActivation: (id: string, approve: boolean) => call("POST /v1/policies/activations/{id}/decision", { path: { id }, body: { approve } }),
  diff: (from: string | null, to: string, signal?: Signal) => call("GET /v1/policies/diff", { query: { from: from ?? undefined, to }, signal }),
  replay: (draft: BundleDraft, since: string, signal?: Signal) => call("POST /v1/policies/replays", { body: { draft, since, examples: 5 }, signal }),
  shadow: (signal?: Signal) => call("GET /v1/policies/shadow", { query: {}, signal }),
  setShadow: (digest: string | null) => call("PUT /v1/policies/shadow", { body: { digest } }),
  proposals: (signal?: Signal) => call("GET /v1/policies/proposals", { query: {}, signal }),
  policySettings: (signal?: Signal) => call("GET /v1/policies/settings", { signal }),
  putPolicySettings: (body: PolicySettingsPut) => call("PUT /v1/policies/settings", { body }),
  explanation: (id: string, signal?: Signal) => call("GET /v1/decisions/{id}/explanation", { path: { id }, signal }),
  decisions: (query: { verdict?: string; cursor?: string }, signal?: Signal) =>
    call("GET /v1/decisions", { query: { verdict: filter<Queries["decisions"]>(query.verdict), cursor: query.cursor, limit: FEW }, signal }),

  costs: (signal?: Signal) => call("GET /v1/costs", { query: {}, signal }),
  anomalies: (signal?: Signal) => call("GET /v1/anomalies", { query: { limit: MANY }, signal }),
  budgets: (signal?: Signal) => call("GET /v1/budgets", { query: { limit: MANY }, signal }),
  throttles: (signal?: Signal) => call("GET /v1/throttles", { query: { limit: MANY }, signal }),

  ask: (question: string, run_id?: string) => call("POST /v1/copilot/questions", { body: run_id ? { question, run_id } : { question } }),
};
