import { Bytes, base64url, fromBase64url, sha256, text, utf8 } from "./bytes";
import { Json, isObject } from "./jcs";

/** RFC 9901 disclosure of an object member: [salt, name, value]. */
export interface Disclosure {
  name: string;
  value: Json;
  /** base64url SHA-256 of the disclosure as it was issued. */
  digest: string;
  /** Its digest stands in the signed statement. */
  committed: boolean;
}

/** All `_sd` digests anywhere in a statement. */
export function committedDigests(value: Json): Set<string> {
  const found = new Set<string>();
  const walk = (node: Json): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (isObject(node)) {
      const digests = node._sd;
      if (Array.isArray(digests)) digests.forEach((entry) => typeof entry === "string" && found.add(entry));
      Object.values(node).forEach(walk);
    }
  };
  walk(value);
  return found;
}

export async function disclosure(source: string, committed: Set<string>): Promise<Disclosure | null> {
  const bytes: Bytes | null = fromBase64url(source);
  const decoded = bytes && text(bytes);
  if (!decoded) return null;
  try {
    const parts = JSON.parse(decoded) as Json;
    if (!Array.isArray(parts) || parts.length !== 3 || typeof parts[1] !== "string") return null;
    const digest = base64url(await sha256(utf8(source)));
    return { name: parts[1], value: parts[2], digest, committed: committed.has(digest) };
  } catch {
    return null;
  }
}
