import { base64, fromAnyBase64, text, utf8 } from "../proof/bytes";
import { envelope } from "../proof/dsse";
import { Json, canonical, isObject } from "../proof/jcs";
import type { ReceiptMaterial } from "../proof/receipt";

export type TamperKind = "payload" | "leaf" | "path";

/** One character of the outcome, or of whatever comes last, becomes another: a lie of one byte. */
function flipped(source: string): string {
  const at = Math.max(0, source.search(/[a-z0-9]"[^"]*$/i));
  const char = source[at] === "0" ? "1" : source[at] === "a" ? "b" : "a";
  return source.slice(0, at) + char + source.slice(at + 1);
}

/** A copy of a receipt with one thing changed, for showing that the check sees it. */
export function tampered(material: ReceiptMaterial, kind: TamperKind): ReceiptMaterial {
  switch (kind) {
    case "payload": {
      const parsed = envelope(material.envelope);
      const body = parsed && fromAnyBase64(parsed.payload);
      const decoded = body && text(body);
      if (!decoded || !isObject(material.envelope)) return material;
      return { ...material, envelope: { ...material.envelope, payload: base64(utf8(flipped(decoded))) } as Json };
    }
    case "leaf": {
      const leaf = typeof material.leaf === "string" ? material.leaf : canonical(material.leaf);
      return { ...material, leaf: flipped(leaf) };
    }
    case "path":
      return { ...material, proof: material.proof && material.proof.replace(/^index (\d+)$/m, (_, index: string) => `index ${Number(index) === 0 ? 1 : Number(index) - 1}`) };
  }
}
