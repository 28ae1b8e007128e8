// Generated from Services/Gateway/OpenAPI/openapi.json by scripts/generate-client.mjs. Do not edit: run generate.sh.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A UUID in lower case. */
export type ID = string;

/** SHA-256 as lower-case hexadecimal. */
export type Digest = string;

/** RFC 3339 in UTC with milliseconds. */
export type Time = string;

export interface Money {
  /** Millionths of the currency's unit: 1 USD is 1000000. */
  micros: number;
  /** ISO 4217. */
  currency: string;
}

/** RFC 9457. Some routes add members of their own. */
export interface Problem {
  /** Stable per code; not to be fetched. */
  type: string;
  title: string;
  status: number;
  /** What programs tell one problem from another by. */
  code: string;
  detail: string;
  /** The path that was asked for. */
  instance: string;
  /** Under which the cause stands in the logs. */
  trace_id: string;
  errors: {
    /** JSON pointer into the body, or path.NAME, query.NAME, header.NAME. */
    field: string;
    message: string;
    fix: string;
    line?: number;
    column?: number;
    policy_id?: string;
  }[];
}

export type Role = "admin" | "operator" | "on-call" | "change-approver" | "finance" | "auditor" | "viewer";

export type TenantKind = "company" | "agency" | "client";

export interface TenantMembership {
  slug: string;
  name: string;
  kind: TenantKind;
  roles: Role[];
}

export interface Tenant {
  id: ID;
  slug: string;
  name: string;
  kind: TenantKind;
  /** Of the agency whose client this is. */
  parent_slug: string | null;
}

export interface DevPerson {
  email: string;
  name: string;
  tenants: {
    slug: string;
    name: string;
    roles: Role[];
  }[];
}

export interface SignIn {
  email: string;
  /** The slug. */
  tenant: string;
}

export interface TenantSwitch {
  /** The slug of a tenant of which the person is a member. */
  tenant: string;
}

export interface Session {
  principal: string;
  name: string;
  tenant: Tenant;
  tenants: TenantMembership[];
  /** In this tenant. */
  roles: Role[];
  /** To be sent as X-CSRF-Token with every write. */
  csrf_token: string;
  environment: string;
  expires_at: Time;
}

export interface InboxItem {
  id: ID;
  kind: "approval" | "task" | "anomaly" | "failed-run";
  state: "open" | "closed";
  title: string;
  summary: string;
  /** For whom it is; null for every member. */
  role: string | null;
  run_id: ID | null;
  task_id: ID | null;
  anomaly_id: ID | null;
  created_at: Time;
  due_at: Time | null;
  tone: "info" | "wait" | "bad" | "cost";
  requested_by: string | null;
  /** Whether this person's decision would be heard. */
  can_decide: boolean;
}

export interface InboxPage {
  items: InboxItem[];
  next_cursor: string | null;
  open_total: number;
}

export interface Task {
  id: ID;
  kind: "approval" | "task";
  state: "open" | "approved" | "rejected" | "completed" | "expired" | "cancelled";
  title: string;
  role: string | null;
  run_id: ID | null;
  flow: string | null;
  node: string | null;
  requested_by: string | null;
  /** Exactly what will run. Its canonical form (RFC 8785) has the digest beside it. */
  subject: Json;
  subject_digest: Digest;
  /** JSON schema of the answer, or null. */
  form: Json;
  reason: string;
  decision_id: ID | null;
  created_at: Time;
  due_at: Time | null;
  decided_by: string | null;
  decided_at: Time | null;
  comment: string | null;
  can_decide: boolean;
  cannot_decide_reason: string | null;
}

export interface TaskDecision {
  decision: "approve" | "reject" | "complete";
  subject_digest: Digest;
  comment?: string;
  /** Of a task with a form. */
  answer?: Json;
}

export interface DecidedTask {
  task: Task;
  receipt_id: ID | null;
}

export interface RunSummary {
  id: ID;
  flow: string;
  title: string;
  version_id: Digest;
  version_number: number;
  state: "running" | "waiting" | "succeeded" | "failed" | "cancelled";
  current_node: string | null;
  why_waiting: string | null;
  started_at: Time;
  ended_at: Time | null;
  started_by: string;
  outcome: string | null;
  deadline_at: Time | null;
}

