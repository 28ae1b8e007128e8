import { Json, canonical, isObject } from "./jcs";
import type { Envelope } from "./dsse";

/** The entry of the log for one receipt: it commits to the signed bytes without holding them. */
export interface LeafCommitment {
  kind: string;
  rid: string;
  payloadType: string;
  /** Hex SHA-256 of the DSSE pre-authentication encoding. */
  digest: string;
  keyid: string;
  sig: string;
}

/** Null unless the text is the canonical form of a commitment: one spelling per leaf. */
export function leafCommitment(source: string): LeafCommitment | null {
  let value: Json;
  try {
    value = JSON.parse(source) as Json;
  } catch {
    return null;
  }
  if (!isObject(value) || value.v !== 1 || !Array.isArray(value.signatures) || value.signatures.length !== 1) return null;
  const signature = value.signatures[0];
  const { kind, rid, payload_type: payloadType, pae_sha256: digest } = value;
  if (!isObject(signature) || typeof signature.keyid !== "string" || typeof signature.sig !== "string") return null;
  if (typeof kind !== "string" || typeof rid !== "string" || typeof payloadType !== "string" || typeof digest !== "string") return null;
  if (Object.keys(value).length !== 6 || Object.keys(signature).length !== 2 || canonical(value) !== source) return null;
  return { kind, rid, payloadType, digest, keyid: signature.keyid, sig: signature.sig };
}

/** The same signed bytes, by type, digest, key and signature. */
export function commitsTo(leaf: LeafCommitment, source: Envelope, digest: string): boolean {
  const [signature] = source.signatures;
  return leaf.digest === digest && leaf.payloadType === source.payloadType && leaf.keyid === signature.keyid && leaf.sig === signature.sig;
}
