import type { Tone } from "../design/Chip";

const kinds: Record<string, string> = { approval: "Approval", task: "Task", anomaly: "Anomaly", "failed-run": "Needs a look" };
const roleWords = (role: string | null): string => (role ? ` · for ${role}` : "");

export const inboxStrings = {
  items: "Inbox items",
  detail: "Selected item",
  which: "Which items",
  states: { open: "Open", closed: "Closed" },
  move: "to move",
  needYou: (open: number) => (open === 0 ? "nothing needs you" : open === 1 ? "1 needs you" : `${open} need you`),
  dueSoon: (soon: string) => `${soon} due within the hour`,
  kind: (kind: string) => kinds[kind] ?? kind,
  left: (span: string) => `${span} left`,
  late: (span: string) => `${span} late`,
  closed: "closed",
  since: "Since",
  back: "Inbox",
  choose: "Choose an item to read it",
  openRun: "Open the run",
  openCosts: "Open costs",
  empty: {
    open: { title: "Nothing needs you", text: "Approvals, tasks, anomalies and failed runs come here the moment they appear." },
    closed: { title: "Nothing closed yet", text: "What was decided stays here, with who decided it." },
  },
};

export const signStrings = {
  title: "What you sign",
  youSign: "You sign",
  caption: "The resolved inputs that the signature covers",
  field: "Field",
  value: "Value",
  runs: "Runs",
  withThese: "with exactly these inputs:",
  bound: (names: string[]) => `The signature also binds it to: ${names.join(", ")}`,
  boundCaption: "What else the signature covers",
  match: { computing: "computing the digest…", same: "digest recomputed here: same", different: "digest does not match" },
};

const states: Record<string, string> = { open: "open", approved: "approved", rejected: "rejected", completed: "completed", expired: "expired", cancelled: "cancelled" };
const ports: Record<string, string> = { approved: "If you approve", rejected: "If you reject", timeout: "If nobody answers", completed: "When you are done", success: "If you approve", denied: "If you reject", error: "If it fails" };

export const taskStrings = {
  why: "Why you are asked",
  noReason: "The flow asks a person at this step.",
  askedBy: (who: string) => `Asked by ${who}.`,
  aFlow: "a flow",
  then: "What happens then",
  ends: (outcome: string) => ({ success: "and the run is done", failure: "and the run has failed", rejected: "and the run ends as rejected" }[outcome] ?? "and the run ends"),
  ifDone: "What happens next",
  port: (port: string) => ports[port] ?? port,
  thenGeneric: "It runs once, with exactly the inputs above. Changed inputs would need a new approval.",
  thenTask: "The run goes on with your answer.",
  receipted: "Your decision is signed and logged with the digest above.",
  kindLine: (kind: string, state: string, role: string | null) => `${kinds[kind] ?? kind}${state === "open" ? "" : ` · ${states[state] ?? state}`}${roleWords(role)}`,
  tone: (state: string): Tone => (state === "approved" || state === "completed" ? "ok" : state === "rejected" || state === "expired" ? "bad" : state === "open" ? "wait" : "plain"),
  state: (state: string) => states[state] ?? state,
  decidedBy: (who: string) => (who ? `by ${who}` : ""),
  theRun: "the run",
  asked: "asked",
  question: "Why is this run waiting?",
  blocked: (reason: string) => (reason ? `You cannot decide this: ${reason.replace(/\.$/, "")}.` : "You may read this, but not decide it."),
  form: "Your answer",
  approve: "Approve",
  reject: "Reject",
  complete: "Complete",
  ask: "Ask a question",
  next: "Next",
  previous: "Previous",
  comment: "Comment (optional)",
  commentNeeded: "Say why you reject it",
  commentHint: "Kept with your decision. Only its salted digest stands in the receipt.",
  readAgain: "Read it again",
};

export const decisionStrings = (decision: string) => {
  switch (decision) {
    case "approve":
      return { title: "Approve and sign", lede: (title: string) => `You approve: ${title}`, button: "Sign and approve", done: (title: string) => `Approved: ${title}` };
    case "reject":
      return { title: "Reject and sign", lede: (title: string) => `You reject: ${title}`, button: "Sign and reject", done: (title: string) => `Rejected: ${title}` };
    default:
      return { title: "Complete the task", lede: (title: string) => title, button: "Sign and complete", done: (title: string) => `Completed: ${title}` };
  }
};

export const evidenceStrings = {
  title: "Evidence",
  caption: "Receipts of this run, verified in this browser",
  verified: (good: string, all: string) => `${good} of ${all} receipts verified here`,
  none: "No receipt of this run is in the log yet.",
};
