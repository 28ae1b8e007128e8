import "./crypto";
import assert from "node:assert/strict";
import test from "node:test";
import type { FlowProblem, Json, Step } from "../src/api/model";
import { Problem } from "../src/api/problem";
import { Resource, resourceReducer } from "../src/api/resource";
import { clock, day, digestEnds, duration, initials, label, money, rough, sentence } from "../src/app/format";
import { anomalousSpans, band, usualDistance } from "../src/costs/band";
import { consequences, flowGraph, portsOf, usualCourse } from "../src/flows/graph";
import { draftReducer, draftState, emptyDraft, marks } from "../src/flows/draft";
import { tokens } from "../src/flows/highlight";
import { lineFor, places } from "../src/flows/pointers";
import { afterDone, step } from "../src/inbox/selection";
import { rows, subject } from "../src/inbox/subject";
import { backoff, emptySSE, feedSSE } from "../src/live/sse";
import { policyLines } from "../src/policies/cedarList";
import { layout } from "../src/runs/layout";
import { bars, statesByNode, taken } from "../src/runs/stepStates";
import { treePicture } from "../src/receipts/treeLayout";

const flow: Json = {
  nodes: [
    { id: "start", type: "trigger", title: "Alert", trigger: { kind: "webhook", connector: "github", event: "issues.opened" }, next: "open" },
    { id: "open", type: "call", title: "Open", operation: "jira.issue.create", on: { success: "choose", error: "lost" } },
    { id: "choose", type: "decide", title: "Bad?", branches: [{ when: "sev < 3", title: "yes", next: "contain" }], otherwise: "done" },
    { id: "contain", type: "call", title: "Contain ${x}", operation: "github.repository.restrict", on: { success: "note", error: "lost", denied: "lost" } },
    { id: "note", type: "call", title: "Note", operation: "jira.issue.comment", on: { success: "done", error: "lost" } },
    { id: "done", type: "end", outcome: "success" },
    { id: "lost", type: "end", outcome: "failure" },
  ],
};

test("an event stream is read across any cut", () => {
  const source = ": hello\nid: 7\nevent: run.closed\ndata: {\ndata: }\n\ndata: x\r\n\r\nid: 9\nevent: lost";
  for (let cut = 0; cut <= source.length; cut++) {
    const first = feedSSE(emptySSE, source.slice(0, cut));
    const second = feedSSE(first.state, source.slice(cut));
    assert.deepEqual([...first.events, ...second.events], [{ id: "7", kind: "run.closed", data: "{\n}" }, { id: "7", kind: "message", data: "x" }], `cut at ${cut}`);
  }
});

test("a reconnect waits longer each time, at most 15 s, never the same for all", () => {
  assert.equal(backoff(0, 0), 250);
  assert.equal(backoff(0, 1), 500);
  assert.equal(backoff(30, 1), 15_000);
  assert.ok(backoff(3, 0.2) < backoff(3, 0.9));
});

test("a refresh that fails keeps what was known", () => {
  const problem = new Problem(503, "UNAVAILABLE", "", "");
  const ready = resourceReducer<number>({ status: "loading" }, { kind: "answered", value: 1 });
  const stale = resourceReducer<number>(resourceReducer(ready, { kind: "asked", fresh: false }), { kind: "refused", problem });
  assert.deepEqual(stale, { status: "ready", value: 1, refreshing: false, problem });
  assert.deepEqual(resourceReducer<number>(resourceReducer(ready, { kind: "asked", fresh: true }), { kind: "refused", problem }), { status: "failed", problem } as Resource<number>);
});

test("values are written as people read them", () => {
  assert.equal(money({ micros: 0, currency: "USD" }), "0.00 USD");
  assert.equal(money({ micros: 500, currency: "USD" }), "0.0005 USD");
  assert.equal(money({ micros: 41_000, currency: "USD" }), "0.041 USD");
  assert.equal(money({ micros: 1_234_500_000, currency: "EUR" }), "1,234.50 EUR");
  assert.equal(duration(412), "412 ms");
  assert.equal(duration(184_000), "3 min 04 s");
  assert.equal(duration(7_800_000), "2 h 10 min");
  assert.equal(rough(719_000), "11 min");
  assert.equal(rough(100 * 3_600_000), "4 d");
  assert.equal(digestEnds("9f3c51e0" + "0".repeat(52) + "a77b"), "9f3c 51e0 … a77b");
  assert.equal(label("issue_type"), "Issue type");
  assert.equal(initials("Omar van Reyes"), "OR");
  assert.equal(sentence("waiting for a person"), "Waiting for a person.");
  assert.equal(sentence("containment-needs-on-call asks."), "containment-needs-on-call asks.");
  const now = new Date(2026, 10, 23, 14, 5).getTime();
  assert.equal(day(new Date(2026, 10, 23, 9, 30).toISOString(), now), "09:30");
  assert.equal(day(new Date(2026, 9, 2, 9, 30).toISOString(), now), "2 Oct 09:30");
  assert.equal(clock(new Date(2026, 10, 23, 9, 5, 7).toISOString()), "09:05:07");
});

