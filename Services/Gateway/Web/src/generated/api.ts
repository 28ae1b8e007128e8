// Generated from Services/Gateway/OpenAPI/openapi.json by scripts/generate-client.mjs. Do not edit: run generate.sh.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface AccessAction {
  /** Action::"…" of the policies. */
  name: string;
  /** The arguments: context.input to the policies. */
  properties?: { [key: string]: Json };
}

export interface AccessActionSearch {
  subject: AccessSubject;
  resource: AccessResource;
  context?: { [key: string]: Json };
  page?: AccessPage;
}

export interface AccessApprovers {
  role: string;
  quorum: number;
  ttl_seconds: number;
}

export interface AccessDecision {
  /** False is a denial, whatever stands beside it. */
  decision: boolean;
  context?: AccessDecisionContext;
}

export interface AccessDecisionContext {
  evaluation_id?: ID;
  evaluated_at?: Time;
  /** What programs tell one denial from another by. */
  reason?: string;
  /** By language. */
  reason_user?: { [key: string]: string };
  /** By language; not for the subject. */
  reason_admin?: { [key: string]: string };
  /** Whoever cannot meet all of them must treat the answer as a denial. */
  obligations?: AccessObligation[];
  access_request?: AccessRequestHint;
  /** The approval that counted. */
  approval?: { [key: string]: Json };
  /** After an approval that did not count. */
  next_action?: "request" | "none";
  /** Why this one of several could not be decided. */
  error?: { [key: string]: Json };
}

export interface AccessDecisions {
  /** In the order of the questions; fewer where the semantic stops early. */
  evaluations?: AccessDecision[];
  /** Where the request had no evaluations. */
  decision?: boolean;
}

export interface AccessDenial {
  /** context.evaluation_id of the denial. */
  evaluation_id: string;
  /** As it came. */
  expires_at: string;
}

export interface AccessEntity {
  type: string;
  id: string;
}

export interface AccessEvaluation {
  subject: AccessSubject;
  action: AccessAction;
  resource: AccessResource;
  context?: { [key: string]: Json };
}

export interface AccessEvaluationPart {
  subject?: AccessSubject;
  action?: AccessAction;
  resource?: AccessResource;
  context?: { [key: string]: Json };
}

export interface AccessEvaluations {
  subject?: AccessSubject;
  action?: AccessAction;
  resource?: AccessResource;
  context?: { [key: string]: Json };
  /** At most 100; what one does not say it takes from the members beside this one. */
  evaluations?: AccessEvaluationPart[];
  options?: AccessEvaluationsOptions;
}

export interface AccessEvaluationsOptions {
  evaluations_semantic?: "execute_all" | "deny_on_first_deny" | "permit_on_first_permit";
}

export interface AccessFound {
  type: string;
  id: string;
  /** With obligations: whoever cannot meet them leaves this one out. */
  context?: { [key: string]: Json };
}

export interface AccessFoundAction {
  name: string;
  /** With obligations: whoever cannot meet them leaves this one out. */
  context?: { [key: string]: Json };
}

export interface AccessFoundActions {
  page: AccessFoundPage;
  results: AccessFoundAction[];
}

export interface AccessFoundPage {
  /** Empty where nothing is left. */
  next_token: string;
  count: number;
}

export interface AccessFoundResources {
  page: AccessFoundPage;
  results: AccessFound[];
}

export interface AccessFoundSubjects {
  page: AccessFoundPage;
  results: AccessFound[];
}

export interface AccessMetadata {
  policy_decision_point: string;
  access_evaluation_endpoint: string;
  access_evaluations_endpoint: string;
  search_subject_endpoint: string;
  search_resource_endpoint: string;
  search_action_endpoint: string;
  access_request_endpoint: string;
  capabilities: string[];
  obligations_supported: string[];
}

