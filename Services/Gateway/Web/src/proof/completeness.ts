import { fromBase64, hex, sha256 } from "./bytes";
import type { ReceiptReport } from "./receipt";
import { claimedRunSet, runSetRoot } from "./runSet";
import type { StatementFacts } from "./statement";

export type Fault = "INVALID" | "FORKED" | "MISSING";

/** Something wrong with the receipts as a whole. The code names a sentence; the detail is a number or a short digest. */
export interface Finding {
  fault: Fault;
  code: "closed-twice" | "closed-by-other" | "set-unstated" | "set-missing" | "set-differs" | "sequence-twice" | "sequence-broken" | "intent-open" | "key-unregistered" | "order" | "twice" | "foreign" | "checkpoints" | "empty" | "receipt";
  detail: string;
}

interface Held {
  report: ReceiptReport;
  index: number;
  facts: StatementFacts;
}

const short = (digest: string): string => `${digest.slice(0, 12)}…`;

/** One place in an emitter's sequence, one receipt; and each names the one before it. */
function sequences(held: readonly Held[]): Finding[] {
  const found: Finding[] = [];
  const place = ({ emitter }: StatementFacts, seq: number): string => [emitter.service, emitter.instance, emitter.epoch, seq].join("\n");
  const digests = new Map<string, string>();
  for (const { report, facts } of held) {
    const key = place(facts, facts.emitter.seq);
    const other = digests.get(key);
    if (other !== undefined && other !== report.digest) found.push({ fault: "FORKED", code: "sequence-twice", detail: `${facts.emitter.service} ${facts.emitter.seq}` });
    digests.set(key, report.digest);
  }
  for (const { facts } of held) {
    const before = digests.get(place(facts, facts.emitter.seq - 1));
    if (before !== undefined && before !== facts.emitter.prev) found.push({ fault: "FORKED", code: "sequence-broken", detail: `${facts.emitter.service} ${facts.emitter.seq}` });
  }
  return found;
}

/** Whether the receipts are all that the closing receipt commits to. */
async function closing(held: readonly Held[]): Promise<{ closed: boolean; findings: Finding[] }> {
  const closings = held.filter((each) => each.facts.kind === "run-close/v1");
  if (closings.length === 0) return { closed: false, findings: [] };
  const wrong = (fault: Fault, code: Finding["code"], detail = ""): { closed: boolean; findings: Finding[] } => ({ closed: true, findings: [{ fault, code, detail }] });
  if (closings.length > 1) return wrong("FORKED", "closed-twice", String(closings.length));
  const [close] = closings;
  if (close.facts.emitter.service !== "flow-engine") return wrong("INVALID", "closed-by-other", close.facts.emitter.service);
  const claimed = await claimedRunSet(close.facts.facts);
  if (!claimed || !close.facts.subject.includes(claimed.root)) return wrong("INVALID", "set-unstated");
  const others = held.filter((each) => each.facts.kind !== "run-close/v1");
  if (claimed.members) {
    const present = new Set(others.map((each) => each.report.digest));
    const absent = claimed.members.filter((digest) => !present.has(digest));
    return absent.length > 0 ? wrong("MISSING", "set-missing", `${absent.length}: ${short(absent[0])}`) : { closed: true, findings: [] };
  }
  // Unlisted: the set is all that is here or, where others came late, all that was logged before the close.
  const roots = await Promise.all([others, others.filter((each) => each.index < close.index)].map((set) => runSetRoot(set.map((each) => each.report.digest))));
  return roots.includes(claimed.root) ? { closed: true, findings: [] } : wrong("MISSING", "set-differs", `${others.length} / ${claimed.count}`);
}

/** What was announced to the log before it was done must have said how it ended. */
function intents(held: readonly Held[], closed: boolean): Finding[] {
  if (!closed) return [];
  const answered = new Set(held.filter((each) => each.facts.phase === "result").flatMap((each) => each.facts.causes));
  return held
    .filter((each) => each.facts.phase === "intent" && !answered.has(each.report.digest))
    .map((each) => ({ fault: "MISSING", code: "intent-open", detail: `${each.facts.kind} ${short(each.report.digest)}` }));
}

/** The log itself must say whose each key is, so that none can come and go unseen. */
async function keys(held: readonly Held[], registrations: readonly Held[]): Promise<Finding[]> {
  const registered = new Set<string>();
  for (const { facts } of registrations) {
    const spki = typeof facts.facts.spki === "string" ? fromBase64(facts.facts.spki) : null;
    if (facts.kind !== "key/v1" || facts.emitter.service !== "ledger" || facts.outcome !== "registered" || facts.subject.length !== 1 || !spki) continue;
    if (hex(await sha256(spki)) === facts.subject[0]) registered.add(facts.subject[0]);
  }
  const used = new Set([...held, ...registrations].map((each) => each.report.keyID));
  return [...used].filter((id) => !registered.has(id)).map((id) => ({ fault: "MISSING", code: "key-unregistered", detail: short(id) }));
}

interface Item {
  index: number;
  report: ReceiptReport;
}

/** Judged from receipts that hold on their own, and from those with which the log registered their keys. */
export async function completeness(receipts: readonly Item[], registrations: readonly Item[]): Promise<{ closed: boolean; findings: Finding[] }> {
  const sound = (items: readonly Item[]): Held[] => items.flatMap(({ index, report }) => (report.ok && report.facts ? [{ report, index, facts: report.facts }] : []));
  const held = sound(receipts);
  const of = sound(registrations);
  const set = await closing(held);
  return { closed: set.closed, findings: [...sequences([...held, ...of]), ...(await keys(held, of)), ...set.findings, ...intents(held, set.closed)] };
}
