import assert from "node:assert/strict";
import test from "node:test";
import type { Activation, BundleCheck, BundleSummary, ReplayReport } from "../src/api/model";
import { asDraft, bundleTextReducer, checkState, isChanged, marksOf, offsetOf, openDraft, problemsOf } from "../src/policies/draft";
import { lineDiff } from "../src/policies/lineDiff";
import { coverage, examples, matrix, shift, windowStart } from "../src/policies/replay";
import { mayDecide, standing, wereInForce } from "../src/policies/rollbacks";
import { indentClass, stepTone } from "../src/policies/trace";

const problem = (source: "policies" | "tests", line: number) => ({ line, column: 3, message: "is wrong", policy_id: null, fix: null, source });
const answer = (problems: BundleCheck["problems"], passed: boolean[] = []): BundleCheck => ({
  digest: null, problems, results: passed.map((each, i) => ({ name: `t${i}`, passed: each, expected: "deny", found: each ? "deny" : "allow" })),
});

test("an answer about older texts is dropped", () => {
  let draft = openDraft({ name: "a", policies: "permit(principal, action, resource);" });
  assert.equal(checkState(draft), "checking");
  draft = bundleTextReducer(draft, { kind: "typed", part: "policies", text: "permt" });
  assert.ok(isChanged(draft));
  assert.equal(bundleTextReducer(draft, { kind: "checked", edition: 0, answer: answer([]) }), draft);
  draft = bundleTextReducer(draft, { kind: "checked", edition: 1, answer: answer([problem("policies", 1)]) });
  assert.equal(checkState(draft), "errors");
  assert.deepEqual(marksOf(problemsOf(draft, "policies")), [{ line: 0, severity: "error", message: "is wrong" }]);
  assert.deepEqual(problemsOf(draft, "tests"), []);
  draft = bundleTextReducer(draft, { kind: "typed", part: "policies", text: "permit" });
  assert.equal(checkState(draft), "checking");
  assert.equal(bundleTextReducer(draft, { kind: "unheard", edition: 1 }), draft);
  assert.equal(checkState(bundleTextReducer(draft, { kind: "unheard", edition: 2 })), "unheard");
});

test("tests that fail are told from texts that are wrong", () => {
  const draft = openDraft({ name: "a", policies: "" });
  const after = (check: BundleCheck) => checkState(bundleTextReducer(draft, { kind: "checked", edition: 0, answer: check }));
  assert.equal(after(answer([], [true, true])), "good");
  assert.equal(after(answer([problem("tests", 0)], [true, false])), "failing");
  assert.equal(after(answer([problem("tests", 2)])), "errors");
  assert.equal(after(answer([problem("policies", 0)], [true])), "errors");
});

test("a draft is sent with its tests as they were typed, and starts over as it came", () => {
  const opened = openDraft({ name: "a", policies: "p", schema: "s", tests: [{ name: "one" }], entities: [] });
  assert.equal(opened.tests, '[\n  {\n    "name": "one"\n  }\n]');
  const typed = bundleTextReducer(opened, { kind: "typed", part: "tests", text: "[{]" });
  assert.equal(asDraft(typed).tests, "[{]");
  assert.deepEqual(asDraft(typed).entities, []);
  assert.equal(isChanged(bundleTextReducer(typed, { kind: "published" })), false);
  assert.ok(!("entities" in asDraft(openDraft({ name: "a", policies: "" }))));
});

test("a place is found in the text, whatever stands before it", () => {
  assert.equal(offsetOf("ab\n\u{1F600}cd\nx", 2, 2), 5);
  assert.equal(offsetOf("ab", 9, 9), 2);
  assert.equal(offsetOf("", 1, 1), 0);
});