export interface Step {
  seq: number;
  node: string;
  type: string;
  title: string;
  state: "started" | "succeeded" | "failed" | "waiting" | "timed-out" | "skipped" | "may-have-run";
  started_at: Time;
  ended_at: Time | null;
  /** Any JSON value. */
  input: Json;
  /** Any JSON value. */
  output: Json;
  error: string | null;
  port: string | null;
  attempt: number;
  decision_id: ID | null;
  receipt_ids: ID[];
  cost: Money | null;
  task_id: ID | null;
}

export interface Run {
  run: RunSummary;
  steps: Step[];
  /** Any JSON value. */
  document: Json;
  /** Any JSON value. */
  input: Json;
}

export interface RunStart {
  flow: string;
  version_id?: Digest;
  input: { [key: string]: Json };
}

export interface RunStarted {
  run_id: ID;
  already_started: boolean;
}

export interface RunCancel {
  reason: string;
}

export interface RunState {
  state: string;
}

export interface RunCost {
  total: Money;
  budget: Money | null;
  events: ({
    id: ID;
    meter: string;
    quantity: number;
    cost: Money;
    at: Time;
    step: string | null;
    service: string | null;
  })[];
}

export interface Receipt {
  id: ID;
  /** In the tenant's log. */
  index: number;
  kind: string;
  phase: "intent" | "result" | "single";
  emitter: string;
  run_id: ID | null;
  step: string | null;
  outcome: string;
  at: Time;
  digest: Digest;
  causes: Digest[];
}

export interface ReceiptDetail {
  receipt: Receipt;
  /** DSSE envelope; null once purged. */
  envelope: Json;
  /** The committed leaf. */
  leaf: Json;
  /** SD-JWT disclosures. */
  disclosures: string[];
  /** c2sp.org/tlog-proof@v1. */
  proof: string;
}

export interface Checkpoint {
  /** C2SP signed note. */
  checkpoint: string;
  tree_size: number;
  root: Digest;
  verifier_key: string;
}

export interface FlowSummary {
  name: string;
  title: string;
  version_id: Digest;
  version_number: number;
  published_at: Time | null;
  published_by: string | null;
  trigger: string;
  runs_total: number;
  runs_open: number;
  state: "published" | "awaiting-approval";
  note: string | null;
}

export interface Flow {
  flow: FlowSummary;
  /** Any JSON value. */
  document: Json;
  /** Newest first. */
  versions: FlowSummary[];
}

export interface FlowProblem {
  severity: "error" | "warning";
  node: string | null;
  port: string | null;
  pointer: string;
  message: string;
  fix: string | null;
}

/** Exactly one of the two. */
export interface FlowDraft {
  /** The flow document as JSON. */
  document?: { [key: string]: Json };
  /** The same as text, JSON or YAML. */
  document_text?: string;
}

/** Exactly one of document and document_text. */
export interface FlowPublish {
  document?: { [key: string]: Json };
  document_text?: string;
  note?: string;
}

export interface FlowValidation {
  problems: FlowProblem[];
  version_id: Digest | null;
}

export interface FlowPublished {
  state: "published" | "awaiting-approval" | "refused";
  version_id: Digest | null;
  task_id: ID | null;
  receipt_id: ID | null;
  reason: string;
  problems: FlowProblem[];
}

export interface Operation {
  name: string;
  connector: string;
  connector_version: string;
  title: string;
  /** Any JSON value. */
  input_schema: Json;
  /** Any JSON value. */
  output_schema: Json;
  idempotency: "idempotent" | "keyed" | "read-back" | "unsafe";
  cost: Money | null;
}

export interface Connection {
  connector: string;
  title: string;
  version: string;
  health: "connected" | "missing-secret" | "failing";
  reason: string | null;
  base_url: string | null;
  secrets_set: string[];
  secrets_needed: string[];
  hosts: string[];
}

export interface ConnectionPut {
  base_url?: string;
  /** Sealed before they are stored; never read back. */
  secrets?: { [key: string]: string };
}

export interface PolicyBundle {
  digest: Digest;
  name: string;
  /** Cedar. */
  policies: string;
  /** Any JSON value. */
  entities: Json;
  created_at: Time;
  author: string;
}

