/** One policy of a Cedar text, as a list shows it. Only for reading; the server's parser decides what is valid. */
export interface PolicyLine {
  id: string;
  effect: "permit" | "forbid";
  /** approval or redact, where the forbid is gated. */
  gate: string;
  approvers: string;
  line: number;
}

export function policyLines(source: string): PolicyLine[] {
  const found: PolicyLine[] = [];
  const pattern = /((?:@\w+(?:\("(?:[^"\\]|\\.)*"\))?\s*)*)\b(permit|forbid)\s*\(/g;
  const bare = source.replace(/\/\/[^\n]*/g, (comment) => " ".repeat(comment.length));
  for (let match = pattern.exec(bare); match; match = pattern.exec(bare)) {
    const notes = match[1];
    const note = (name: string): string => new RegExp(`@${name}\\("((?:[^"\\\\]|\\\\.)*)"\\)`).exec(notes)?.[1] ?? "";
    found.push({
      id: note("id") || `policy${found.length}`, effect: match[2] as PolicyLine["effect"], gate: note("gate"), approvers: note("approvers"),
      line: bare.slice(0, match.index).split("\n").length - 1 + (/^\s*\n/.test(match[0]) ? 1 : 0),
    });
  }
  return found;
}
