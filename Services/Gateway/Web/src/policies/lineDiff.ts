export interface DiffLine {
  kind: "same" | "before" | "after";
  text: string;
}

const MAX_CELLS = 250_000;

/** The longest common lines stay; policies are short, so the plain table does. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [before === "" ? [] : before.split("\n"), after === "" ? [] : after.split("\n")];
  if (a.length * b.length > MAX_CELLS) return [...a.map((text) => ({ kind: "before" as const, text })), ...b.map((text) => ({ kind: "after" as const, text }))];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const out: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: "same", text: a[i++] });
      j++;
    } else if (i < a.length && (j >= b.length || common[i + 1][j] >= common[i][j + 1])) out.push({ kind: "before", text: a[i++] });
    else out.push({ kind: "after", text: b[j++] });
  }
  return out;
}
