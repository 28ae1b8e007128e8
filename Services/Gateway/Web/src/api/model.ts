import type * as Generated from "../generated/api";

/** The gateway's shapes, in the names that the pages use. */
export type {
  Anomaly, Answer, Budget, Connection, CostPoint, Costs, Decision, DevPerson, Flow, FlowProblem, FlowSummary, InboxItem, Json, Operation, PolicyBundle,
  Receipt, ReceiptDetail, Run, RunCost, RunSummary, Session, Step, Task, Throttle,
} from "../generated/api";

export type Inbox = Generated.InboxPage;
export type CheckpointInfo = Generated.Checkpoint;
export type Published = Generated.FlowPublished;
export type Validation = Generated.FlowValidation;
export type CostSeries = Generated.Costs["series"][number];
export type Citation = Generated.Answer["sentences"][number]["citations"][number];
