import type { DraftState } from "../flows/draft";

const states: Record<string, string> = { published: "published", "awaiting-approval": "waits for approval", refused: "refused", superseded: "superseded" };

export const flowsStrings = {
  lede: "What your work looks like as a flow: each version is fixed by its digest, and publishing it leaves a receipt.",
  list: "Flows",
  none: "No flow yet",
  noneText: "Write the first one: a trigger, what it calls, who approves.",
  create: "New flow",
  newTitle: "New flow",
  draft: "draft",
  draftOf: (version: number) => `draft after v${version}`,
  state: (state: string) => states[state] ?? state,
  start: "Start a run",
  publish: "Publish",
  revert: "Discard changes",
  unchanged: "Nothing has changed since this version",
  notYet: {
    syntax: "Repair the document first", checking: "Wait until it has been checked", errors: "Repair the errors first", warnings: "", valid: "",
  } as Record<DraftState, string>,
  draftState: (state: DraftState, problems: number, nodes: number) =>
    ({
      syntax: "not JSON yet", checking: "checking…", errors: problems === 1 ? "1 problem" : `${problems} problems`,
      warnings: problems === 1 ? "valid, 1 warning" : `valid, ${problems} warnings`, valid: `valid · ${nodes} steps`,
    }[state]),
  syntax: (reason: "unexpected" | "unterminated" | "end") =>
    ({ unexpected: "This is not expected here.", unterminated: "This text has no closing quote.", end: "The document ends too early." }[reason]),
  picture: "Picture",
  document: "Document",
  documentNote: "JSON or YAML, checked while you type",
  problems: "Problems",
  noProblems: "None: it can be published.",
  checking: "Checking…",
  line: (line: number) => `Line ${line}:`,
  wholeDocument: "Document",
  versions: "Versions",
};

export const publishStrings = {
  title: "Publish this version",
  lede: "Runs that are under way keep their version. New runs use this one, as soon as it is published.",
  note: "What changed",
  noteHint: "Kept with the version, for whoever reads it next.",
  version: "version",
  receipt: "Publish receipt",
  task: "Open the approval",
  state: (state: string) =>
    ({ published: "Published", "awaiting-approval": "It waits for an approval", refused: "It was refused" }[state] ?? state),
};

export const startStrings = {
  title: (flow: string) => `Start ${flow}`,
  lede: "The published version runs with this input. Policy decides each call as always.",
  input: "Input (JSON)",
  notJSON: "The input is not a JSON object.",
};
