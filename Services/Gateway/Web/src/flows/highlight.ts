/** Small tokenisers for colour only: whatever they miss stays plain, nothing is lost or reordered. */
export interface Token {
  kind: "" | "k" | "s" | "n" | "w" | "c";
  text: string;
}

export type Language = "json" | "cedar" | "plain";

const grammars: Record<Language, RegExp | null> = {
  json: /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g,
  cedar: /(\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"?)|(@\w+)|\b(permit|forbid|when|unless|principal|action|resource|context|in|has|like|is|if|then|else|true|false)\b|(-?\b\d+\b)/g,
  plain: null,
};

const classify = {
  json: (match: RegExpExecArray): Token[] => {
    if (match[1] !== undefined) {
      const tail: Token[] = match[2] ? [{ kind: "", text: match[2] }] : [];
      return [{ kind: match[2] ? "k" : "s", text: match[1] }, ...tail];
    }
    return [{ kind: match[3] !== undefined ? "n" : "w", text: match[0] }];
  },
  cedar: (match: RegExpExecArray): Token[] => {
    const kind = match[1] ? "c" : match[2] ? "s" : match[3] ? "w" : match[4] ? "k" : "n";
    return [{ kind, text: match[0] }];
  },
};

export function tokens(source: string, language: Language): Token[] {
  const grammar = grammars[language];
  if (!grammar || language === "plain") return [{ kind: "", text: source }];
  const out: Token[] = [];
  const pattern = new RegExp(grammar.source, grammar.flags);
  let at = 0;
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    if (match.index > at) out.push({ kind: "", text: source.slice(at, match.index) });
    out.push(...classify[language](match));
    at = match.index + match[0].length;
  }
  if (at < source.length) out.push({ kind: "", text: source.slice(at) });
  return out;
}
