import { sentence } from "../app/format";
import type { Tone } from "../design/Chip";

const runStates: Record<string, string> = { running: "running", waiting: "waits", succeeded: "succeeded", failed: "failed", cancelled: "cancelled" };
const runTones: Record<string, Tone> = { running: "acc", waiting: "wait", succeeded: "ok", failed: "bad", cancelled: "plain" };
const stepStates: Record<string, string> = {
  started: "running", succeeded: "done", failed: "failed", waiting: "waits", "timed-out": "timed out", skipped: "skipped", "may-have-run": "may have run",
};
const stepTones: Record<string, Tone> = { started: "acc", succeeded: "ok", failed: "bad", waiting: "wait", "timed-out": "bad", skipped: "plain", "may-have-run": "bad" };
const nodes: Record<string, string> = {
  trigger: "Trigger", call: "Call", decide: "Decide", approve: "Approve", task: "Task", wait: "Wait", end: "End",
  parallel: "Parallel", each: "For each", assign: "Assign", guard: "Guard", subflow: "Sub-flow", agent: "Agent", compensation: "Taken back",
};

const outcomes: Record<string, string> = { "": "It reached its end.", success: "It reached its end.", failure: "It ended in failure.", rejected: "It ended as rejected." };

export const nodeWord = (type: string): string => nodes[type] ?? type;

export const runStrings = {
  one: "Run",
  state: (state: string) => runStates[state] ?? state,
  tone: (state: string): Tone => runTones[state] ?? "plain",
  why: (state: string) =>
    ({ waiting: "Why it waits", running: "What it is doing", succeeded: "It is done", failed: "Why it failed", cancelled: "It was cancelled" }[state] ?? "Where it stands"),
  moving: (node: string) => (node ? `It is at ${node} and moves by itself.` : "It moves by itself."),
  outcome: (outcome: string) => outcomes[outcome] ?? sentence(outcome),
  took: (span: string) => `It took ${span}.`,
  deadline: (span: string) => `${span} to its deadline`,
  decide: "Decide it",
  graph: "Where it is",
  timeline: "Timeline",
  startedBy: (time: string, who: string) => `since ${time}, started by ${who}`,
  steps: "Steps",
  stepCount: (steps: number, ended: boolean) => (ended ? `${steps} in all` : `${steps} so far`),
  began: "Began",
  leftBy: "Left by port",
  attempt: "Attempt",
  error: "Error",
  task: "Task",
  openTask: "open in the inbox",
  input: "Input",
  output: "Output",
  cost: "Cost",
  ofBudget: (total: string, budget: string) => `${total} of ${budget}`,
  noCost: "Nothing was metered yet.",
  startedWith: "Started with",
  download: "Download proof",
  act: { pause: "Pause", resume: "Resume", cancel: "Cancel run" },
  actTitle: { pause: "Pause this run?", resume: "Let this run go on?", cancel: "Cancel this run?" },
  actLede: {
    pause: "What is under way comes to its end; no new step begins until the run is resumed. The reason is signed and kept.",
    resume: "It goes on where it was held. The reason is signed and kept.",
    cancel: "What is under way is waited for, and calls that can be taken back are taken back. The reason is signed and kept.",
  },
  done: { pause: "The run is paused", resume: "The run goes on", cancel: "The run is cancelled" },
  reason: "Reason",
  reasonNeeded: "Say why",
  keep: "Leave it as it is",
  skip: "Skip this step",
  skipTitle: (step: string) => `Skip “${step}”?`,
  skipLede: "The run goes on as if the step had left by this port. The record says that a person skipped it, and why.",
  skipped: "The step is skipped",
  leaveBy: "Leave by",
  leftBehind: "Output (JSON, may be empty)",
  noJson: "The output is no JSON",
  fork: "Start again from here",
  forkTitle: (step: string) => `Start a new run at “${step}”?`,
  forkLede: "A new run of the same version begins with this step, with what the steps before it left behind. This run stays as it is.",
};

export const runsStrings = {
  lede: "What is running, what waits and for whom, and how the rest ended.",
  list: "Runs",
  byState: "By state",
  byFlow: "Flow",
  all: "All",
  everyFlow: "Every flow",
  none: "Nothing has run yet",
  noneText: "A run starts by an event, a schedule or a person.",
  noneHere: "No run matches",
  noneHereText: "Other states or other flows may have some.",
  clear: "Show all runs",
};

export const stepStrings = {
  state: (state: string) => stepStates[state] ?? state,
  tone: (state: string): Tone => stepTones[state] ?? "plain",
  chip: (state: string): Tone => stepTones[state] ?? "plain",
  notReached: "not reached",
  soFar: (span: string) => `${span} so far`,
};

export const graphStrings = {
  label: (title: string) => `Steps of ${title} as a graph`,
  tools: "View",
  all: "Exceptions",
  in: "Zoom in",
  out: "Zoom out",
  fit: "Fit",
};
