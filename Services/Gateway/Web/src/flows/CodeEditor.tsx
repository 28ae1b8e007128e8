import { KeyboardEvent, useId, useMemo, useRef } from "react";
import { Language, tokens } from "./highlight";

export interface Mark {
  /** From 0. */
  line: number;
  severity: "error" | "warning";
  message: string;
}

interface Props {
  value: string;
  onChange?: (value: string) => void;
  language: Language;
  label: string;
  marks?: readonly Mark[];
  readOnly?: boolean;
  describedBy?: string;
}

/**
 * A plain text area (so that undo, selection, dictation and screen readers work as everywhere) laid over
 * its own coloured copy. Lines are numbered; a problem stands at the end of the line it belongs to.
 */
export function CodeEditor({ value, onChange, language, label, marks = [], readOnly, describedBy }: Props) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = useMemo(() => value.split("\n"), [value]);
  const coloured = useMemo(() => colourLines(value, language), [value, language]);
  const byLine = useMemo(() => {
    const found = new Map<number, Mark>();
    for (const mark of marks) if (!found.has(mark.line) || mark.severity === "error") found.set(mark.line, mark);
    return found;
  }, [marks]);
  const indent = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // Tab leaves the field, as it must; Enter keeps the indentation of the line.
    if (event.key !== "Enter" || event.shiftKey || !area.current) return;
    const { selectionStart: at } = area.current;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const deeper = /[{[]\s*$/.test(line) ? "  " : "";
    event.preventDefault();
    document.execCommand("insertText", false, `\n${/^\s*/.exec(line)?.[0] ?? ""}${deeper}`);
  };
  return (
    <div className="code">
      <div className="code-sheet">
        <ol className="code-lines" aria-hidden="true">
          {lines.map((_, i) => <li key={i} className={byLine.get(i)?.severity ?? ""}>{i + 1}</li>)}
        </ol>
        <div className="code-stack">
          <pre className="code-paint" aria-hidden="true">
            {coloured.map((line, i) => {
              const mark = byLine.get(i);
              return (
                <span key={i} className={mark ? `code-line ${mark.severity}` : "code-line"}>
                  {line.map((token, j) => (token.kind ? <span key={j} className={token.kind}>{token.text}</span> : token.text))}
                  {mark ? <span className="code-mark">{mark.message}</span> : null}
                  {"\n"}
                </span>
              );
            })}
          </pre>
          <label htmlFor={id} className="hush">{label}</label>
          <textarea id={id} ref={area} className="code-area" value={value} readOnly={readOnly} spellCheck={false} autoCapitalize="off" autoComplete="off"
            wrap="off" rows={lines.length} aria-describedby={describedBy} aria-invalid={marks.some((mark) => mark.severity === "error")} onKeyDown={readOnly ? undefined : indent}
            onChange={(event) => onChange?.(event.target.value)} />
        </div>
      </div>
    </div>
  );
}

type Line = ReturnType<typeof tokens>;

function colourLines(value: string, language: Language): Line[] {
  const out: Line[] = [[]];
  for (const token of tokens(value, language)) {
    token.text.split("\n").forEach((part, i) => {
      if (i > 0) out.push([]);
      if (part) out[out.length - 1].push({ kind: token.kind, text: part });
    });
  }
  return out;
}
