import "./crypto";
import { Bytes, base64, base64url, concat, hex, sha256, utf8 } from "../src/proof/bytes";
import { preAuthenticationEncoding } from "../src/proof/dsse";
import { Json, canonical } from "../src/proof/jcs";
import { leafHash, nodeHash } from "../src/proof/merkle";
import { runSetRoot } from "../src/proof/runSet";
import { PAYLOAD_TYPE } from "../src/proof/statement";

/** A small log with real keys, so that what the verifier reads was written by other code. */
interface ServiceSigner {
  service: string;
  keyid: string;
  pem: string;
  spki: Bytes;
  sign: (message: Bytes) => Promise<Bytes>;
}

/** r‖s as DER: two INTEGERs without leading zeroes, positive. */
function der(raw: Bytes): Bytes {
  const integer = (part: Bytes): Bytes => {
    let at = 0;
    while (at < part.length - 1 && part[at] === 0) at++;
    const body = part[at] & 0x80 ? concat(Uint8Array.of(0), part.subarray(at)) : part.subarray(at);
    return concat(Uint8Array.of(2, body.length), body);
  };
  const body = concat(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return concat(Uint8Array.of(0x30, body.length), body);
}

export async function makeService(service: string): Promise<ServiceSigner> {
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])) as CryptoKeyPair;
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const lines = base64(spki).match(/.{1,64}/g) ?? [];
  return {
    service, spki, keyid: hex(await sha256(spki)), pem: `-----BEGIN PUBLIC KEY-----\n${lines.join("\n")}\n-----END PUBLIC KEY-----\n`,
    sign: async (message) => der(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, message))),
  };
}

interface Entry {
  envelope: Json;
  leaf: string;
  index: number;
  disclosures: string[];
  digest: string;
}

export interface Draft {
  kind: string;
  phase?: string;
  causes?: string[];
  facts?: { [key: string]: Json };
  subject?: string;
  personal?: Record<string, string>;
  service?: string;
  outcome?: string;
  run?: null;
}

export class TestLog {
  readonly origin = "log.provable.dev/0192f000-0000-7000-8000-000000000001";
  readonly run = "01a20729-54fc-73e0-8395-f4dc46338358";
  /** The run's receipts. */
  readonly entries: Entry[] = [];
  /** Those with which the ledger registered the keys. */
  readonly registrations: Entry[] = [];
  private readonly last = new Map<string, { seq: number; digest: string }>();
  private readonly leaves: Bytes[] = [];
  private constructor(readonly signers: Map<string, ServiceSigner>, private readonly key: CryptoKeyPair, readonly verifierKey: string, private readonly keyHash: Bytes) {}

  static async make(): Promise<TestLog> {
    const key = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
    const typed = concat(Uint8Array.of(1), new Uint8Array(await crypto.subtle.exportKey("raw", key.publicKey)));
    const name = "log.provable.dev/0192f000-0000-7000-8000-000000000001";
    const hash = (await sha256(utf8(`${name}\n`), typed)).subarray(0, 4);
    const signers = new Map<string, ServiceSigner>();
    for (const service of ["flow-engine", "ledger"]) signers.set(service, await makeService(service));
    const log = new TestLog(signers, key, `${name}+${hex(hash)}+${base64(typed)}`, hash);
    for (const { keyid, spki } of signers.values()) {
      log.registrations.push(await log.write({ kind: "key/v1", service: "ledger", run: null, outcome: "registered", subject: keyid, facts: { spki: base64(spki) } }));
    }
    return log;
  }

  get signer(): ServiceSigner {
    return this.signers.get("flow-engine") as ServiceSigner;
  }

  async append(draft: Draft): Promise<Entry> {
    const entry = await this.write(draft);
    this.entries.push(entry);
    return entry;
  }

