/** Bytes and their text forms. Decoders return null for anything that is not exactly the form asked for. */
export type Bytes = Uint8Array;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Strict: bad UTF-8 is null, never a replacement character. */
export function text(bytes: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function concat(...parts: Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

export const hex = (bytes: Bytes): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromHex(value: string): Bytes | null {
  if (value.length % 2 !== 0 || !/^[0-9a-f]*$/.test(value)) return null;
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function base64(bytes: Bytes): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Standard alphabet with padding, canonical: what decodes must encode to the same text. */
export function fromBase64(value: string): Bytes | null {
  try {
    const out = Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
    return base64(out) === value ? out : null;
  } catch {
    return null;
  }
}

export const base64url = (bytes: Bytes): string =>
  base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export function fromBase64url(value: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(value)) return null;
  const standard = value.replace(/-/g, "+").replace(/_/g, "/");
  return fromBase64(standard + "=".repeat((4 - (standard.length % 4)) % 4));
}

/** DSSE allows either alphabet in an envelope. */
export const fromAnyBase64 = (value: string): Bytes | null => fromBase64(value) ?? fromBase64url(value.replace(/=+$/, ""));

export async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
