import "./crypto";
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { fromBase64 } from "../src/proof/bytes";
import { verifyInclusion } from "../src/proof/merkle";
import { checkpoint, signedBy, verifierKey } from "../src/proof/note";

/** Outside vectors are passed in: PROVABLE_VECTORS names a folder; without it there is nothing to compare with. */
const folder = process.env.PROVABLE_VECTORS ?? "";

interface InclusionCase {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

function files(path: string): string[] {
  return readdirSync(path).flatMap((name) => (name.endsWith(".json") ? [`${path}/${name}`] : name.includes(".") ? [] : files(`${path}/${name}`)));
}

if (folder && existsSync(`${folder}/merkle/testdata/inclusion`)) {
  test("inclusion proofs of transparency-dev/merkle: what must hold holds, what must be rejected is", async () => {
    let cases = 0;
    for (const file of files(`${folder}/merkle/testdata/inclusion`)) {
      const each = JSON.parse(readFileSync(file, "utf8")) as InclusionCase;
      const bytes = (text: string): Uint8Array => fromBase64(text ?? "") ?? new Uint8Array();
      const holds = await verifyInclusion(bytes(each.leafHash), each.leafIdx, each.treeSize, (each.proof ?? []).map(bytes), bytes(each.root));
      assert.equal(holds, !each.wantErr, file);
      cases++;
    }
    assert.ok(cases > 90);
  });
}

if (folder && existsSync(`${folder}/tessera-log/testdata`)) {
  test("checkpoints of transparency-dev/tessera are signed by their log", async () => {
    const key = await verifierKey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
    const root = `${folder}/tessera-log/testdata`;
    const found = readdirSync(root).flatMap((name) => [`${root}/${name}`, `${root}/${name}/checkpoint`]).filter((path) => /checkpoint[^/]*$/.test(path) && existsSync(path));
    let verified = 0;
    for (const path of found) {
      const parsed = checkpoint(readFileSync(path, "utf8"));
      assert.ok(parsed, path);
      if (parsed && key) verified += (await signedBy(parsed.note, key)) ? 1 : 0;
    }
    assert.equal(verified, found.length);
    assert.ok(verified > 0);
  });
}
