import { Bytes, fromHex, hex } from "./bytes";
import { Json } from "./jcs";
import { leafHash, nodeHash } from "./merkle";

/** What a run-close receipt commits to: how many receipts, their root, and (up to 400) their digests. */
export interface ClaimedRunSet {
  count: number;
  root: string;
  members: string[] | null;
}

async function rootOf(hashes: Bytes[]): Promise<Bytes> {
  if (hashes.length === 1) return hashes[0];
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return nodeHash(await rootOf(hashes.slice(0, split)), await rootOf(hashes.slice(split)));
}

/** RFC 6962 root of a tree whose entries are the digests' bytes, sorted, each once. */
export async function runSetRoot(digests: Iterable<string>): Promise<string> {
  const entries = [...new Set(digests)].sort().map(fromHex);
  if (entries.some((entry) => entry === null)) return "";
  const leaves = await Promise.all((entries as Bytes[]).map(leafHash));
  return leaves.length === 0 ? "" : hex(await rootOf(leaves));
}

/** Null unless the facts hold a set that agrees with itself. */
export async function claimedRunSet(facts: { [key: string]: Json }): Promise<ClaimedRunSet | null> {
  const { receipts: count, set_root: root, members } = facts;
  if (typeof count !== "number" || typeof root !== "string") return null;
  if (members === undefined) return { count, root, members: null };
  if (!Array.isArray(members) || !members.every((each) => typeof each === "string")) return null;
  const listed = members as string[];
  if (new Set(listed).size !== listed.length || listed.length !== count || (await runSetRoot(listed)) !== root) return null;
  return { count, root, members: listed };
}
