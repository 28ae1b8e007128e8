import assert from "node:assert/strict";
import test from "node:test";
import { TestLog, closedRun, makeService } from "./maker";
import { fromBase64, fromHex, hex, sha256, utf8 } from "../src/proof/bytes";
import { verifyBundle } from "../src/proof/bundle";
import { preAuthenticationEncoding } from "../src/proof/dsse";
import { Json, canonical } from "../src/proof/jcs";
import { rawSignature } from "../src/proof/keys";
import { inclusionSteps, leafHash, verifyInclusion } from "../src/proof/merkle";
import { checkpoint, verifierKey } from "../src/proof/note";
import { verifyReceipt } from "../src/proof/receipt";
import { logProof } from "../src/proof/tlogProof";
import { trust } from "../src/proof/trust";
import { tampered } from "../src/receipts/tampering";
import { tamperedBundle } from "../src/receipts/bundleTampering";

const failing = (report: { checks: { name: string; holds: boolean }[] }): string[] => report.checks.filter((check) => !check.holds).map((check) => check.name);

test("canonical JSON sorts by UTF-16 and writes numbers as ECMAScript does", () => {
  assert.equal(canonical({ "\u20ac": 1, "\r": 2, "\ud83d\ude00": 3, a: [1e21, 0.000001, -0] }), '{"\\r":2,"a":[1e+21,0.000001,0],"\u20ac":1,"\ud83d\ude00":3}');
});

