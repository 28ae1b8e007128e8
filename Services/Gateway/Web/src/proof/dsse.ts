import { Bytes, concat, fromAnyBase64, utf8 } from "./bytes";
import { isObject } from "./jcs";

/** DSSE 1.0.2 envelope. */
export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
}

export function envelope(value: unknown): Envelope | null {
  if (!isObject(value)) return null;
  const { payloadType, payload, signatures } = value;
  if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures)) return null;
  const parsed = signatures.map((entry) =>
    isObject(entry) && typeof entry.sig === "string" && typeof entry.keyid === "string"
      ? { keyid: entry.keyid, sig: entry.sig }
      : null,
  );
  if (parsed.length === 0 || parsed.includes(null)) return null;
  return { payloadType, payload, signatures: parsed as Envelope["signatures"] };
}

export const payload = (source: Envelope): Bytes | null => fromAnyBase64(source.payload);

/** The bytes that are signed: "DSSEv1" SP len SP type SP len SP body. */
export function preAuthenticationEncoding(type: string, body: Bytes): Bytes {
  return concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${body.length} `), body);
}
