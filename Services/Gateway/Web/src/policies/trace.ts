import type { ExplainedPolicy } from "../api/model";

type Step = ExplainedPolicy["steps"][number];

const DEEPEST = 6;

/** A class instead of a style: the page allows no inline styles. */
export const indentClass = (depth: number): string => `depth-${Math.min(Math.max(depth, 0), DEEPEST)}`;

export function stepTone(step: Step): string {
  if (step.outcome === "fault" || step.outcome === "failed") return "came-bad";
  if (step.outcome === "skipped") return "came-skip";
  return step.result === "true" ? "came-true" : step.result === "false" ? "came-false" : "";
}
