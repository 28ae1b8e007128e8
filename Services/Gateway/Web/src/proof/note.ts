import { Bytes, fromBase64, hex, sha256, utf8 } from "./bytes";
import { verifyEd25519 } from "./keys";

/** C2SP signed note: the text that is signed (with its last newline) and who signed. */
export interface SignedNote {
  text: string;
  signatures: { name: string; keyHash: string; signature: Bytes }[];
}

export interface VerifierKey {
  name: string;
  keyHash: string;
  publicKey: Bytes;
}

/** C2SP checkpoint: a note whose text is origin, tree size, root. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  note: SignedNote;
}

const ED25519 = 0x01;

/** `name+hash+base64(type ‖ key)`; the hash must be the one that name and key give. */
export async function verifierKey(source: string): Promise<VerifierKey | null> {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(source.trim());
  const key = match && fromBase64(match[3]);
  if (!match || !key || key.length !== 33 || key[0] !== ED25519) return null;
  const hash = hex((await sha256(utf8(`${match[1]}\n`), key)).subarray(0, 4));
  return hash === match[2] ? { name: match[1], keyHash: match[2], publicKey: key.subarray(1) } : null;
}

export function signedNote(source: string): SignedNote | null {
  const split = source.lastIndexOf("\n\n");
  if (split < 0 || !source.endsWith("\n")) return null;
  const lines = source.slice(split + 2, -1).split("\n");
  const signatures: SignedNote["signatures"] = [];
  for (const line of lines) {
    const match = /^— (\S+) (\S+)$/.exec(line);
    const bytes = match && fromBase64(match[2]);
    if (!match || !bytes || bytes.length < 5) return null;
    signatures.push({ name: match[1], keyHash: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4) });
  }
  return { text: source.slice(0, split + 1), signatures };
}

export function checkpoint(source: string): Checkpoint | null {
  const note = signedNote(source);
  const lines = note ? note.text.split("\n") : [];
  const root = lines.length >= 4 ? fromBase64(lines[2]) : null;
  if (!note || !root || root.length !== 32 || !/^(0|[1-9][0-9]{0,15})$/.test(lines[1]) || lines[0] === "") return null;
  return { origin: lines[0], size: Number(lines[1]), root, note };
}

/** Whether the key of this log signed the note; other signatures (witnesses) are not asked. */
export async function signedBy(note: SignedNote, key: VerifierKey): Promise<boolean> {
  for (const entry of note.signatures) {
    if (entry.name !== key.name || entry.keyHash !== key.keyHash) continue;
    if (await verifyEd25519(key.publicKey, entry.signature, utf8(note.text))) return true;
  }
  return false;
}
