import { Bytes, fromBase64, hex, sha256 } from "./bytes";

/** ASN.1 INTEGER to 32 big-endian bytes; null where it does not fit. */
function integer(der: Bytes, at: number): { value: Bytes; next: number } | null {
  if (der[at] !== 0x02) return null;
  const length = der[at + 1];
  let body = der.subarray(at + 2, at + 2 + length);
  if (body.length !== length || length === 0) return null;
  if (body[0] & 0x80) return null;
  if (body[0] === 0 && body.length > 1) {
    if (!(body[1] & 0x80)) return null;
    body = body.subarray(1);
  }
  if (body.length > 32) return null;
  const value = new Uint8Array(32);
  value.set(body, 32 - body.length);
  return { value, next: at + 2 + length };
}

/** WebCrypto wants r‖s; services sign DER (ECDSA-Sig-Value). Strict DER: one encoding per signature. */
export function rawSignature(der: Bytes): Bytes | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = integer(der, 2);
  const s = r && integer(der, r.next);
  if (!r || !s || s.next !== der.length) return null;
  const out = new Uint8Array(64);
  out.set(r.value, 0);
  out.set(s.value, 32);
  return out;
}

export function spkiFromPEM(pem: string): Bytes | null {
  const match = /-----BEGIN PUBLIC KEY-----([\s\S]+?)-----END PUBLIC KEY-----/.exec(pem);
  return match ? fromBase64(match[1].replace(/\s+/g, "")) : null;
}

/** Hex SHA-256 of the SubjectPublicKeyInfo. */
export const keyID = async (spki: Bytes): Promise<string> => hex(await sha256(spki));

export async function verifyES256(spki: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const raw = rawSignature(signature);
  if (!raw) return false;
  try {
    const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, message);
  } catch {
    return false;
  }
}

export async function verifyEd25519(publicKey: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch {
    return false;
  }
}
