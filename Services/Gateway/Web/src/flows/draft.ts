import type { FlowProblem } from "../api/model";
import type { Mark } from "./CodeEditor";
import { lineFor, places } from "./pointers";

/** What is known about a draft: its text, what the server said about which text, and what is on its way. */
export interface Draft {
  text: string;
  /** The text as it was last opened or published. */
  base: string;
  checked: { text: string; problems: FlowProblem[]; versionID: string | null } | null;
  checking: boolean;
}

export type DraftEvent =
  | { kind: "opened"; text: string }
  | { kind: "typed"; text: string }
  | { kind: "checking" }
  | { kind: "checked"; text: string; problems: FlowProblem[]; versionID: string | null }
  | { kind: "unchecked" }
  | { kind: "published" };

export const emptyDraft = (text: string): Draft => ({ text, base: text, checked: null, checking: false });

export function draftReducer(draft: Draft, event: DraftEvent): Draft {
  switch (event.kind) {
    case "opened":
      return emptyDraft(event.text);
    case "typed":
      return { ...draft, text: event.text };
    case "checking":
      return { ...draft, checking: true };
    case "checked":
      // An answer about an older text is dropped: its lines would be wrong.
      return event.text === draft.text ? { ...draft, checking: false, checked: { text: event.text, problems: event.problems, versionID: event.versionID } } : draft;
    case "unchecked":
      return { ...draft, checking: false };
    case "published":
      return { ...draft, base: draft.text };
  }
}

export type DraftState = "syntax" | "checking" | "errors" | "warnings" | "valid";

export function draftState(draft: Draft, syntaxError: boolean): DraftState {
  if (syntaxError) return "syntax";
  if (!draft.checked || draft.checked.text !== draft.text) return "checking";
  if (draft.checked.problems.some((problem) => problem.severity === "error")) return "errors";
  return draft.checked.problems.length > 0 ? "warnings" : "valid";
}

/** Problems at their lines. Those about an older text stay where they were until the next answer. */
export function marks(problems: readonly FlowProblem[], text: string): Mark[] {
  const found = places(text);
  return problems.map((problem) => ({
    line: lineFor(found, problem.pointer), severity: problem.severity === "warning" ? "warning" : "error", message: problem.message,
  }));
}
