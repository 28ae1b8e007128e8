import type { CostPoint } from "../api/model";
import { micros, millis } from "../app/format";

/** How far a usual point of this series lies from what was expected: the median distance, over points that are not anomalous. */
export function usualDistance(points: readonly CostPoint[]): number {
  const distances = points
    .filter((point) => point.expected !== null && !point.anomalous)
    .map((point) => Math.abs(micros(point.cost) - micros(point.expected)))
    .sort((a, b) => a - b);
  if (distances.length === 0) return 0;
  const middle = Math.floor(distances.length / 2);
  return distances.length % 2 ? distances[middle] : (distances[middle - 1] + distances[middle]) / 2;
}

export interface BandPoint {
  at: number;
  low: number;
  high: number;
}

/** Expected cost, three usual distances either way. Where nothing was expected yet there is no band. */
export function band(points: readonly CostPoint[]): BandPoint[] {
  const reach = 3 * usualDistance(points);
  return points.flatMap((point) => {
    if (point.expected === null) return [];
    const middle = micros(point.expected);
    return [{ at: millis(point.at), low: Math.max(0, middle - reach), high: middle + reach }];
  });
}

/** Runs of neighbouring anomalous points, as they are shaded. */
export function anomalousSpans(points: readonly CostPoint[]): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  let previous = -2;
  points.forEach((point, i) => {
    if (!point.anomalous) return;
    const at = millis(point.at);
    if (previous === i - 1 && spans.length > 0) spans[spans.length - 1].to = at;
    else spans.push({ from: at, to: at });
    previous = i;
  });
  return spans;
}