test("a selection survives what others do to the list", () => {
  assert.equal(step(["a", "b", "c"], "b", 1), "c");
  assert.equal(step(["a", "b", "c"], "c", 1), "c");
  assert.equal(step(["a", "b"], "gone", 1), "a");
  assert.equal(step([], "a", 1), null);
  assert.equal(afterDone(["a", "b", "c"], "b"), "c");
  assert.equal(afterDone(["a", "b"], "b"), "a");
  assert.equal(afterDone(["a"], "a"), null);
});

test("nothing of what is signed is left out of its table", () => {
  const value = { action: "jira.issue.create", inputs: { project: "OPS", labels: ["a", "b"], deep: { er: { x: 1 } }, list: [{ y: 2 }] }, flow: "f", run: null };
  const shown = subject(value);
  assert.equal(shown.action, "jira.issue.create");
  assert.deepEqual(shown.inputs.map((row) => [row.path, row.value]), [["project", "OPS"], ["labels", "a, b"], ["deep.er.x", "1"], ["list", '[\n  {\n    "y": 2\n  }\n]']]);
  assert.deepEqual(shown.bound.map((row) => row.path), ["flow", "run"]);
  assert.deepEqual(rows({ a: "" }).map((row) => row.value), ["“”"]);
  assert.equal(subject("x").inputs.length, 1);
});

test("a flow is drawn from any draft that can be read", () => {
  const graph = flowGraph(flow);
  assert.equal(graph.nodes.length, 7);
  assert.deepEqual(portsOf(graph, "contain"), ["success", "denied", "error"]);
  assert.deepEqual(graph.edges.find((edge) => edge.from === "choose"), { from: "choose", port: "branch:1", label: "yes", to: "contain" });
  assert.equal(graph.nodes[3].title, "Contain …");
  assert.equal(graph.nodes[0].detail, "github issues.opened");
  assert.deepEqual(flowGraph({ nodes: [1, { id: "x", next: "nowhere" }] }).edges, []);
  assert.deepEqual(flowGraph("x"), { nodes: [], edges: [] });
});

test("consequences stop where the course is decided elsewhere", () => {
  const graph = flowGraph(flow);
  assert.deepEqual(consequences(graph, "contain", "success").map((node) => node.id), ["note", "done"]);
  assert.deepEqual(consequences(graph, "start", "next").map((node) => node.id), ["open", "choose"]);
});

test("the usual course hides what nobody hopes for, and never what happened", () => {
  const graph = flowGraph(flow);
  const usual = usualCourse(graph, () => false, new Set());
  assert.deepEqual(usual.nodes.map((node) => node.id), ["start", "open", "choose", "contain", "note", "done"]);
  const failed = usualCourse(graph, (edge) => edge.from === "open" && edge.port === "error", new Set(["lost"]));
  assert.ok(failed.edges.some((edge) => edge.to === "lost"));
});

const made = (seq: number, node: string, state: Step["state"], port: string | null, began: number, ended: number | null): Step => ({
  seq, node, state, port, type: "call", title: node, started_at: new Date(began).toISOString(), ended_at: ended === null ? null : new Date(ended).toISOString(), input: null, output: null, error: null, attempt: 1,
  decision_id: null, receipt_ids: [], cost: null, task_id: null,
});

test("the way of a run is marked by the ports it left by", () => {
  const states = statesByNode([made(1, "start", "succeeded", "next", 0, 1), made(2, "open", "succeeded", "success", 1, 2), made(3, "choose", "waiting", null, 2, null)]);
  const graph = flowGraph(flow);
  assert.deepEqual(graph.edges.filter((edge) => taken(edge, states)).map((edge) => `${edge.from}-${edge.to}`), ["start-open", "open-choose"]);
});

test("bars share one axis and an open step grows until now", () => {
  const found = bars([made(1, "a", "succeeded", "next", 1000, 1100), made(2, "b", "waiting", null, 1100, null)], 2000);
  assert.deepEqual(found.bars.map((bar) => [bar.start, bar.width, bar.open]), [[0, 0.1, false], [0.1, 0.9, true]]);
});

