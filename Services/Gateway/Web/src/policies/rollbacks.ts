import type { Activation, BundleSummary } from "../api/model";

export type BundleStanding = "active" | "expired" | "shadow" | "stored";

/** An expired bundle denies everything, also where it is the one in force. */
export function standing(bundle: BundleSummary, now: number): BundleStanding {
  if (bundle.expires_at && Date.parse(bundle.expires_at) <= now) return "expired";
  return bundle.active ? "active" : bundle.shadow ? "shadow" : "stored";
}

/** Which bundles were in force and may be so again: not the one that is. */
export function wereInForce(history: readonly Activation[], active: string | null): Set<string> {
  return new Set(history.filter((each) => each.state === "active" && each.digest !== null && each.digest !== active).map((each) => each.digest as string));
}

/** Who proposed it does not approve it; capitals make nobody another person. */
export const mayDecide = (activation: Activation, person: string): boolean => activation.proposed_by.toLowerCase() !== person.toLowerCase();