export interface PolicyPut {
  name: string;
  policies: string;
  /** Cedar entity JSON. */
  entities?: Json;
  activate: boolean;
}

export interface PolicyStored {
  digest: Digest;
}

export interface Decision {
  id: ID;
  verdict: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY";
  principal: string;
  action: string;
  resource: string;
  determining: string[];
  satisfied_permits: string[];
  satisfied_forbids: string[];
  erring: string[];
  gates: ({
    policy_id: string;
    gate: "approval" | "redact";
    role: string;
    ttl_seconds: number;
  })[];
  obligations: Json[];
  reason: string;
  bundle_digest: Digest;
  run_id: ID | null;
  step: string | null;
  at: Time;
  receipt_id: ID | null;
}

export interface CostPoint {
  at: Time;
  cost: Money;
  expected: Money | null;
  anomalous: boolean;
}

export interface Costs {
  series: {
    service: string;
    meter: string;
    total: Money;
    points: CostPoint[];
  }[];
  total: Money;
}

export interface CostPoints {
  service: string;
  meter: string;
  points: {
    at: Time;
    cost: Money;
  }[];
}

export interface CostsTaken {
  accepted: number;
  anomalies_opened: ID[];
  anomalies_closed: ID[];
}

export interface Anomaly {
  id: ID;
  service: string;
  meter: string;
  state: "open" | "closed";
  observed: Money;
  expected: Money;
  /** 3400 is 3.4 times what was expected. */
  ratio_milli: number;
  opened_at: Time;
  closed_at: Time | null;
  receipt_id: ID | null;
}

export interface Budget {
  scope: string;
  limit: Money;
  spent: Money;
  reserved: Money;
  period: "day" | "month";
}

export interface BudgetPut {
  limit: Money;
  period: "day" | "month";
}

export interface Throttle {
  service: string;
  meter: string;
  percent: number;
  run_id: ID | null;
  since: Time;
}

export interface Question {
  question: string;
  run_id?: ID;
}

export interface Answer {
  answer_id: ID;
  sentences: {
    text: string;
    citations: {
      receipt_id: ID;
      index: number;
      kind: string;
      digest: Digest;
    }[];
  }[];
  route: string;
  route_reason: string;
  abstained: boolean;
  suggestions: string[];
  receipt_id: ID | null;
}

export interface SecurityEvent {
  id: ID;
  kind: string;
  principal: string | null;
  reporter: string;
  /** Any JSON value. */
  detail: Json;
  at: Time;
}

export interface HookTaken {
  event_id: ID;
  /** False for a repeated delivery. */
  fresh: boolean;
}

