/**
 * Where each value of a JSON text stands, by JSON pointer (RFC 6901). Reads as far as the text is
 * well-formed, so that a draft with a mistake at its end still has its beginning mapped.
 */
export interface JsonPlaces {
  /** Pointer to the line (from 0) on which its value, or its key, begins. */
  lines: Map<string, number>;
  /** The first thing that is not JSON; null where all of it is. */
  error: { line: number; column: number; reason: "unexpected" | "unterminated" | "end" } | null;
}

class Stop extends Error {
  constructor(readonly at: number, readonly reason: "unexpected" | "unterminated" | "end") {
    super(reason);
  }
}

const MAX_DEPTH = 64;

export function places(text: string): JsonPlaces {
  const starts = lineStarts(text);
  const lines = new Map<string, number>();
  const reader = new Reader(text, (pointer, at) => lines.set(pointer, lineOf(starts, at)));
  try {
    reader.document();
    return { lines, error: null };
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
    const line = lineOf(starts, cause.at);
    return { lines, error: { line, column: cause.at - starts[line], reason: cause.reason } };
  }
}

/** The line of a pointer, or of the nearest thing around it that exists. */
export function lineFor(found: JsonPlaces, pointer: string): number {
  for (let at = pointer; at; at = at.slice(0, at.lastIndexOf("/"))) {
    const line = found.lines.get(at);
    if (line !== undefined) return line;
  }
  return 0;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === "\n") starts.push(i + 1);
  return starts;
}

function lineOf(starts: number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

class Reader {
  private at = 0;
  constructor(private readonly text: string, private readonly found: (pointer: string, at: number) => void) {}

  document(): void {
    this.value("", 0);
    this.space();
    if (this.at < this.text.length) throw new Stop(this.at, "unexpected");
  }

  private space(): void {
    while (" \t\r\n".includes(this.text[this.at] ?? "x")) this.at++;
  }

  private expect(char: string): void {
    this.space();
    if (this.text[this.at] !== char) throw new Stop(this.at, this.at >= this.text.length ? "end" : "unexpected");
    this.at++;
  }

  private value(pointer: string, depth: number, keyAt?: number): void {
    this.space();
    this.found(pointer, keyAt ?? this.at);
    const char = this.text[this.at];
    if (char === undefined) throw new Stop(this.at, "end");
    if (depth > MAX_DEPTH) throw new Stop(this.at, "unexpected");
    if (char === "{") this.object(pointer, depth);
    else if (char === "[") this.array(pointer, depth);
    else if (char === '"') this.string();
    else this.literal();
  }

  private object(pointer: string, depth: number): void {
    this.at++;
    this.space();
    if (this.text[this.at] === "}") return void this.at++;
    for (;;) {
      this.space();
      const keyAt = this.at;
      const key = this.string();
      this.expect(":");
      this.value(`${pointer}/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`, depth + 1, keyAt);
      this.space();
      if (this.text[this.at] !== ",") break;
      this.at++;
    }
    this.expect("}");
  }

  private array(pointer: string, depth: number): void {
    this.at++;
    this.space();
    if (this.text[this.at] === "]") return void this.at++;
    for (let i = 0; ; i++) {
      this.value(`${pointer}/${i}`, depth + 1);
      this.space();
      if (this.text[this.at] !== ",") break;
      this.at++;
    }
    this.expect("]");
  }

  private string(): string {
    const begin = this.at;
    if (this.text[begin] !== '"') throw new Stop(begin, begin >= this.text.length ? "end" : "unexpected");
    for (let i = begin + 1; i < this.text.length; i++) {
      const char = this.text[i];
      if (char === "\n") break;
      if (char === "\\") i++;
      else if (char === '"') {
        this.at = i + 1;
        try {
          return JSON.parse(this.text.slice(begin, i + 1)) as string;
        } catch {
          throw new Stop(begin, "unexpected");
        }
      }
    }
    throw new Stop(begin, "unterminated");
  }

  private literal(): void {
    const pattern = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) throw new Stop(this.at, "unexpected");
    this.at += match[0].length;
  }
}
