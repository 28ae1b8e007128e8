import type { Json, Operations } from "../generated/api";

/** The gateway's shapes, in the names that the pages use; taken from what the operations answer. */
type Answered<Name extends keyof Operations> = Operations[Name]["answer"];
type Item<Name extends keyof Operations> = Answered<Name> extends { items: (infer Each)[] } ? Each : never;

export type { Json };
export type Session = Answered<"GET /v1/session">;
export type DevPerson = Item<"GET /v1/auth/dev/people">;
export type Inbox = Answered<"GET /v1/inbox">;
export type InboxItem = Item<"GET /v1/inbox">;
export type Task = Answered<"GET /v1/tasks/{id}">;
export type TaskDecision = Operations["POST /v1/tasks/{id}/decision"]["body"];
export type Run = Answered<"GET /v1/runs/{id}">;
export type RunSummary = Item<"GET /v1/runs">;
export type StepSkip = Operations["POST /v1/runs/{id}/steps/{seq}/skip"]["body"];
export type RunFork = Operations["POST /v1/runs/{id}/steps/{seq}/fork"]["body"];
export type Step = Run["steps"][number];
export type RunCost = Answered<"GET /v1/runs/{id}/cost">;
export type Receipt = Item<"GET /v1/receipts">;
export type ReceiptDetail = Answered<"GET /v1/receipts/{id}">;
export type CheckpointInfo = Answered<"GET /v1/checkpoint">;
export type Flow = Answered<"GET /v1/flows/{name}">;
export type FlowSummary = Item<"GET /v1/flows">;
export type FlowDraft = Operations["POST /v1/flows/validate"]["body"];
export type Validation = Answered<"POST /v1/flows/validate">;
export type FlowProblem = Validation["problems"][number];
export type Published = Answered<"POST /v1/flows">;
export type Operation = Item<"GET /v1/operations">;
export type Connection = Item<"GET /v1/connections">;
export type ConnectionPut = Operations["PUT /v1/connections/{connector}"]["body"];
export type PolicyBundle = Answered<"GET /v1/policies/active">;
export type { BundleCheck, BundleDraft, PolicyProblem, ReplayCell, ReplayExample, ReplayReport, VerdictWord, Activation, BundleSummary } from "../generated/api";
export type BundleDifference = Answered<"GET /v1/policies/diff">;
export type BundlePublish = Operations["POST /v1/policies/bundles"]["body"];
export type BundlePublished = Answered<"POST /v1/policies/bundles">;
export type PolicySettings = Answered<"GET /v1/policies/settings">;
export type PolicySettingsPut = Operations["PUT /v1/policies/settings"]["body"];
export type PolicyProposal = Answered<"GET /v1/policies/proposals">["items"][number];
export type Shadow = Answered<"GET /v1/policies/shadow">;
export type Replay = Answered<"POST /v1/policies/replays">;
export type Explanation = Answered<"GET /v1/decisions/{id}/explanation">;
export type ExplainedPolicy = Explanation["policies"][number];
export type Decision = Item<"GET /v1/decisions">;
export type Costs = Answered<"GET /v1/costs">;
export type CostSeries = Costs["series"][number];
export type CostPoint = CostSeries["points"][number];
export type Anomaly = Item<"GET /v1/anomalies">;
export type Budget = Item<"GET /v1/budgets">;
export type Throttle = Item<"GET /v1/throttles">;
export type Answer = Answered<"POST /v1/copilot/questions">;

type Given<T, Key extends string> = T extends { [K in Key]?: infer Value } ? Exclude<Value, undefined> : never;

/** The values that filters may take. */
export interface Queries {
  runs: Given<Operations["GET /v1/runs"]["query"], "state">;
  limit: Given<Operations["GET /v1/runs"]["query"], "limit">;
  decisions: Given<Operations["GET /v1/decisions"]["query"], "verdict">;
}