  private async write(draft: Draft): Promise<Entry> {
    const signer = this.signers.get(draft.service ?? "flow-engine") as ServiceSigner;
    const before = this.last.get(signer.service);
    const id = `01a20729-0000-7000-8000-${String(this.leaves.length).padStart(12, "0")}`;
    const disclosures = Object.entries(draft.personal ?? {}).map(([name, value]) => base64url(utf8(JSON.stringify(["c2FsdHNhbHRzYWx0c2FsdA", name, value]))));
    const digests = await Promise.all(disclosures.map(async (each) => base64url(await sha256(utf8(each)))));
    const statement: Json = {
      _type: "https://in-toto.io/Statement/v1", subject: [{ name: "what", digest: { sha256: draft.subject ?? "00".repeat(32) } }],
      predicateType: `https://provable.dev/receipt/${draft.kind}`,
      predicate: {
        id, tenant: this.origin, emitter: { service: signer.service, instance: "a", epoch: 0, seq: (before?.seq ?? 0) + 1, prev: before?.digest ?? null }, run: draft.run === null ? null : this.run, step: null,
        phase: draft.phase ?? "single", causes: draft.causes ?? [], policy_decision: null, outcome: draft.outcome ?? "ok", time: "2026-11-23T05:40:00.123456Z", facts: draft.facts ?? {},
        _sd: digests, _sd_alg: "sha-256",
      },
    };
    const body = utf8(canonical(statement));
    const pae = preAuthenticationEncoding(PAYLOAD_TYPE, body);
    const digest = hex(await sha256(pae));
    const signature = { keyid: signer.keyid, sig: base64(await signer.sign(pae)) };
    const leaf = canonical({ v: 1, kind: draft.kind, rid: id, payload_type: PAYLOAD_TYPE, pae_sha256: digest, signatures: [signature] });
    const entry = { envelope: { payload: base64(body), payloadType: PAYLOAD_TYPE, signatures: [signature] }, leaf, index: this.leaves.length, disclosures, digest };
    this.last.set(signer.service, { seq: (before?.seq ?? 0) + 1, digest });
    this.leaves.push(await leafHash(utf8(leaf)));
    return entry;
  }

  /** A receipt that commits to all before it. */
  async close(): Promise<Entry> {
    const members = this.entries.map((entry) => entry.digest).sort();
    const root = await runSetRoot(members);
    return this.append({ kind: "run-close/v1", subject: root, facts: { receipts: members.length, set_root: root, members } });
  }

  private async root(from: number, to: number): Promise<Bytes> {
    if (to - from === 1) return this.leaves[from];
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    return nodeHash(await this.root(from, from + split), await this.root(from + split, to));
  }

  private async path(index: number, from: number, to: number): Promise<Bytes[]> {
    if (to - from === 1) return [];
    let split = 1;
    while (split * 2 < to - from) split *= 2;
    return index < from + split
      ? [...(await this.path(index, from, from + split)), await this.root(from + split, to)]
      : [...(await this.path(index, from + split, to)), await this.root(from, from + split)];
  }

  async checkpoint(): Promise<string> {
    const text = `${this.origin}\n${this.leaves.length}\n${base64(await this.root(0, this.leaves.length))}\n`;
    const signature = new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, this.key.privateKey, utf8(text)));
    return `${text}\n— ${this.origin} ${base64(concat(this.keyHash, signature))}\n`;
  }

  async proof(index: number): Promise<string> {
    const path = await this.path(index, 0, this.leaves.length);
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.map((hash) => `${base64(hash)}\n`).join("")}\n${await this.checkpoint()}`;
  }

  trust(): Json {
    const services = [...this.signers.values()].map(({ service, keyid, pem }) => ({ service, keyid, pem }));
    return { format: "provable-trust/v1", services, logs: [{ origin: this.origin, key: this.verifierKey }], witnesses: [], witness_threshold: 0 };
  }

  private async item({ envelope, leaf, disclosures, index }: Entry) {
    return { envelope, leaf, disclosures, proof: await this.proof(index) };
  }

  material(position: number) {
    return this.item(this.entries[position]);
  }

  async bundle(): Promise<string> {
    const items = (entries: Entry[]) => Promise.all(entries.map((entry) => this.item(entry)));
    return JSON.stringify({
      format: "provable-bundle/v1", origin: this.origin, run: this.run, exported_at: "2026-11-23T05:41:00.000000Z", pending: 0, keys: this.trust(),
      registrations: await items(this.registrations), receipts: await items(this.entries),
    });
  }
}

/** A closed run: an intent, its result, what a person typed, and the receipt that closes it. */
export async function closedRun(): Promise<TestLog> {
  const log = await TestLog.make();
  const intent = await log.append({ kind: "connector-call/v1", phase: "intent" });
  await log.append({ kind: "connector-call/v1", phase: "result", causes: [intent.digest] });
  await log.append({ kind: "approval/v1", personal: { comment: "Contain it" } });
  await log.append({ kind: "step-run/v1" });
  await log.close();
  return log;
}
