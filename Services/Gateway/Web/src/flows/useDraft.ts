import { Dispatch, useEffect, useReducer } from "react";
import { api } from "../api/client";
import type { FlowProblem } from "../api/model";
import { Problem } from "../api/problem";
import { Draft, DraftEvent, draftReducer, emptyDraft } from "./draft";

const DEBOUNCE_MS = 350;

/** JSON text starts with a brace; everything else may be YAML, which only the server reads. */
export const looksLikeJSON = (text: string): boolean => /^\s*[{[]/.test(text);

/** A draft that is validated by the server a moment after the last key. */
export function useDraft(initial: string): [Draft, Dispatch<DraftEvent>] {
  const [draft, dispatch] = useReducer(draftReducer, initial, emptyDraft);
  useEffect(() => {
    const controller = new AbortController();
    const { text } = draft;
    const timer = setTimeout(() => {
      dispatch({ kind: "checking" });
      api.validateFlow(text, controller.signal).then(
        (answer) => dispatch({ kind: "checked", text, problems: answer.problems, versionID: answer.version_id }),
        (cause: unknown) => {
          if (controller.signal.aborted) return;
          const problems = cause instanceof Problem ? asProblems(cause) : [];
          dispatch(problems.length > 0 ? { kind: "checked", text, problems, versionID: null } : { kind: "unchecked" });
        },
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [draft.text]);
  return [draft, dispatch];
}

/** What a refusal says about the document, in the form of the validator. */
export function asProblems(problem: Problem): FlowProblem[] {
  if (problem.status !== 400 && problem.status !== 422) return [];
  const listed = problem.document.problems;
  if (Array.isArray(listed)) return listed as FlowProblem[];
  const errors = problem.errors.length > 0 ? problem.errors : [{ field: "", message: problem.message, fix: null }];
  return errors.map((each) => {
    // `node.port /pointer`, or a pointer into the request's body.
    const [, place = "", pointer = ""] = /^([^/]*?) ?(\/.*)?$/.exec(each.field) ?? [];
    const [node = "", port = ""] = place.trim().split(".");
    return { severity: "error", node: node || null, port: port || null, pointer: pointer.replace(/^\/(document_text|document)(?=\/|$)/, ""), message: each.message, fix: each.fix ?? "" };
  });
}
