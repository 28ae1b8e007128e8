import { Dispatch, useEffect, useReducer } from "react";
import { api } from "../api/client";
import type { BundleDraft } from "../api/model";
import { BundleText, BundleTextEvent, asDraft, bundleTextReducer, openDraft } from "./draft";

const DEBOUNCE_MS = 350;

/** A draft that is checked, with its tests, a moment after the last key. */
export function useBundleText(initial: BundleDraft, enabled: boolean): [BundleText, Dispatch<BundleTextEvent>] {
  const [draft, dispatch] = useReducer(bundleTextReducer, initial, openDraft);
  useEffect(() => {
    if (!enabled) return undefined;
    const controller = new AbortController();
    const { edition } = draft;
    const timer = setTimeout(() => {
      dispatch({ kind: "checking" });
      api.checkBundle(asDraft(draft), controller.signal).then(
        (answer) => dispatch({ kind: "checked", edition, answer }),
        () => controller.signal.aborted || dispatch({ kind: "unheard", edition }),
      );
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // Only the texts are checked: `edition` counts them.
  }, [draft.edition, draft.base, enabled]);
  return [draft, dispatch];
}