export interface RunSummaryPage {
  items: RunSummary[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface ReceiptPage {
  items: Receipt[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface FlowSummaryPage {
  items: FlowSummary[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface OperationPage {
  items: Operation[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface ConnectionPage {
  items: Connection[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface DecisionPage {
  items: Decision[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface AnomalyPage {
  items: Anomaly[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface BudgetPage {
  items: Budget[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface ThrottlePage {
  items: Throttle[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface SecurityEventPage {
  items: SecurityEvent[];
  /** For the next page; null at the end. */
  next_cursor: string | null;
}

export interface DevPeople {
  items: DevPerson[];
}

/** What each operation, named by its method and path, takes and answers; null for nothing. */
export interface Operations {
  "GET /v1/auth/dev/people": {
    path: null;
    query: null;
    body: null;
    answer: DevPeople;
  };
  "POST /v1/auth/dev/sign-in": {
    path: null;
    query: null;
    body: SignIn;
    answer: Session;
  };
  "GET /v1/session": {
    path: null;
    query: null;
    body: null;
    answer: Session;
  };
  "DELETE /v1/session": {
    path: null;
    query: null;
    body: null;
    answer: null;
  };
  "POST /v1/session/tenant": {
    path: null;
    query: null;
    body: TenantSwitch;
    answer: Session;
  };
  "GET /v1/inbox": {
    path: null;
    query: { state?: "open" | "closed"; cursor?: string; limit?: number };
    body: null;
    answer: InboxPage;
  };
  "GET /v1/tasks/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: Task;
  };
  "POST /v1/tasks/{id}/decision": {
    path: { id: ID };
    query: null;
    body: TaskDecision;
    answer: DecidedTask;
  };
  "GET /v1/runs": {
    path: null;
    query: { state?: "running" | "waiting" | "succeeded" | "failed" | "cancelled"; flow?: string; cursor?: string; limit?: number };
    body: null;
    answer: RunSummaryPage;
  };
  "POST /v1/runs": {
    path: null;
    query: null;
    body: RunStart;
    answer: RunStarted;
  };
  "GET /v1/runs/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: Run;
  };
  "POST /v1/runs/{id}/cancel": {
    path: { id: ID };
    query: null;
    body: RunCancel;
    answer: RunState;
  };
  "GET /v1/runs/{id}/cost": {
    path: { id: ID };
    query: null;
    body: null;
    answer: RunCost;
  };
  "GET /v1/runs/{id}/receipts": {
    path: { id: ID };
    query: { cursor?: string; limit?: number };
    body: null;
    answer: ReceiptPage;
  };
  "GET /v1/runs/{id}/bundle": {
    path: { id: ID };
    query: null;
    body: null;
    answer: { [key: string]: Json };
  };
  "GET /v1/receipts": {
    path: null;
    query: { run_id?: ID; kind?: string; cursor?: string; limit?: number };
    body: null;
    answer: ReceiptPage;
  };
  "GET /v1/receipts/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: ReceiptDetail;
  };
  "GET /v1/checkpoint": {
    path: null;
    query: null;
    body: null;
    answer: Checkpoint;
  };
  "GET /v1/trust": {
    path: null;
    query: null;
    body: null;
    answer: { [key: string]: Json };
  };
  "GET /v1/flows": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: FlowSummaryPage;
  };
  "POST /v1/flows": {
    path: null;
    query: null;
    body: FlowPublish;
    answer: FlowPublished;
  };
  "POST /v1/flows/validate": {
    path: null;
    query: null;
    body: FlowDraft;
    answer: FlowValidation;
  };
  "GET /v1/flows/{name}": {
    path: { name: string };
    query: { version_id?: Digest };
    body: null;
    answer: Flow;
  };
  "GET /v1/operations": {
    path: null;
    query: null;
    body: null;
    answer: OperationPage;
  };
  "GET /v1/connections": {
    path: null;
    query: null;
    body: null;
    answer: ConnectionPage;
  };
  "PUT /v1/connections/{connector}": {
    path: { connector: string };
    query: null;
    body: ConnectionPut;
    answer: Connection;
  };
  "GET /v1/policies/active": {
    path: null;
    query: null;
    body: null;
    answer: PolicyBundle;
  };
  "PUT /v1/policies": {
    path: null;
    query: null;
    body: PolicyPut;
    answer: PolicyStored;
  };
  "GET /v1/decisions": {
    path: null;
    query: { verdict?: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY"; run_id?: ID; since?: Time; cursor?: string; limit?: number };
    body: null;
    answer: DecisionPage;
  };
  "GET /v1/costs": {
    path: null;
    query: { since?: Time; until?: Time };
    body: null;
    answer: Costs;
  };
  "POST /v1/costs/points": {
    path: null;
    query: null;
    body: CostPoints;
    answer: CostsTaken;
  };
  "GET /v1/anomalies": {
    path: null;
    query: { state?: "open" | "closed" };
    body: null;
    answer: AnomalyPage;
  };
  "GET /v1/budgets": {
    path: null;
    query: null;
    body: null;
    answer: BudgetPage;
  };
  "PUT /v1/budgets/{scope}": {
    path: { scope: string };
    query: null;
    body: BudgetPut;
    answer: Budget;
  };
  "GET /v1/throttles": {
    path: null;
    query: null;
    body: null;
    answer: ThrottlePage;
  };
  "POST /v1/copilot/questions": {
    path: null;
    query: null;
    body: Question;
    answer: Answer;
  };
  "GET /v1/events": {
    path: null;
    query: null;
    body: null;
    answer: string;
  };
  "GET /v1/security-events": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: SecurityEventPage;
  };
  "POST /v1/hooks/{tenant}/{connector}": {
    path: { tenant: string; connector: string };
    query: null;
    body: Json;
    answer: Json;
  };
  "GET /openapi.json": {
    path: null;
    query: null;
    body: null;
    answer: { [key: string]: Json };
  };
}