test("a picture places every node inside itself", () => {
  for (const width of [320, 700, 1600]) {
    const placed = layout(flowGraph(flow), width, 500);
    assert.equal(placed.nodes.length, 7);
    for (const node of placed.nodes) assert.ok(node.x > 0 && node.x < placed.width && node.y > 0 && node.y < placed.height);
    assert.ok(placed.scale <= 1 && placed.width * placed.scale <= width + 1);
  }
});

test("pointers are found in a draft as far as it can be read", () => {
  const text = '{\n  "a": [\n    1,\n    {"b/c": 2}\n  ],\n  "d": tru\n}';
  const found = places(text);
  assert.equal(found.lines.get("/a"), 1);
  assert.equal(found.lines.get("/a/1/b~1c"), 3);
  assert.deepEqual(found.error, { line: 5, column: 7, reason: "unexpected" });
  assert.equal(lineFor(found, "/a/1/zzz"), 3);
  assert.equal(places('{"a": "b').error?.reason, "unterminated");
  assert.equal(places('{"a": 1').error?.reason, "end");
  assert.equal(places("[]").error, null);
});

test("what JSON.parse takes, the reader takes, and the other way round", () => {
  const pieces = ["{", "}", "[", "]", ",", ":", '"a"', "1", "-0.5e3", "true", "null", " ", "01", '"\\u00e9"', "\n"];
  let seed = 12345;
  const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  for (let i = 0; i < 4000; i++) {
    const text = Array.from({ length: 1 + Math.floor(random() * 7) }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    let parses = true;
    try {
      JSON.parse(text);
    } catch {
      parses = false;
    }
    assert.equal(places(text).error === null, parses, JSON.stringify(text));
  }
});

const problem = (pointer: string): FlowProblem => ({ severity: "error", node: null, port: null, pointer, message: "m", fix: null } as unknown as FlowProblem);

test("an answer about an older text is dropped", () => {
  let draft = draftReducer(emptyDraft("a"), { kind: "typed", text: "b" });
  draft = draftReducer(draft, { kind: "checked", text: "a", problems: [problem("/x")], versionID: null });
  assert.equal(draft.checked, null);
  assert.equal(draftState(draft, false), "checking");
  draft = draftReducer(draft, { kind: "checked", text: "b", problems: [], versionID: "v" });
  assert.equal(draftState(draft, false), "valid");
  assert.equal(draftState(draft, true), "syntax");
  assert.equal(draftReducer(draft, { kind: "published" }).base, "b");
  assert.deepEqual(marks([problem("/a")], '{\n"a": 1}').map((mark) => mark.line), [1]);
});

test("colours never change a text", () => {
  for (const source of ['{"a": [1, true, "x\\"y"], "b', "@id(\"x\") forbid(principal, action, resource) when { 1 > -2 }; // why", "\n\n\u{1F600}"]) {
    for (const language of ["json", "cedar", "plain"] as const) assert.equal(tokens(source, language).map((token) => token.text).join(""), source);
  }
});

test("policies are listed with what they ask", () => {
  const list = policyLines('// a permit( in a comment\n@id("work")\npermit(principal, action, resource);\n\n@id("ask")\n@gate("approval")\n@approvers("on-call")\nforbid(principal, action, resource);');
  assert.deepEqual(list.map((policy) => [policy.id, policy.effect, policy.gate, policy.approvers]), [["work", "permit", "", ""], ["ask", "forbid", "approval", "on-call"]]);
});

test("the usual range leaves anomalies out", () => {
  const usd = (micros: number) => ({ micros, currency: "USD" });
  const points = [1, 2, 3, 4].map((hour) => ({ at: `2026-11-23T0${hour}:00:00.000Z`, cost: usd(hour === 4 ? 900 : 100 + hour), expected: hour === 1 ? null : usd(100), anomalous: hour === 4 }));
  assert.equal(usualDistance(points), 2.5);
  assert.deepEqual(band(points).map((each) => [each.low, each.high]), [[92.5, 107.5], [92.5, 107.5], [92.5, 107.5]]);
  assert.equal(anomalousSpans(points).length, 1);
});

test("a path of any height is drawn inside its picture", () => {
  const hash = new Uint8Array(32);
  for (const levels of [0, 1, 5, 20]) {
    const picture = treePicture(hash, Array.from({ length: levels }, (_, i) => ({ sibling: hash, siblingIsLeft: i % 3 === 0, parent: hash })));
    assert.equal(picture.nodes.length, 1 + 2 * levels);
    for (const node of picture.nodes) assert.ok(node.x >= 40 && node.x <= picture.width - 40 && node.y <= picture.height);
  }
});
