import { hex, sha256, utf8 } from "./bytes";
import { Finding, completeness } from "./completeness";
import { Json, canonical, isObject } from "./jcs";
import { Level, ReceiptReport, verifyReceipt } from "./receipt";
import { Trust, trust } from "./trust";

export type Verdict = "COVERED" | Level | "MISSING" | "FORKED";
export type Unreadable = "not-json" | "not-a-bundle" | "too-long" | "no-trust";

export interface BundleItem {
  kind: string;
  index: number;
  report: ReceiptReport;
}

/** The verdict on one bundle file: the file as a whole, then each receipt in it. */
export interface BundleReport {
  verdict: Verdict;
  /** Nothing is wrong; how far it is proved is the verdict's to say. */
  ok: boolean;
  unreadable: Unreadable | null;
  findings: Finding[];
  receipts: BundleItem[];
  run: string;
  origin: string;
  exportedAt: string;
  pending: number;
  closed: boolean;
  /** Hex SHA-256 of the canonical keys that the verdict rests on, to compare with what an auditor pinned. */
  trustDigest: string;
}

const FORMAT = "provable-bundle/v1";
const MAX_RECEIPTS = 10_000;
const LEVELS: Verdict[] = ["REDACTED", "SIGNED", "LOGGED", "CHECKPOINTED"];
const FAULTS: Verdict[] = ["INVALID", "FORKED", "MISSING"];

const string = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function refused(unreadable: Unreadable): BundleReport {
  return { verdict: "INVALID", ok: false, unreadable, findings: [], receipts: [], run: "", origin: "", exportedAt: "", pending: 0, closed: false, trustDigest: "" };
}

function parse(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}

async function verifyItem(item: Json, keys: Trust): Promise<BundleItem | null> {
  if (!isObject(item) || typeof item.leaf !== "string" || item.envelope === undefined || !Array.isArray(item.disclosures)) return null;
  if (item.proof !== null && typeof item.proof !== "string") return null;
  const disclosures = item.disclosures.filter((each): each is string => typeof each === "string");
  if (disclosures.length !== item.disclosures.length) return null;
  const report = await verifyReceipt({ envelope: item.envelope, leaf: item.leaf, disclosures, proof: item.proof }, keys);
  return { kind: isObject(report.leaf) ? string(report.leaf.kind) : "", index: report.proof?.index ?? -1, report };
}

async function verifyItems(items: Json[], keys: Trust): Promise<BundleItem[] | null> {
  const found: BundleItem[] = [];
  for (const item of items) {
    const verified = await verifyItem(item, keys);
    if (!verified) return null;
    found.push(verified);
  }
  return found;
}

/** What can be said of the receipts side by side, before their meaning: order, owner, doubles, one checkpoint. */
function arrangement(receipts: readonly BundleItem[], registrations: readonly BundleItem[], origin: string, run: string): Finding[] {
  const found: Finding[] = [];
  const invalid = (code: Finding["code"], detail: string | number): number => found.push({ fault: "INVALID", code, detail: String(detail) });
  const all = [...receipts, ...registrations];
  if (receipts.length === 0) found.push({ fault: "MISSING", code: "empty", detail: "" });
  const bad = all.filter((each) => !each.report.ok).length;
  if (bad > 0) invalid("receipt", bad);
  const indices = receipts.map((each) => each.index).filter((index) => index >= 0);
  const place = indices.findIndex((index, i) => i > 0 && index <= indices[i - 1]);
  if (place > 0) invalid("order", `${indices[place]} / ${indices[place - 1]}`);
  if (new Set(all.map((each) => each.report.digest)).size < all.length) invalid("twice", "");
  const foreign = (items: readonly BundleItem[], owner: string | null): number =>
    items.filter(({ report: { facts } }) => facts && (facts.tenant !== origin || facts.run !== owner)).length;
  const strangers = foreign(receipts, run) + foreign(registrations, null);
  if (strangers > 0) invalid("foreign", strangers);
  const checkpoints = new Set(all.flatMap(({ report: { proof } }) => (proof ? [proof.checkpoint.note.text] : [])));
  if (checkpoints.size > 1) invalid("checkpoints", checkpoints.size);
  return found;
}

function judge(receipts: readonly BundleItem[], findings: readonly Finding[], closed: boolean): Verdict {
  const fault = FAULTS.find((each) => findings.some((finding) => finding.fault === each));
  if (fault) return fault;
  const lowest = LEVELS.find((level) => receipts.some((each) => each.report.level === level)) ?? "SIGNED";
  return lowest === "CHECKPOINTED" && closed ? "COVERED" : lowest;
}

/** Offline and alone: the file's bytes, and the keys in it or the keys that someone pinned before. */
export async function verifyBundle(source: string, pinned: Trust | null = null): Promise<BundleReport> {
  const file = parse(source);
  if (file === undefined) return refused("not-json");
  if (!isObject(file) || file.format !== FORMAT || !Array.isArray(file.receipts) || !Array.isArray(file.registrations) || file.keys === undefined) return refused("not-a-bundle");
  if (file.receipts.length + file.registrations.length > MAX_RECEIPTS) return refused("too-long");
  const keys = pinned ?? (await trust(file.keys));
  if (!keys) return refused("no-trust");
  const receipts = await verifyItems(file.receipts, keys);
  const registrations = await verifyItems(file.registrations, keys);
  if (!receipts || !registrations) return refused("not-a-bundle");
  const origin = string(file.origin);
  const run = string(file.run);
  const whole = await completeness(receipts, registrations);
  const findings = [...arrangement(receipts, registrations, origin, run), ...whole.findings];
  const verdict = judge([...receipts, ...registrations], findings, whole.closed);
  return {
    verdict, ok: findings.length === 0, unreadable: null, findings, receipts, run, origin, exportedAt: string(file.exported_at),
    pending: typeof file.pending === "number" ? file.pending : 0, closed: whole.closed, trustDigest: hex(await sha256(utf8(canonical(file.keys)))),
  };
}
