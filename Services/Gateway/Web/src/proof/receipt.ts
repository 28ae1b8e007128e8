import { Bytes, equal, fromBase64, hex, sha256, text, utf8 } from "./bytes";
import { Disclosure, committedDigests, disclosure } from "./disclosures";
import { Envelope, envelope, payload, preAuthenticationEncoding } from "./dsse";
import { Json, canonical } from "./jcs";
import { verifyES256 } from "./keys";
import { commitsTo, leafCommitment } from "./leaf";
import { PathStep, inclusionSteps, leafHash } from "./merkle";
import { signedBy } from "./note";
import { PAYLOAD_TYPE, StatementFacts, statementFacts } from "./statement";
import { LogProof, logProof } from "./tlogProof";
import { Trust } from "./trust";

export type CheckName = "signature" | "statement" | "leaf" | "inclusion" | "checkpoint" | "disclosures";
export type Level = "SIGNED" | "LOGGED" | "CHECKPOINTED" | "REDACTED" | "INVALID";

export interface Check {
  name: CheckName;
  holds: boolean;
  /** Short facts for the reader: a key, a digest, a position. */
  detail: string;
}

/** A receipt with all that proves it, as the API and a bundle carry it. */
export interface ReceiptMaterial {
  /** Null where the payload was erased or withheld: the log's proof stays whole. */
  envelope: Json;
  /** The leaf's bytes as text; a value stands for its canonical form. */
  leaf: Json;
  disclosures: string[];
  proof: string | null;
}

export interface ReceiptReport {
  ok: boolean;
  level: Level;
  checks: Check[];
  /** The service whose key signed; empty where none that is trusted did. */
  signer: string;
  statement: Json;
  facts: StatementFacts | null;
  /** Of the key that signed, or is said to have. */
  keyID: string;
  /** Hex SHA-256 of the DSSE pre-authentication encoding, as the leaf says it. */
  digest: string;
  leaf: Json;
  leafHash: Bytes;
  steps: PathStep[];
  proof: LogProof | null;
  disclosures: Disclosure[];
}

const parse = (source: string | null): Json => {
  try {
    return source === null ? null : (JSON.parse(source) as Json);
  } catch {
    return null;
  }
};

const short = (value: string): string => (value.length > 20 ? `${value.slice(0, 8)}…${value.slice(-4)}` : value);

async function signature(source: Envelope, pae: Bytes, trust: Trust): Promise<{ check: Check; signer: string }> {
  const [entry] = source.signatures;
  const key = trust.services.get(entry.keyid);
  const bytes = fromBase64(entry.sig);
  const one = source.signatures.length === 1 && source.payloadType === PAYLOAD_TYPE;
  const holds = Boolean(one && key && bytes && (await verifyES256(key.spki, bytes, pae)));
  return { signer: holds && key ? key.service : "", check: { name: "signature", holds, detail: `key ${short(entry.keyid)}` } };
}

async function opened(material: ReceiptMaterial, statement: Json): Promise<{ list: Disclosure[]; holds: boolean }> {
  const committed = committedDigests(statement);
  const found = await Promise.all(material.disclosures.map((each) => disclosure(each, committed)));
  const list = found.filter((each): each is Disclosure => each !== null);
  return { list, holds: list.length === found.length && list.every((each) => each.committed) };
}

async function logged(material: ReceiptMaterial, hash: Bytes, trust: Trust) {
  const proof = material.proof === null ? null : logProof(material.proof);
  const steps = proof ? await inclusionSteps(hash, proof.index, proof.checkpoint.size, proof.path) : null;
  const top = steps && steps.length > 0 ? steps[steps.length - 1].parent : hash;
  const included = Boolean(proof && steps && equal(top, proof.checkpoint.root));
  const keys = (proof && trust.logs.get(proof.checkpoint.origin)) || [];
  let signed = false;
  for (const key of keys) signed = signed || Boolean(proof && (await signedBy(proof.checkpoint.note, key)));
  return { proof, steps: steps ?? [], included, signed };
}

/** Checks all that can be checked from these bytes and these keys alone; asks nobody. */
export async function verifyReceipt(material: ReceiptMaterial, trust: Trust): Promise<ReceiptReport> {
  const checks: Check[] = [];
  const add = (name: CheckName, holds: boolean, detail: string): number => checks.push({ name, holds, detail });
  const leafText = typeof material.leaf === "string" ? material.leaf : canonical(material.leaf);
  const leaf = leafCommitment(leafText);
  const hash = await leafHash(utf8(leafText));
  const withheld = material.envelope === null;

  const source = withheld ? null : envelope(material.envelope);
  const body = source && payload(source);
  let signer = "";
  let digest = leaf?.digest ?? "";
  let statement: Json = null;
  let facts: StatementFacts | null = null;
  if (source && body) {
    const pae = preAuthenticationEncoding(source.payloadType, body);
    digest = hex(await sha256(pae));
    const signed = await signature(source, pae, trust);
    signer = signed.signer;
    checks.push(signed.check);
    statement = parse(text(body));
    facts = statementFacts(statement);
    add("statement", facts !== null && facts.emitter.service === signer && facts.id === leaf?.rid && facts.kind === leaf?.kind, facts?.kind ?? "");
  } else if (!withheld) add("signature", false, "");
  add("leaf", leaf !== null && (withheld || (source !== null && commitsTo(leaf, source, digest))), `sha256 ${short(digest)}`);

  const log = await logged(material, hash, trust);
  if (material.proof !== null) {
    const origin = log.proof?.checkpoint.origin ?? "";
    add("inclusion", log.included, log.proof ? `${log.proof.index} of ${log.proof.checkpoint.size}` : "");
    add("checkpoint", log.signed && (facts === null || facts.tenant === origin), origin.length > 40 ? short(origin.split("/").pop() ?? "") : origin);
  }
  const disclosed = await opened(material, statement);
  if (material.disclosures.length > 0) add("disclosures", disclosed.holds, String(disclosed.list.length));

  const ok = checks.every((check) => check.holds);
  const level = !ok ? "INVALID" : withheld ? "REDACTED" : log.signed ? "CHECKPOINTED" : log.included ? "LOGGED" : "SIGNED";
  return { ok, level, checks, signer, statement, facts, keyID: leaf?.keyid ?? "", digest, leaf: parse(leafText), leafHash: hash, steps: log.steps, proof: log.proof, disclosures: disclosed.list };
}
