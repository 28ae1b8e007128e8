import type { BundleDraft } from "../api/model";

let waiting: BundleDraft | null = null;

/** A proposal's draft on its way to the editor: too long for an address, of no use after a reload. */
export const handDraft = (draft: BundleDraft): void => {
  waiting = draft;
};

export function takeDraft(): BundleDraft | null {
  const draft = waiting;
  waiting = null;
  return draft;
}
