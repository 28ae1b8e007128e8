import { Json, isObject } from "../proof/jcs";
import { label } from "../app/format";

/** One line of the table that an approver signs. */
export interface SubjectRow {
  path: string;
  label: string;
  value: string;
  /** Long or structured text stands in its own block. */
  block: boolean;
}

export interface Subject {
  /** What will run, for example an operation's name; empty where the subject does not say. */
  action: string;
  inputs: SubjectRow[];
  /** Everything else that the signature covers: flow, version, step, run. */
  bound: SubjectRow[];
}

const MAX_DEPTH = 4;

function scalar(value: Json): string | null {
  if (value === null) return "—";
  if (typeof value === "object") return null;
  return String(value);
}

export function rows(value: Json, path = ""): SubjectRow[] {
  const name = path.split(".").pop() ?? "";
  const row = (text: string): SubjectRow => ({ path, label: label(name), value: text, block: text.length > 90 || text.includes("\n") });
  const plain = scalar(value);
  if (plain !== null) return [row(plain === "" ? "\u201c\u201d" : plain)];
  if (Array.isArray(value)) {
    const parts = value.map(scalar);
    return [row(parts.includes(null) ? JSON.stringify(value, null, 2) : parts.length ? parts.join(", ") : "—")];
  }
  if (!isObject(value)) return [];
  if (path.split(".").length >= MAX_DEPTH) return [row(JSON.stringify(value, null, 2))];
  return Object.entries(value).flatMap(([key, member]) => rows(member, path ? `${path}.${key}` : key));
}

const INPUT_KEYS = ["input", "inputs", "arguments"];
const ACTION_KEYS = ["action", "operation"];

/** Splits what is signed into what will be done and what it is bound to. Nothing is left out. */
export function subject(value: Json): Subject {
  if (!isObject(value)) return { action: "", inputs: rows(value, "value"), bound: [] };
  const inputKey = INPUT_KEYS.find((key) => value[key] !== undefined);
  const actionKey = ACTION_KEYS.find((key) => typeof value[key] === "string");
  const rest = Object.keys(value).filter((key) => key !== inputKey && key !== actionKey);
  const bound = rest.flatMap((key) => rows(value[key], key));
  if (!inputKey) return { action: actionKey ? String(value[actionKey]) : "", inputs: bound, bound: [] };
  const input = value[inputKey];
  return {
    action: actionKey ? String(value[actionKey]) : "",
    inputs: isObject(input) ? Object.entries(input).flatMap(([key, member]) => rows(member, key)) : rows(input, inputKey),
    bound,
  };
}
