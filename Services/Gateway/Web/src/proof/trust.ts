import { Bytes } from "./bytes";
import { Json, isObject } from "./jcs";
import { keyID, spkiFromPEM } from "./keys";
import { VerifierKey, verifierKey } from "./note";

export interface ServiceKey {
  service: string;
  keyID: string;
  spki: Bytes;
}

/** What an auditor pins: which key speaks for which service, and which keys sign which log. */
export interface Trust {
  services: Map<string, ServiceKey>;
  logs: Map<string, VerifierKey[]>;
}

const FORMAT = "provable-trust/v1";

/** Null where an entry cannot be read or names another key than it carries: trust is all or nothing. */
export async function trust(source: Json): Promise<Trust | null> {
  if (!isObject(source) || source.format !== FORMAT || !Array.isArray(source.services) || !Array.isArray(source.logs)) return null;
  const out: Trust = { services: new Map(), logs: new Map() };
  for (const entry of source.services) {
    if (!isObject(entry) || typeof entry.pem !== "string" || typeof entry.service !== "string") return null;
    const spki = spkiFromPEM(entry.pem);
    if (!spki || (await keyID(spki)) !== entry.keyid) return null;
    out.services.set(entry.keyid, { service: entry.service, keyID: entry.keyid, spki });
  }
  for (const entry of source.logs) {
    if (!isObject(entry) || typeof entry.key !== "string") return null;
    const key = await verifierKey(entry.key);
    if (!key || entry.origin !== key.name) return null;
    out.logs.set(key.name, [...(out.logs.get(key.name) ?? []), key]);
  }
  return out;
}