const example = (decision: string, before: "allow" | "deny", after: "allow" | "deny", time: string) => ({ decision, time, principal: "p", action: "a", resource: "r", before, after, conditional: false });
const report: ReplayReport = {
  format: "provable-replay/v1", draft: "", bundles: [], engine: "", since: "", until: "", loosened: 1, tightened: 2, sentence: "",
  coverage: { decisions: 1000, replayed: 999, unchanged: 990, settled: 0, weighed: 9, "erased-context": 1, unaskable: 0 },
  matrix: [
    { before: "allow", after: "allow", count: 996, conditional: 0 },
    { before: "allow", after: "deny", count: 2, conditional: 1, examples: [example("b", "allow", "deny", "2"), example("a", "allow", "deny", "1")] },
    { before: "deny", after: "allow", count: 1, conditional: 0, examples: [example("c", "deny", "allow", "3")] },
  ],
};

test("the matrix has every verdict that was or would be, and no other", () => {
  const { words, rows } = matrix(report.matrix);
  assert.deepEqual(words, ["allow", "deny"]);
  assert.deepEqual(rows.map((row) => row.map((cell) => [cell.count, cell.shift])), [[[996, "same"], [2, "tighter"]], [[1, "looser"], [0, "same"]]]);
  assert.equal(shift("require-approval", "redact"), "looser");
});

test("what would be looser is shown first", () => {
  assert.deepEqual(examples(report).map((each) => each.decision), ["c", "a", "b"]);
  assert.deepEqual(examples(report, { before: "allow", after: "deny" }).map((each) => each.decision), ["a", "b"]);
});

test("coverage that is not whole is never shown as whole", () => {
  const found = coverage(report);
  assert.equal(found.percent, 99);
  assert.deepEqual(found.gaps, [["erased-context", 1]]);
  assert.deepEqual(found.how, [["unchanged", 990], ["weighed", 9]]);
  assert.equal(coverage({ ...report, coverage: { decisions: 0, replayed: 0 } }).percent, 0);
  assert.equal(windowStart(1, Date.parse("2026-11-24T00:00:00.000Z")), "2026-11-23T00:00:00.000Z");
});

test("lines that stay are kept, and both texts can be read back", () => {
  const [before, after] = ["a\nb\nc\nd", "a\nx\nc\ne\nd"];
  const lines = lineDiff(before, after);
  assert.equal(lines.filter((each) => each.kind !== "after").map((each) => each.text).join("\n"), before);
  assert.equal(lines.filter((each) => each.kind !== "before").map((each) => each.text).join("\n"), after);
  assert.equal(lines.filter((each) => each.kind === "same").length, 3);
  assert.deepEqual(lineDiff("", "x"), [{ kind: "after", text: "x" }]);
});

test("a bundle is rolled back to only where it was in force and is not", () => {
  const entry = (digest: string, state: Activation["state"]) => ({ digest, state }) as Activation;
  assert.deepEqual([...wereInForce([entry("c", "active"), entry("b", "rejected"), entry("a", "active")], "c")], ["a"]);
  const bundle = (more: Partial<BundleSummary>) => ({ expires_at: null, active: false, shadow: false, ...more }) as BundleSummary;
  assert.equal(standing(bundle({ active: true, expires_at: "2026-01-01T00:00:00.000Z" }), Date.parse("2026-01-01T00:00:00.000Z")), "expired");
  assert.equal(standing(bundle({ active: true }), 0), "active");
  assert.equal(standing(bundle({ shadow: true }), 0), "shadow");
  assert.equal(standing(bundle({}), 0), "stored");
});

test("capitals make nobody a second person", () => {
  assert.equal(mayDecide({ proposed_by: "Dana@acme.example" } as Activation, "dana@acme.example"), false);
  assert.ok(mayDecide({ proposed_by: "dana@acme.example" } as Activation, "chris@acme.example"));
});

test("what each part came to has its own look", () => {
  const step = { line: 1, column: 1, depth: 9, text: "", outcome: "value" as const, result: "true" };
  assert.equal(indentClass(step.depth), "depth-6");
  assert.deepEqual([stepTone(step), stepTone({ ...step, result: "false" }), stepTone({ ...step, outcome: "fault" }), stepTone({ ...step, outcome: "skipped" }), stepTone({ ...step, result: "5" })],
    ["came-true", "came-false", "came-bad", "came-skip", ""]);
});
