import type { Json } from "../proof/jcs";
import type { Money } from "../app/format";

export type { Money, Json };
export type Time = string;

export interface Page<T> { items: T[]; next_cursor: string | null }

export interface DevPerson { email: string; name: string; tenants: { slug: string; name: string; roles: string[] }[] }
export interface TenantRef { slug: string; name: string; kind: string; roles: string[] }
export interface Session {
  principal: string;
  name: string;
  tenant: { id: string; slug: string; name: string; kind: string; parent_slug: string | null };
  tenants: TenantRef[];
  roles: string[];
  csrf_token: string;
  environment: string;
  expires_at: Time;
}

export interface InboxItem {
  id: string;
  kind: string;
  state: string;
  title: string;
  summary: string;
  role: string | null;
  run_id: string | null;
  task_id: string | null;
  anomaly_id: string | null;
  created_at: Time;
  due_at: Time | null;
  tone: string;
  requested_by: string | null;
  can_decide: boolean;
}
export interface Inbox extends Page<InboxItem> { open_total: number }

export interface Task {
  id: string;
  kind: string;
  state: string;
  title: string;
  role: string | null;
  run_id: string | null;
  flow: string | null;
  node: string | null;
  requested_by: string | null;
  subject: Json;
  subject_digest: string;
  form: Json;
  reason: string;
  decision_id: string | null;
  created_at: Time;
  due_at: Time | null;
  decided_by: string | null;
  decided_at: Time | null;
  comment: string | null;
  can_decide: boolean;
  cannot_decide_reason: string | null;
}

export interface RunSummary {
  id: string;
  flow: string;
  title: string;
  version_id: string;
  version_number: number;
  state: string;
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
  state: string;
  started_at: Time;
  ended_at: Time | null;
  input: Json;
  output: Json;
  error: string | null;
  port: string | null;
  attempt: number;
  decision_id: string | null;
  receipt_ids: string[];
  cost: Money | null;
  task_id: string | null;
}
export interface Run { run: RunSummary; steps: Step[]; document: Json; input: Json }
export interface RunCost {
  total: Money;
  budget: Money | null;
  events: { id: string; meter: string; quantity: number; cost: Money; at: Time; step: string | null; service: string | null }[];
}

export interface Receipt {
  id: string;
  index: number;
  kind: string;
  phase: string;
  emitter: string;
  run_id: string | null;
  step: string | null;
  outcome: string;
  at: Time;
  digest: string;
  causes: string[];
}
export interface ReceiptDetail { receipt: Receipt; envelope: Json; leaf: Json; disclosures: string[]; proof: string }
export interface CheckpointInfo { checkpoint: string; tree_size: number; root: string; verifier_key: string }

export interface FlowSummary {
  name: string;
  title: string;
  version_id: string;
  version_number: number;
  published_at: Time | null;
  published_by: string | null;
  trigger: string;
  runs_total: number;
  runs_open: number;
  state: string;
  note: string | null;
}
export interface Flow { flow: FlowSummary; document: Json; versions: FlowSummary[] }
export interface FlowProblem { severity: string; node: string | null; port: string | null; pointer: string; message: string; fix: string | null }
export interface Validation { problems: FlowProblem[]; version_id: string | null }
export interface Published {
  state: string;
  version_id: string;
  task_id: string | null;
  receipt_id: string | null;
  reason: string;
  problems: FlowProblem[];
}
export interface Operation {
  name: string;
  connector: string;
  connector_version: string;
  title: string;
  input_schema: Json;
  output_schema: Json;
  idempotency: string;
  cost: Money | null;
}

export interface Connection {
  connector: string;
  title: string;
  version: string;
  health: string;
  reason: string | null;
  base_url: string | null;
  secrets_set: string[];
  secrets_needed: string[];
  hosts: string[];
}

export interface PolicyBundle { digest: string; name: string; policies: string; entities: Json; created_at: Time; author: string }
export interface Decision {
  id: string;
  verdict: string;
  principal: string;
  action: string;
  resource: string;
  determining: string[];
  satisfied_permits: string[];
  satisfied_forbids: string[];
  erring: string[];
  gates: Json;
  obligations: Json;
  reason: string;
  bundle_digest: string;
  run_id: string | null;
  step: string | null;
  at: Time;
  receipt_id: string | null;
}

export interface CostPoint { at: Time; cost: Money; expected: Money | null; anomalous: boolean }
export interface CostSeries { service: string; meter: string; total: Money; points: CostPoint[] }
export interface Costs { series: CostSeries[]; total: Money }
export interface Anomaly {
  id: string;
  service: string;
  meter: string;
  state: string;
  observed: Money;
  expected: Money;
  ratio_milli: number;
  opened_at: Time;
  closed_at: Time | null;
  receipt_id: string | null;
}
export interface Budget { scope: string; limit: Money; spent: Money; reserved: Money; period: string }
export interface Throttle { service: string; meter: string; percent: number; run_id: string | null; since: Time }

export interface Citation { receipt_id: string; index: number; kind: string; digest: string }
export interface Answer {
  answer_id: string;
  sentences: { text: string; citations: Citation[] }[];
  route: string;
  route_reason: string;
  abstained: boolean;
  suggestions: string[];
  receipt_id: string | null;
}
