import type { ReplayCell, ReplayExample, ReplayReport, VerdictWord } from "../api/model";

/** From the loosest to the tightest. */
export const verdictWords: readonly VerdictWord[] = ["allow", "redact", "require-approval", "redact-and-require-approval", "deny"];

export type Shift = "same" | "looser" | "tighter";

export const shift = (before: VerdictWord, after: VerdictWord): Shift => {
  const by = verdictWords.indexOf(after) - verdictWords.indexOf(before);
  return by === 0 ? "same" : by < 0 ? "looser" : "tighter";
};

export interface MatrixCell {
  before: VerdictWord;
  after: VerdictWord;
  count: number;
  conditional: number;
  shift: Shift;
}

/** Only verdicts that were, or would be, given get a row and a column; always both, so that the diagonal is one. */
export function matrix(cells: readonly ReplayCell[]): { words: VerdictWord[]; rows: MatrixCell[][] } {
  const words = verdictWords.filter((word) => cells.some((cell) => cell.before === word || cell.after === word));
  const found = (before: VerdictWord, after: VerdictWord) => cells.find((cell) => cell.before === before && cell.after === after);
  const rows = words.map((before) => words.map((after) => ({ before, after, count: found(before, after)?.count ?? 0, conditional: found(before, after)?.conditional ?? 0, shift: shift(before, after) })));
  return { words, rows };
}

/** Of decisions that would be others; what would be looser first. */
export function examples(report: ReplayReport, only: { before: VerdictWord; after: VerdictWord } | null = null): ReplayExample[] {
  const rank = { looser: 0, tighter: 1, same: 2 };
  return report.matrix
    .filter((cell) => !only || (cell.before === only.before && cell.after === only.after))
    .flatMap((cell) => cell.examples ?? [])
    .sort((a, b) => rank[shift(a.before, a.after)] - rank[shift(b.before, b.after)] || a.time.localeCompare(b.time));
}

const HOWS = ["unchanged", "settled", "weighed"];

export interface Coverage {
  decisions: number;
  replayed: number;
  /** 0 to 100, rounded down: what is not whole is never shown as whole. */
  percent: number;
  how: [string, number][];
  gaps: [string, number][];
}

export function coverage(report: ReplayReport): Coverage {
  const { decisions = 0, replayed = 0, ...rest } = report.coverage;
  const named = Object.entries(rest).filter(([, count]) => count > 0);
  return {
    decisions, replayed, percent: decisions === 0 ? 0 : Math.floor((100 * replayed) / decisions),
    how: named.filter(([name]) => HOWS.includes(name)), gaps: named.filter(([name]) => !HOWS.includes(name)),
  };
}

/** `since` of a window that ends now. */
export const windowStart = (days: number, now: number): string => new Date(now - days * 86_400_000).toISOString();
