import { hex, sha256, utf8 } from "./bytes";
import { Json, canonical, isObject } from "./jcs";
import { ReceiptReport, verifyReceipt } from "./receipt";
import { claimedRunSet, runSetRoot } from "./runSet";
import { Trust, trust } from "./trust";

export type BundleReason = "not-json" | "not-a-bundle" | "too-long" | "no-trust" | "empty" | "receipt" | "order" | "foreign" | "missing" | "set";

/** The verdict on one bundle file: the file as a whole, then each receipt in it. */
export interface BundleReport {
  ok: boolean;
  reasons: BundleReason[];
  receipts: { kind: string; index: number; report: ReceiptReport }[];
  run: string;
  origin: string;
  exportedAt: string;
  pending: number;
  /** The run-close receipt commits to the receipts of the run and all of them are here; open while the run has not closed. */
  complete: "yes" | "no" | "open";
  /** Hex SHA-256 of the canonical keys that the verdict rests on, to compare with what an auditor pinned. */
  trustDigest: string;
}

const FORMAT = "provable-bundle/v1";
const MAX_RECEIPTS = 10_000;

const string = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function refused(reason: BundleReason): BundleReport {
  return { ok: false, reasons: [reason], receipts: [], run: "", origin: "", exportedAt: "", pending: 0, complete: "open", trustDigest: "" };
}

function parse(source: string): Json | undefined {
  try {
    return JSON.parse(source) as Json;
  } catch {
    return undefined;
  }
}

async function verifyItem(item: Json, keys: Trust): Promise<{ kind: string; index: number; report: ReceiptReport } | null> {
  if (!isObject(item) || typeof item.leaf !== "string" || item.envelope === undefined || !Array.isArray(item.disclosures)) return null;
  if (item.proof !== null && typeof item.proof !== "string") return null;
  const disclosures = item.disclosures.filter((each): each is string => typeof each === "string");
  if (disclosures.length !== item.disclosures.length) return null;
  const report = await verifyReceipt({ envelope: item.envelope, leaf: item.leaf, disclosures, proof: item.proof }, keys);
  const leafKind = isObject(report.leaf) ? string(report.leaf.kind) : "";
  return { kind: leafKind, index: report.proof?.index ?? -1, report };
}

/** Whether the receipts are all that the run-close receipt committed to. */
async function completeness(receipts: BundleReport["receipts"], reasons: BundleReason[]): Promise<BundleReport["complete"]> {
  const close = receipts.find((each) => each.report.facts?.kind === "run-close/v1");
  if (!close?.report.facts) return "open";
  const claimed = await claimedRunSet(close.report.facts.facts);
  if (!claimed) {
    reasons.push("set");
    return "no";
  }
  const held = new Set(receipts.map((each) => each.report.digest));
  const others = [...held].filter((digest) => digest !== close.report.digest);
  const whole = claimed.members ? claimed.members.every((digest) => held.has(digest)) : (await runSetRoot(others)) === claimed.root;
  if (!whole) reasons.push("missing");
  return whole ? "yes" : "no";
}

/** Offline and alone: the file's bytes, and the keys in it or the keys that someone pinned before. */
export async function verifyBundle(source: string, pinned: Trust | null = null): Promise<BundleReport> {
  const file = parse(source);
  if (file === undefined) return refused("not-json");
  if (!isObject(file) || file.format !== FORMAT || !Array.isArray(file.receipts) || file.keys === undefined) return refused("not-a-bundle");
  if (file.receipts.length > MAX_RECEIPTS) return refused("too-long");
  const keys = pinned ?? (await trust(file.keys));
  if (!keys) return refused("no-trust");

  const receipts: BundleReport["receipts"] = [];
  for (const item of file.receipts) {
    const verified = await verifyItem(item, keys);
    if (!verified) return refused("not-a-bundle");
    receipts.push(verified);
  }
  const origin = string(file.origin);
  const run = string(file.run);
  const reasons: BundleReason[] = [];
  if (receipts.length === 0) reasons.push("empty");
  if (receipts.some((each) => !each.report.ok)) reasons.push("receipt");
  const indices = receipts.map((each) => each.index).filter((index) => index >= 0);
  if (indices.some((index, i) => i > 0 && index <= indices[i - 1])) reasons.push("order");
  if (receipts.some(({ report: { facts } }) => facts && (facts.tenant !== origin || facts.run !== run))) reasons.push("foreign");
  const complete = await completeness(receipts, reasons);
  return {
    ok: reasons.length === 0, reasons, receipts, run, origin, complete, exportedAt: string(file.exported_at),
    pending: typeof file.pending === "number" ? file.pending : 0, trustDigest: hex(await sha256(utf8(canonical(file.keys)))),
  };
}
