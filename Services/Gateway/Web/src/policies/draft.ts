import type { BundleCheck, BundleDraft, Json, PolicyProblem } from "../api/model";
import type { Mark } from "../flows/CodeEditor";

export type DraftPart = "policies" | "schema" | "tests";

/** A bundle as it is being written: its texts, where they came from, and what the server said about which of them. */
export interface BundleText {
  name: string;
  policies: string;
  schema: string;
  tests: string;
  entities: Json;
  base: { policies: string; schema: string; tests: string };
  /** Counts the edits, so that an answer about older texts is known as one. */
  edition: number;
  checked: { edition: number; answer: BundleCheck } | null;
  checking: boolean;
  /** The server did not answer; what is shown is of before. */
  unheard: boolean;
}

export type BundleTextEvent =
  | { kind: "opened"; draft: BundleDraft }
  | { kind: "typed"; part: DraftPart; text: string }
  | { kind: "checking" }
  | { kind: "checked"; edition: number; answer: BundleCheck }
  | { kind: "unheard"; edition: number }
  | { kind: "published" };

const pretty = (value: Json | undefined): string => {
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.length > 0 ? JSON.stringify(value, null, 2) : "[]";
};

export function openDraft(draft: BundleDraft): BundleText {
  const base = { policies: draft.policies, schema: draft.schema ?? "", tests: pretty(draft.tests) };
  return { name: draft.name, ...base, entities: draft.entities ?? null, base, edition: 0, checked: null, checking: false, unheard: false };
}

export function bundleTextReducer(draft: BundleText, event: BundleTextEvent): BundleText {
  switch (event.kind) {
    case "opened":
      return openDraft(event.draft);
    case "typed":
      return { ...draft, [event.part]: event.text, edition: draft.edition + 1 };
    case "checking":
      return { ...draft, checking: true };
    case "checked":
      // An answer about older texts is dropped: its lines would be wrong.
      return event.edition === draft.edition ? { ...draft, checking: false, unheard: false, checked: { edition: event.edition, answer: event.answer } } : draft;
    case "unheard":
      return event.edition === draft.edition ? { ...draft, checking: false, unheard: true } : draft;
    case "published":
      return { ...draft, base: { policies: draft.policies, schema: draft.schema, tests: draft.tests } };
  }
}

export const isChanged = (draft: BundleText): boolean =>
  draft.policies !== draft.base.policies || draft.schema !== draft.base.schema || draft.tests !== draft.base.tests;

/** What is sent: tests as text, so that the lines of what is wrong with them are the person's own. */
export const asDraft = (draft: BundleText): BundleDraft => ({
  name: draft.name, policies: draft.policies, schema: draft.schema, tests: draft.tests.trim() || "[]", ...(draft.entities === null ? {} : { entities: draft.entities }),
});

export type CheckState = "checking" | "errors" | "failing" | "good" | "unheard";

/** Whether what was found is of the texts as they are now. */
export function checkState(draft: BundleText): CheckState {
  if (draft.unheard) return "unheard";
  if (!draft.checked || draft.checked.edition !== draft.edition) return "checking";
  const { problems, results } = draft.checked.answer;
  // A test that fails is told as a problem of the tests too: then it is the tests that are to be looked at.
  if (problems.some((problem) => problem.source !== "tests" || problem.line > 0)) return "errors";
  if (results.some((result) => !result.passed)) return "failing";
  return problems.length > 0 ? "errors" : "good";
}

export const problemsOf = (draft: BundleText, part: DraftPart): PolicyProblem[] =>
  (draft.checked?.answer.problems ?? []).filter((problem) => problem.source === part);

/** At their lines; what is of the whole stands in the list only. */
export const marksOf = (problems: readonly PolicyProblem[]): Mark[] =>
  problems.filter((problem) => problem.line > 0).map((problem) => ({ line: problem.line - 1, severity: "error", message: problem.message }));

/** Offset of a line and column, both from 1; columns count code points as the server does. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, Math.max(0, line - 1)).reduce((sum, each) => sum + each.length + 1, 0);
  const inLine = [...(lines[line - 1] ?? "")].slice(0, Math.max(0, column - 1)).join("").length;
  return Math.min(text.length, before + inLine);
}