test("the pre-authentication encoding is the one of the DSSE specification", () => {
  assert.equal(new TextDecoder().decode(preAuthenticationEncoding("http://example.com/HelloWorld", utf8("hello world"))), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("base64 has one spelling", () => {
  assert.ok(fromBase64("QQ=="));
  assert.equal(fromBase64("QR=="), null);
  assert.equal(fromBase64("QQ"), null);
});

test("DER signatures are read strictly", () => {
  const good = fromHex("30060201010201" + "02");
  assert(good);
  assert.equal(hex(rawSignature(good) ?? new Uint8Array()), "00".repeat(31) + "01" + "00".repeat(31) + "02");
  for (const bad of ["3006020101020102" + "00", "300702020001020102", "3006020181020102", "3006020101020100".slice(0, -2), "31060201010201" + "02"]) {
    assert.equal(rawSignature(fromHex(bad) ?? new Uint8Array()), null, bad);
  }
});

test("a receipt of the log verifies at its level, and says who signed", async () => {
  const log = await closedRun();
  const keys = await trust(log.trust());
  assert(keys);
  for (let index = 0; index < log.entries.length; index++) {
    const report = await verifyReceipt(await log.material(index), keys);
    assert.deepEqual(failing(report), []);
    assert.equal(report.level, "CHECKPOINTED");
    assert.equal(report.signer, "flow-engine");
    assert.equal(report.digest, log.entries[index].digest);
  }
});

test("each tampering breaks the check that is there for it", async () => {
  const log = await closedRun();
  const keys = await trust(log.trust());
  assert(keys);
  const material = await log.material(2);
  assert.deepEqual(failing(await verifyReceipt(tampered(material, "payload"), keys)).includes("signature"), true);
  assert.deepEqual(failing(await verifyReceipt(tampered(material, "leaf"), keys)), ["statement", "leaf", "inclusion"]);
  assert.deepEqual(failing(await verifyReceipt(tampered(material, "path"), keys)), ["inclusion"]);
  const other = await log.material(3);
  assert.deepEqual(failing(await verifyReceipt({ ...material, disclosures: material.disclosures.map((each) => `${each.slice(0, -1)}A`) }, keys)), ["disclosures"]);
  assert.ok(!(await verifyReceipt({ ...material, envelope: other.envelope }, keys)).ok);
});

test("a key that the trust file does not name signs nothing, and one that lies about its name is refused", async () => {
  const log = await closedRun();
  const stranger = await makeService("connectors");
  const source = log.trust() as { [key: string]: Json };
  const swapped = await trust({ ...source, services: [{ service: "connectors", keyid: stranger.keyid, pem: stranger.pem }] });
  assert(swapped);
  assert.deepEqual(failing(await verifyReceipt(await log.material(0), swapped)), ["signature", "statement"]);
  assert.equal(await trust({ ...source, services: [{ service: "connectors", keyid: log.signer.keyid, pem: stranger.pem }] }), null);
});

test("a service may not speak in another's name", async () => {
  const log = await closedRun();
  const source = log.trust() as { [key: string]: Json };
  const renamed = await trust({ ...source, services: [{ service: "ledger", keyid: log.signer.keyid, pem: log.signer.pem }] });
  assert(renamed);
  assert.deepEqual(failing(await verifyReceipt(await log.material(0), renamed)), ["statement"]);
});

test("a withheld payload leaves the place in the log provable", async () => {
  const log = await closedRun();
  const keys = await trust(log.trust());
  assert(keys);
  const report = await verifyReceipt({ ...(await log.material(1)), envelope: null, disclosures: [] }, keys);
  assert.equal(report.level, "REDACTED");
  assert.deepEqual(failing(report), []);
});

test("a closed run is covered", async () => {
  const report = await verifyBundle(await (await closedRun()).bundle());
  assert.deepEqual(report.findings, []);
  assert.equal(report.verdict, "COVERED");
  assert.equal(report.receipts.length, 5);
});

test("an open run is checkpointed and no more", async () => {
  const log = await closedRun();
  const open = JSON.parse(await log.bundle()) as { receipts: Json[] };
  open.receipts.pop();
  assert.equal((await verifyBundle(JSON.stringify(open))).verdict, "CHECKPOINTED");
});

test("a flipped byte, a dropped receipt and a reordered leaf are each named", async () => {
  const source = await (await closedRun()).bundle();
  const codes = async (kind: "byte" | "drop" | "swap"): Promise<string[]> => (await verifyBundle(tamperedBundle(source, kind))).findings.map((finding) => finding.code);
  assert.ok((await codes("byte")).includes("receipt"));
  assert.ok((await codes("drop")).includes("set-missing"));
  assert.ok((await codes("swap")).includes("order"));
  assert.equal((await verifyBundle(tamperedBundle(source, "drop"))).verdict, "MISSING");
});

test("a run that closes with an intent left open is incomplete", async () => {
  const log = await closedRun();
  const late = await TestLog.make();
  await late.append({ kind: "connector-call/v1", phase: "intent" });
  await late.close();
  assert.deepEqual((await verifyBundle(await late.bundle())).findings.map((finding) => finding.code), ["intent-open"]);
  assert.equal((await verifyBundle(await log.bundle())).ok, true);
});

test("what is not a bundle is said to be none", async () => {
  assert.equal((await verifyBundle("{")).unreadable, "not-json");
  assert.equal((await verifyBundle("{}")).unreadable, "not-a-bundle");
  const source = JSON.parse(await (await closedRun()).bundle()) as { [key: string]: Json };
  assert.equal((await verifyBundle(JSON.stringify({ ...source, keys: {} }))).unreadable, "no-trust");
  assert.equal((await verifyBundle(JSON.stringify({ ...source, receipts: [1] }))).unreadable, "not-a-bundle");
  assert.equal((await verifyBundle(JSON.stringify({ ...source, receipts: [] }))).verdict, "MISSING");
});

test("a key that the log never registered is missed", async () => {
  const source = JSON.parse(await (await closedRun()).bundle()) as { registrations: Json[] };
  source.registrations.shift();
  const report = await verifyBundle(JSON.stringify(source));
  assert.deepEqual(report.findings.map((finding) => finding.code), ["key-unregistered"]);
  assert.equal(report.verdict, "MISSING");
});

test("receipts of another run are foreign", async () => {
  const source = JSON.parse(await (await closedRun()).bundle()) as { [key: string]: Json };
  const report = await verifyBundle(JSON.stringify({ ...source, run: "01a20729-0000-0000-0000-000000000000" }));
  assert.ok(report.findings.some((finding) => finding.code === "foreign"));
});

test("an inclusion path of the wrong length proves nothing", async () => {
  const leaves = await Promise.all([0, 1, 2].map((byte) => leafHash(Uint8Array.of(byte))));
  const steps = await inclusionSteps(leaves[0], 0, 3, [leaves[1], leaves[2]]);
  assert.equal(steps?.length, 2);
  assert.equal(await inclusionSteps(leaves[0], 0, 3, [leaves[1]]), null);
  assert.equal(await inclusionSteps(leaves[0], 0, 3, [leaves[1], leaves[2], leaves[2]]), null);
  assert.equal(await verifyInclusion(leaves[0], 3, 3, [], leaves[0]), false);
  assert.equal(await verifyInclusion(leaves[0], 0, 1, [], leaves[0]), true);
});

test("a checkpoint, a proof and a verifier key are read strictly", async () => {
  const log = await closedRun();
  const proof = await log.proof(1);
  assert.equal(logProof(proof)?.index, 1);
  assert.equal(logProof(proof.replace("index 1", "index 01")), null);
  assert.equal(logProof(proof.replace("v1", "v2")), null);
  assert.equal(checkpoint((await log.checkpoint()).replace(/\n7\n/, "\n07\n")), null);
  assert.ok(await verifierKey(log.verifierKey));
  assert.equal(await verifierKey(log.verifierKey.replace(/\+[0-9a-f]{8}\+/, "+00000000+")), null);
  // Of C2SP's example log, as its test data names it.
  assert.equal((await verifierKey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"))?.keyHash, "33d7b496");
  assert.equal(hex(await sha256(utf8(""))).slice(0, 8), "e3b0c442");
});
