import type { Step } from "../api/model";
import { millis } from "../app/format";

/** The last thing that happened at each node: a retry or a loop shows where it stands now. */
export function statesByNode(steps: readonly Step[]): Map<string, Step> {
  const found = new Map<string, Step>();
  for (const step of [...steps].sort((a, b) => a.seq - b.seq)) found.set(step.node, step);
  return found;
}

/** Which edges the run took: left by that port, or into a branch while the node waits for it, and the other end was reached. */
export function taken(edge: { from: string; port: string; to: string; entersBody?: boolean }, states: Map<string, Step>): boolean {
  const from = states.get(edge.from);
  if (!from || !states.has(edge.to)) return false;
  return edge.entersBody === true || from.port === edge.port;
}

export interface Bar {
  step: Step;
  /** Fractions of the whole, 0 to 1. */
  start: number;
  width: number;
  ms: number;
  open: boolean;
}

/** Bars on one time axis, in milliseconds; a step that has not ended grows until now. */
export function bars(steps: readonly Step[], now: number): { bars: Bar[]; from: number; to: number } {
  const begins = steps.map((step) => (step.started_at ? millis(step.started_at) : now));
  const ends = steps.map((step) => (step.ended_at ? millis(step.ended_at) : now));
  const from = Math.min(...begins, now);
  const to = Math.max(...ends, from + 1);
  return {
    from,
    to,
    bars: steps.map((step, i) => ({
      step, start: (begins[i] - from) / (to - from), width: Math.max(0, ends[i] - begins[i]) / (to - from), ms: Math.max(0, ends[i] - begins[i]), open: !step.ended_at,
    })),
  };
}
