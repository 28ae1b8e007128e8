import { Json, isObject } from "../proof/jcs";
import { ReceiptMaterial } from "../proof/receipt";
import { tampered } from "./tampering";

/** A copy of a bundle with one byte flipped, one receipt dropped, or two receipts swapped. */
export function tamperedBundle(source: string, kind: "byte" | "drop" | "swap"): string {
  let file: Json;
  try {
    file = JSON.parse(source) as Json;
  } catch {
    return source;
  }
  if (!isObject(file) || !Array.isArray(file.receipts) || file.receipts.length < 2) return source;
  const receipts = [...file.receipts];
  const at = Math.floor(receipts.length / 2);
  if (kind === "drop") receipts.splice(at - 1, 1);
  else if (kind === "swap") [receipts[at - 1], receipts[at]] = [receipts[at], receipts[at - 1]];
  else receipts[at] = { ...(receipts[at] as { [key: string]: Json }), ...(tampered(receipts[at] as unknown as ReceiptMaterial, "payload") as unknown as { [key: string]: Json }) };
  return JSON.stringify({ ...file, receipts });
}