export interface AccessObligation {
  type: "custom";
  id: string;
  vendor: string;
  /** redact: use `properties` in place of what was asked. */
  action: string;
  properties?: { [key: string]: Json };
}

export interface AccessOpenResource {
  type: string;
  properties?: { [key: string]: Json };
}

export interface AccessOpenSubject {
  type: string;
  properties?: { [key: string]: Json };
}

export interface AccessPage {
  /** next_token of the page before; the rest of the request is as it was. */
  token?: string;
  /** 50 if absent; at most 200 are sent. */
  limit?: number;
}

export interface AccessRequest {
  subject: AccessSubject;
  action: AccessAction;
  resource: AccessResource;
  context?: { [key: string]: Json };
  denial: AccessDenial;
  requested_access?: RequestedAccess;
}

export interface AccessRequestCancellation {
  reason?: string;
  comment?: string;
}

export interface AccessRequestDecision {
  approve: boolean;
  comment?: string;
}

export interface AccessRequestHint {
  endpoint: string;
  template: string;
  expires_at: Time;
  display: { [key: string]: string };
  "urn:provable:approvers": AccessApprovers[];
}

export interface AccessRequestItem {
  id: ID;
  status: AccessTaskStatus;
  requester: string;
  subject: AccessEntity;
  action: string;
  resource: AccessEntity;
  /** The arguments, as they will be used. */
  properties: Json;
  justification: string;
  approvers: AccessApprovers[];
  votes: AccessVote[];
  evaluation_id: ID;
  created_at: Time;
  expires_at: Time;
  can_decide: boolean;
}

export interface AccessRequestPage {
  items: AccessRequestItem[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface AccessResource {
  /** An entity type of the policies, such as Connector. */
  type: string;
  id: string;
  /** context.resource to the policies. */
  properties?: { [key: string]: Json };
}

export interface AccessResourceSearch {
  subject: AccessSubject;
  action: AccessAction;
  resource: AccessOpenResource;
  context?: { [key: string]: Json };
  page?: AccessPage;
}

export interface AccessSubject {
  /** An entity type of the policies, such as User. */
  type: string;
  /** Of a person: the e-mail address. */
  id: string;
  /** context.subject to the policies. */
  properties?: { [key: string]: Json };
}

export interface AccessSubjectSearch {
  subject: AccessOpenSubject;
  action: AccessAction;
  resource: AccessResource;
  context?: { [key: string]: Json };
  page?: AccessPage;
}

export interface AccessTask {
  task: AccessTaskHandle;
  /** Where it was approved: evaluate again with `approval` as context.approval. */
  result?: { [key: string]: Json };
}

export interface AccessTaskHandle {
  id: ID;
  status: AccessTaskStatus;
  status_endpoint: string;
  expires_at: Time;
  links?: { [key: string]: string };
  display: { [key: string]: string };
}

export type AccessTaskStatus = "pending" | "approved" | "denied" | "expired" | "cancelled";

export interface AccessVote {
  role: string;
  approver: string;
  approves: boolean;
  comment: string;
  at: Time;
}

export interface Activated {
  state: ActivationState;
  proposal_id: ID | null;
  receipt_id: ID | null;
  /** Of the replay that holds it. */
  report: ReplayReport | null;
}

export interface Activation {
  id: ID;
  /** bundle, rollback, settings or tighten. */
  kind: string;
  digest: Digest | null;
  previous_digest: Digest | null;
  state: ActivationState;
  proposed_by: string;
  decided_by: string | null;
  note: string;
  proposed_at: Time;
  decided_at: Time | null;
  receipt_id: ID | null;
}

export interface ActivationDecide {
  approve: boolean;
}

export interface ActivationDecided {
  state: ActivationState;
  receipt_id: ID | null;
}

export interface ActivationPage {
  items: Activation[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export type ActivationState = "stored" | "awaiting-approval" | "active" | "rejected" | "held";

export interface Anomaly {
  id: ID;
  service: string;
  meter: string;
  state: "open" | "closed";
  observed: Money;
  expected: Money;
  ratio_milli: number;
  opened_at: Time;
  closed_at: Time | null;
  receipt_id: ID | null;
}

export interface AnomalyPage {
  items: Anomaly[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface Answer {
  answer_id: ID;
  sentences: Sentence[];
  route: string;
  route_reason: string;
  abstained: boolean;
  suggestions: string[];
  receipt_id: ID | null;
}

export interface Budget {
  scope: string;
  limit: Money;
  spent: Money;
  reserved: Money;
  period: "day" | "month";
}

export interface BudgetPage {
  items: Budget[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface BudgetPut {
  limit: Money;
  period: "day" | "month";
}

export interface Bundle {
  digest: Digest;
  name: string;
  policies: string;
  entities: Json;
  schema: string;
  tests: Json[];
  expires_at: Time | null;
  created_at: Time;
  author: string;
  active: boolean;
  blueprint_digest: Digest | null;
}

export interface BundleActivate {
  note?: string;
  /** It was in force before. */
  rollback?: boolean;
  accept_loosening?: boolean;
}

export interface BundleCheck {
  /** Null where it would be refused. */
  digest: Digest | null;
  problems: PolicyProblem[];
  results: PolicyTestResult[];
}

export interface BundleDifference {
  changes: PolicyChange[];
  entities_changed: boolean;
  schema_changed: boolean;
}

export interface BundleDraft {
  name: string;
  policies: string;
  entities?: Json;
  schema?: string;
  /** A list, or its text. */
  tests?: Json;
  expires_at?: Time | null;
}

export interface BundleFindings {
  digest: Digest;
  name: string;
  place: "active" | "shadow";
  problems: PolicyProblem[];
}

export interface BundlePage {
  items: BundleSummary[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface BundlePublish {
  name: string;
  policies: string;
  entities?: Json;
  schema?: string;
  /** A list, or its text. */
  tests?: Json;
  expires_at?: Time | null;
  activate: boolean;
  note?: string;
  /** Where a replay would hold it. */
  accept_loosening?: boolean;
}

export interface BundlePublished {
  digest: Digest;
  results: PolicyTestResult[];
  activation: Activated | null;
}

export interface BundleSummary {
  digest: Digest;
  name: string;
  author: string;
  created_at: Time;
  expires_at: Time | null;
  blueprint_digest: Digest | null;
  active: boolean;
  shadow: boolean;
}

export interface Checkpoint {
  checkpoint: string;
  tree_size: number;
  root: Digest;
  verifier_key: string;
}

export interface Citation {
  receipt_id: ID;
  index: number;
  kind: string;
  digest: Digest;
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

export interface ConnectionPage {
  items: Connection[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface ConnectionPut {
  base_url?: string;
  /** Names as in secrets_needed. */
  secrets?: { [key: string]: string };
}

export interface ConnectorChange {
  sentence: string;
  breaking: boolean;
}

export interface ConnectorChangeCheck {
  connector: string;
  version?: string;
  /** All that it would offer; none where it would go. */
  operations: ConnectorOperationDraft[];
}

export interface ConnectorChangeReport {
  changes: ConnectorChange[];
  /** What would be wrong then and is not now. */
  broken: BundleFindings[];
}

export interface ConnectorOperationDraft {
  name: string;
  /** JSON Schema of its arguments. */
  input_schema: Json;
}

export interface ConnectorSchema {
  schema: string;
  operations: number;
  /** Arguments that have no one type, each with the reason. */
  omitted: string[];
  findings: BundleFindings[];
  /** The policies in force were published with this very one. */
  in_force: boolean;
}

export interface CostPoint {
  at: Time;
  cost: Money;
  expected: Money | null;
  anomalous: boolean;
}

export interface CostPoints {
  service: string;
  meter: string;
  points: NewCostPoint[];
}

export interface CostSeries {
  service: string;
  meter: string;
  total: Money;
  points: CostPoint[];
}

export interface Costs {
  series: CostSeries[];
  total: Money;
}

export interface CostsTaken {
  accepted: number;
  anomalies_opened: ID[];
  anomalies_closed: ID[];
}

export interface DecidedTask {
  task: Task;
  receipt_id: ID | null;
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
  gates: Gate[];
  obligations: Json[];
  reason: string;
  bundle_digest: Digest;
  run_id: ID | null;
  step: string | null;
  at: Time;
  receipt_id: ID | null;
}

export interface DecisionExplanation {
  decision: Decision;
  /** Why there is no more to say. */
  gap: string | null;
  policies: ExplainedPolicy[];
  /** Made together, they would flip it. */
  changes: string[];
  changed_to: "allow" | "deny" | null;
}

export interface DecisionPage {
  items: Decision[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface DevPeople {
  items: DevPerson[];
}

export interface DevPerson {
  email: string;
  name: string;
  tenants: TenantMembership[];
}

/** SHA-256 as lower-case hexadecimal. */
export type Digest = string;

export interface DismissedProposal {
  id: Digest;
  kind: ProposalKind;
  policy_id: string | null;
  sentence: string;
  reason: string;
  dismissed_by: string;
  dismissed_at: Time;
  receipt_id: ID | null;
}

export interface ExplainedPolicy {
  policy_id: string;
  effect: "permit" | "forbid";
  line: number;
  outcome: "satisfied" | "scope" | "condition" | "error";
  sentence: string;
  because: string[];
  decisive: ExplainedStep | null;
  steps: ExplainedStep[];
  steps_cut: boolean;
  determining: boolean;
}

export interface ExplainedStep {
  line: number;
  column: number;
  depth: number;
  text: string;
  outcome: "value" | "fault" | "failed" | "skipped";
  result: string;
}

export interface Flow {
  flow: FlowSummary;
  document: Json;
  versions: FlowSummary[];
}

export interface FlowDraft {
  /** The flow as JSON; or document_text. */
  document?: { [key: string]: Json };
  /** The flow as text: JSON or YAML. */
  document_text?: string;
}

export interface FlowProblem {
  severity: "error" | "warning";
  node: string | null;
  port: string | null;
  /** Into the document. */
  pointer: string;
  message: string;
  fix: string | null;
}

export interface FlowPublish {
  /** The flow as JSON; or document_text. */
  document?: { [key: string]: Json };
  /** The flow as text: JSON or YAML. */
  document_text?: string;
  note?: string;
}

export interface FlowPublished {
  state: "published" | "awaiting-approval" | "refused";
  version_id: Digest | null;
  task_id: ID | null;
  receipt_id: ID | null;
  reason: string;
  problems: FlowProblem[];
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

export interface FlowSummaryPage {
  items: FlowSummary[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface FlowValidation {
  problems: FlowProblem[];
  version_id: Digest | null;
}

export interface Gate {
  policy_id: string;
  gate: "approval" | "redact";
  role: string;
  ttl_seconds: number;
  /** How many different people must approve. */
  quorum: number;
}

export interface HookTaken {
  event_id: ID;
  /** False where it came before. */
  fresh: boolean;
}

/** A UUID in lower case. */
export type ID = string;

export interface InboxItem {
  id: ID;
  kind: "approval" | "task" | "anomaly" | "failed-run";
  state: "open" | "closed";
  title: string;
  summary: string;
  role: string | null;
  run_id: ID | null;
  task_id: ID | null;
  anomaly_id: ID | null;
  created_at: Time;
  due_at: Time | null;
  tone: "info" | "wait" | "bad" | "cost";
  requested_by: string | null;
  can_decide: boolean;
}

export interface InboxPage {
  items: InboxItem[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
  open_total: number;
}

export interface Money {
  /** Millionths of the currency. */
  micros: number;
  currency: string;
}

export interface NewCostPoint {
  at: Time;
  cost: Money;
}

export interface Operation {
  name: string;
  connector: string;
  connector_version: string;
  title: string;
  input_schema: Json;
  output_schema: Json;
  idempotency: "idempotent" | "keyed" | "read-back" | "unsafe";
  cost: Money | null;
}

export interface OperationPage {
  items: Operation[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface PolicyBundle {
  digest: Digest;
  name: string;
  policies: string;
  entities: Json;
  created_at: Time;
  author: string;
}

export interface PolicyChange {
  policy_id: string;
  kind: "added" | "removed" | "changed";
  before: string;
  after: string;
}

export interface PolicyProblem {
  /** From 1; 0 where it is of the whole. */
  line: number;
  column: number;
  message: string;
  policy_id: string | null;
  fix: string | null;
  source: "policies" | "entities" | "schema" | "tests";
}

export interface PolicyProposal {
  id: Digest;
  kind: ProposalKind;
  policy_id: string | null;
  sentence: string;
  tightens: boolean;
  draft: BundleDraft;
  digest: Digest;
  report: ReplayReport | null;
  evidence: Json;
}

export interface PolicyProposals {
  items: PolicyProposal[];
  dismissed: DismissedProposal[];
}

export interface PolicyPut {
  name: string;
  policies: string;
  entities?: Json;
  activate: boolean;
}

export interface PolicySettings {
  /** Who proposes an activation does not approve it. */
  two_person: boolean;
  tighten_automatically: boolean;
  /** Replayed before an activation; 0 for no replay. */
  replay_seconds: number;
  /** Of the agency. */
  blueprint_digest: Digest | null;
}

export interface PolicySettingsPut {
  /** Who proposes an activation does not approve it. */
  two_person: boolean;
  tighten_automatically: boolean;
  /** Replayed before an activation; 0 for no replay. */
  replay_seconds: number;
}

export interface PolicySettingsSet {
  state: ActivationState;
  proposal_id: ID | null;
}

export interface PolicyStored {
  digest: Digest;
}

export interface PolicyTestResult {
  name: string;
  passed: boolean;
  expected: string;
  found: string;
}

/** RFC 9457. Some operations add members of their own. */
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
    /** JSON pointer into the body, or the name of a parameter or header. */
    field: string;
    message: string;
    fix: string;
    line?: number;
    column?: number;
    policy_id?: string;
  }[];
  /** With FLOW_INVALID: what the validator found. */
  problems?: FlowProblem[];
}

export interface ProposalDismiss {
  reason: string;
  since?: Time;
}

export interface ProposalDismissed {
  receipt_id: ID | null;
}

export type ProposalKind = "unused-permit" | "always-approved" | "burst" | "novel-tuple";

export interface Question {
  question: string;
  run_id?: ID;
}

export interface Receipt {
  id: ID;
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
  /** DSSE; null where the payload was erased. */
  envelope: Json;
  /** The entry of the log. */
  leaf: Json;
  disclosures: string[];
  /** c2sp.org/tlog-proof@v1 */
  proof: string;
}

export interface ReceiptPage {
  items: Receipt[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface Replay {
  problems: PolicyProblem[];
  report: ReplayReport | null;
  report_digest: Digest | null;
  receipt_id: ID | null;
}

export interface ReplayAsk {
  digest?: Digest | null;
  draft?: BundleDraft | null;
  since: Time;
  until?: Time | null;
  /** Weighs every decision anew. */
  full?: boolean;
  /** Of each pair of verdicts. */
  examples?: number;
  replay_id?: ID;
}

export interface ReplayCell {
  before: VerdictWord;
  after: VerdictWord;
  count: number;
  conditional: number;
  outcomes?: { [key: string]: number };
  spent_micros?: { [key: string]: number };
  examples?: ReplayExample[];
}

export interface ReplayExample {
  decision: ID;
  time: string;
  principal: string;
  action: string;
  resource: string;
  before: VerdictWord;
  after: VerdictWord;
  conditional: boolean;
}

export interface ReplayProgress {
  /** False before it begins and once it has ended. */
  running: boolean;
  done: number;
  total: number;
}

export interface ReplayReport {
  format: string;
  draft: Digest;
  bundles: Digest[];
  engine: string;
  since: string;
  until: string;
  coverage: { [key: string]: number };
  matrix: ReplayCell[];
  loosened: number;
  tightened: number;
  sentence: string;
}

export interface RequestedAccess {
  /** RFC 3339. */
  requested_until?: string;
}

export type Role = "admin" | "auditor" | "change-approver" | "enforcement-point" | "finance" | "on-call" | "operator" | "viewer";

export interface Run {
  run: RunSummary;
  steps: Step[];
  document: Json;
  input: Json;
}

export interface RunCancel {
  reason: string;
}

export interface RunCost {
  total: Money;
  budget: Money | null;
  events: UsageEvent[];
}

export interface RunFork {
  /** For another input than this run's. */
  input?: { [key: string]: Json };
  reason: string;
}

export interface RunForked {
  run_id: ID;
}

export interface RunPause {
  reason: string;
}

export interface RunResume {
  reason: string;
}

export interface RunStart {
  flow: string;
  version_id?: Digest;
  input?: { [key: string]: Json };
}

export interface RunStarted {
  run_id: ID;
  already_started: boolean;
}

export interface RunState {
  state: string;
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
  paused: boolean;
}

export interface RunSummaryPage {
  items: RunSummary[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface RunVariable {
  /** Dotted for a member: order.total. */
  name: string;
  value: Json;
  reason: string;
}

export interface RunsControl {
  action: "pause" | "resume" | "cancel";
  /** Every flow without it. */
  flow?: string;
  /** 1 to 500 runs of one call; 100 without it. */
  limit?: number;
  dry_run?: boolean;
  reason: string;
}

export interface RunsControlled {
  /** Runs that it was about, before anything was done. */
  matching: number;
  changed: number;
  problems: string[];
}

export interface SecurityEvent {
  id: ID;
  kind: string;
  principal: string | null;
  reporter: string;
  detail: Json;
  at: Time;
}

export interface SecurityEventPage {
  items: SecurityEvent[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

export interface Sentence {
  text: string;
  citations: Citation[];
}

export interface Session {
  principal: string;
  name: string;
  tenant: Tenant;
  tenants: TenantMembership[];
  roles: Role[];
  /** Send it as X-CSRF-Token with every write. */
  csrf_token: string;
  environment: string;
  expires_at: Time;
}

export interface Shadow {
  digest: Digest | null;
  matrix: VerdictPair[];
  divergences: ShadowDivergence[];
  /** Decisions that it could not judge. */
  failed: number;
}

export interface ShadowDivergence {
  decision_id: ID;
  enforced: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY";
  shadow: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY";
  determining: string[];
  principal: string;
  action: string;
  resource: string;
  at: Time;
  reason: string;
}

export interface ShadowPut {
  digest: Digest | null;
}

export interface SignIn {
  email: string;
  tenant: string;
}

export interface Step {
  seq: number;
  node: string;
  type: string;
  title: string;
  state: "started" | "succeeded" | "failed" | "waiting" | "timed-out" | "skipped" | "may-have-run";
  started_at: Time;
  ended_at: Time | null;
  input: Json;
  output: Json;
  error: string | null;
  port: string | null;
  attempt: number;
  decision_id: ID | null;
  receipt_ids: ID[];
  cost: Money | null;
  task_id: ID | null;
}

export interface StepSkip {
  port: string;
  output?: Json;
  reason: string;
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
  /** Exactly what will run. */
  subject: Json;
  subject_digest: Digest;
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
  answer?: Json;
}

export interface Tenant {
  id: ID;
  slug: string;
  name: string;
  kind: TenantKind;
  /** Of the agency whose client this is. */
  parent_slug: string | null;
}

export type TenantKind = "company" | "agency" | "client";

export interface TenantMembership {
  slug: string;
  name: string;
  kind: TenantKind;
  roles: Role[];
}

export interface TenantSwitch {
  /** Its slug. */
  tenant: string;
}

export interface Throttle {
  service: string;
  meter: string;
  percent: number;
  run_id: ID | null;
  since: Time;
}

export interface ThrottlePage {
  items: Throttle[];
  /** Send it as `cursor` for the next page. */
  next_cursor: string | null;
}

/** RFC 3339 in UTC with milliseconds. */
export type Time = string;

export interface UsageEvent {
  id: ID;
  meter: string;
  quantity: number;
  cost: Money;
  at: Time;
  step: string | null;
  service: string | null;
}

export interface VerdictPair {
  enforced: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY";
  other: "ALLOW" | "REDACT" | "REQUIRE_APPROVAL" | "REDACT_AND_REQUIRE_APPROVAL" | "DENY";
  count: number;
}

export type VerdictWord = "allow" | "redact" | "require-approval" | "redact-and-require-approval" | "deny";

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
  "POST /v1/runs/{id}/pause": {
    path: { id: ID };
    query: null;
    body: RunPause;
    answer: RunState;
  };
  "POST /v1/runs/{id}/resume": {
    path: { id: ID };
    query: null;
    body: RunResume;
    answer: RunState;
  };
  "POST /v1/runs/{id}/steps/{seq}/skip": {
    path: { id: ID; seq: number };
    query: null;
    body: StepSkip;
    answer: RunState;
  };
  "POST /v1/runs/{id}/variables": {
    path: { id: ID };
    query: null;
    body: RunVariable;
    answer: RunState;
  };
  "POST /v1/runs/{id}/steps/{seq}/fork": {
    path: { id: ID; seq: number };
    query: null;
    body: RunFork;
    answer: RunForked;
  };
  "POST /v1/runs/control": {
    path: null;
    query: null;
    body: RunsControl;
    answer: RunsControlled;
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
  "GET /v1/flows/{name}": {
    path: { name: string };
    query: { version_id?: Digest };
    body: null;
    answer: Flow;
  };
  "POST /v1/flows/validate": {
    path: null;
    query: null;
    body: FlowDraft;
    answer: FlowValidation;
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
  "GET /v1/security-events": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: SecurityEventPage;
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
  "GET /v1/operations": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: OperationPage;
  };
  "GET /v1/connections": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: ConnectionPage;
  };
  "PUT /v1/connections/{connector}": {
    path: { connector: string };
    query: null;
    body: ConnectionPut;
    answer: Connection;
  };
  "POST /v1/copilot/questions": {
    path: null;
    query: null;
    body: Question;
    answer: Answer;
  };
  "GET /v1/policies/bundles": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: BundlePage;
  };
  "POST /v1/policies/bundles": {
    path: null;
    query: null;
    body: BundlePublish;
    answer: BundlePublished;
  };
  "GET /v1/policies/bundles/{digest}": {
    path: { digest: Digest };
    query: null;
    body: null;
    answer: Bundle;
  };
  "POST /v1/policies/check": {
    path: null;
    query: null;
    body: BundleDraft;
    answer: BundleCheck;
  };
  "POST /v1/policies/bundles/{digest}/activation": {
    path: { digest: Digest };
    query: null;
    body: BundleActivate;
    answer: Activated;
  };
  "GET /v1/policies/activations": {
    path: null;
    query: { cursor?: string; limit?: number };
    body: null;
    answer: ActivationPage;
  };
  "POST /v1/policies/activations/{id}/decision": {
    path: { id: ID };
    query: null;
    body: ActivationDecide;
    answer: ActivationDecided;
  };
  "GET /v1/policies/diff": {
    path: null;
    query: { from?: Digest; to: Digest };
    body: null;
    answer: BundleDifference;
  };
  "POST /v1/policies/replays": {
    path: null;
    query: null;
    body: ReplayAsk;
    answer: Replay;
  };
  "GET /v1/policies/shadow": {
    path: null;
    query: { since?: Time };
    body: null;
    answer: Shadow;
  };
  "PUT /v1/policies/shadow": {
    path: null;
    query: null;
    body: ShadowPut;
    answer: null;
  };
  "GET /v1/policies/proposals": {
    path: null;
    query: { since?: Time };
    body: null;
    answer: PolicyProposals;
  };
  "GET /v1/policies/settings": {
    path: null;
    query: null;
    body: null;
    answer: PolicySettings;
  };
  "PUT /v1/policies/settings": {
    path: null;
    query: null;
    body: PolicySettingsPut;
    answer: PolicySettingsSet;
  };
  "GET /v1/decisions/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: Decision;
  };
  "GET /v1/decisions/{id}/explanation": {
    path: { id: ID };
    query: null;
    body: null;
    answer: DecisionExplanation;
  };
  "GET /v1/policies/connector-schema": {
    path: null;
    query: null;
    body: null;
    answer: ConnectorSchema;
  };
  "POST /v1/policies/connector-schema/changes": {
    path: null;
    query: null;
    body: ConnectorChangeCheck;
    answer: ConnectorChangeReport;
  };
  "GET /v1/policies/replays/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: ReplayProgress;
  };
  "POST /v1/policies/proposals/{id}/dismissal": {
    path: { id: Digest };
    query: null;
    body: ProposalDismiss;
    answer: ProposalDismissed;
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
    query: { state?: "open" | "closed"; cursor?: string; limit?: number };
    body: null;
    answer: AnomalyPage;
  };
  "GET /v1/budgets": {
    path: null;
    query: { cursor?: string; limit?: number };
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
    query: { cursor?: string; limit?: number };
    body: null;
    answer: ThrottlePage;
  };
  "GET /.well-known/authzen-configuration": {
    path: null;
    query: null;
    body: null;
    answer: AccessMetadata;
  };
  "POST /access/v1/evaluation": {
    path: null;
    query: null;
    body: AccessEvaluation;
    answer: AccessDecision;
  };
  "POST /access/v1/evaluations": {
    path: null;
    query: null;
    body: AccessEvaluations;
    answer: AccessDecisions;
  };
  "POST /access/v1/search/subject": {
    path: null;
    query: null;
    body: AccessSubjectSearch;
    answer: AccessFoundSubjects;
  };
  "POST /access/v1/search/resource": {
    path: null;
    query: null;
    body: AccessResourceSearch;
    answer: AccessFoundResources;
  };
  "POST /access/v1/search/action": {
    path: null;
    query: null;
    body: AccessActionSearch;
    answer: AccessFoundActions;
  };
  "POST /access/v1/requests": {
    path: null;
    query: null;
    body: AccessRequest;
    answer: AccessTask;
  };
  "GET /access/v1/requests/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: AccessTask;
  };
  "POST /access/v1/requests/{id}/cancel": {
    path: { id: ID };
    query: null;
    body: AccessRequestCancellation;
    answer: AccessTask;
  };
  "GET /v1/access-requests": {
    path: null;
    query: { status?: AccessTaskStatus; cursor?: string; limit?: number };
    body: null;
    answer: AccessRequestPage;
  };
  "GET /v1/access-requests/{id}": {
    path: { id: ID };
    query: null;
    body: null;
    answer: AccessRequestItem;
  };
  "POST /v1/access-requests/{id}/decision": {
    path: { id: ID };
    query: null;
    body: AccessRequestDecision;
    answer: AccessRequestItem;
  };
  "GET /v1/events": {
    path: null;
    query: null;
    body: null;
    answer: string;
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
