"""Measures decisions in process beside cedarpy, round by round in turns, and asserts first that both decide the same.

policy_bench.py BENCH FOLDER [VECTORS] writes one measurement a line, as reports/report.py reads them.
"""

import json
import statistics
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import cedarpy
from workload import workload

ROUNDS = 5
# Times that every request is decided in a round: enough for a steady median, and no more than the peer can do in seconds.
OURS = {10: 400, 100: 400, 10_000: 400}
PEERS = {10: 20, 100: 10, 10_000: 1}
PEER = "cedarpy-4.12.2"


def ours(bench, *arguments):
    done = subprocess.run([bench, *map(str, arguments)], capture_output=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{bench} {arguments}: {done.stdout.decode()} {done.stderr.decode()}")
    return json.loads(done.stdout)


def verdict(result):
    erring = [error.split("`")[1] for error in result.diagnostics.errors]
    return [result.decision.value.lower(), sorted(result.diagnostics.reasons), sorted(erring)]


def same(found, expected, what):
    if found != expected:
        at = next(index for index, pair in enumerate(zip(found, expected)) if pair[0] != pair[1])
        sys.exit(f"{what}: request {at} is decided {found[at]}, by the peer {expected[at]}")


def decide(bench, folder, count):
    work = workload(count)
    path = folder / f"{count}.json"
    path.write_text(json.dumps(work))
    policies, entities = cedarpy.PolicySet.from_str(work["policies"]), cedarpy.Entities.from_json_str(json.dumps(work["entities"]))
    same(ours(bench, "decide", path, 1)["verdicts"], [verdict(each) for each in cedarpy.is_authorized_batch(work["requests"], policies, entities)], count)
    mine, tails, theirs = [], [], []
    for _ in range(ROUNDS):
        measured = ours(bench, "decide", path, OURS[count])
        mine.append(measured["p50"])
        tails.append(measured["p99"])
        results = [each for _ in range(PEERS[count]) for each in cedarpy.is_authorized_batch(work["requests"], policies, entities)]
        theirs.append(statistics.median(each.metrics["authz_duration_micros"] for each in results))
    return statistics.median(mine), statistics.median(tails), statistics.median(theirs), mine


# Each is refused by both engines, and by nothing but its number in the set.
FAULTY = [
    'permit(principal == Usr::"a", action, resource);', 'permit(principal, action == Action::"tool0", resource) when { context.mfa };',
    'permit(principal, action, resource) when { resource.name < 3 };', 'permit(principal is Role, action, resource);', 'permit(principal, action, resource) when { [] == [] };',
]


def refused(policies, schema):
    return sorted({error.policy_id for error in cedarpy.validate_policies(policies, schema).errors})


def publish(bench, folder):
    """Without validation, and with it."""
    path = folder / "1000.json"
    work = workload(1000)
    schema = cedarpy.Schema.from_str(work["schema"])
    faulty = work | {"policies": work["policies"] + "\n".join([""] + FAULTY)}
    for case in (faulty, work):
        path.write_text(json.dumps(case))
        same(ours(bench, "publish", path, 1)["invalid"], refused(case["policies"], schema), "publish")
    assert len(refused(faulty["policies"], schema)) == len(FAULTY)
    rows = {"parse_1k": ([], []), "publish_1k": ([], [])}
    for _ in range(ROUNDS):
        measured = ours(bench, "publish", path, 5)
        rows["parse_1k"][0].append(measured["p50"])
        rows["publish_1k"][0].append(measured["validated_p50"])
        began = time.perf_counter()
        cedarpy.PolicySet.from_str(work["policies"])
        parsed = time.perf_counter()
        cedarpy.validate_policies(work["policies"], schema)
        rows["parse_1k"][1].append((parsed - began) * 1e3)
        rows["publish_1k"][1].append((time.perf_counter() - parsed) * 1e3)
    return {name: {"value": statistics.median(mine), "peer_value": statistics.median(theirs), "rounds": mine} for name, (mine, theirs) in rows.items()}


def corpus(bench, folder, vectors):
    archive = Path(vectors) / "cedar" / "corpus-sample.tar.gz"
    if not archive.exists():
        return {"invalid": f"there is no {archive.name} below the folder of vectors"}
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    cases = []
    for path in sorted((folder / "corpus-tests").glob("*.json")):
        if path.name.endswith(".entities.json"):
            continue
        case = json.loads(path.read_text())
        requests = [{name: each[name] for name in ("principal", "action", "resource")} | {"context": json.dumps(each["context"])} for each in case["requests"]]
        cases.append(((folder / case["policies"]).read_text(), (folder / case["entities"]).read_text(), requests))
    mine, theirs = [], []
    for _ in range(ROUNDS):
        measured = ours(bench, "corpus", folder)
        mine.append(measured["seconds"])
        began = time.perf_counter()
        results = [cedarpy.is_authorized_batch(requests, policies, entities) for policies, entities, requests in cases]
        theirs.append(time.perf_counter() - began)
        same(measured["verdicts"], [verdict(each) for case in results for each in case], "corpus")
    count = len(cases)
    return {
        "value": statistics.median(mine) / count * 1e6, "peer_value": statistics.median(theirs) / count * 1e6, "cases": count,
        "rounds": [seconds / count * 1e6 for seconds in mine],
    }


def main():
    bench, folder, vectors = sys.argv[1], Path(sys.argv[2]), (sys.argv[3:] + [""])[0]
    found = {count: decide(bench, folder, count) for count in (10, 100, 10_000)}
    targets = {10: None, 100: 5, 10_000: 10}
    names = {10: "decide_10_p50", 100: "decide_100_p50", 10_000: "decide_10k_p50"}
    for count, (p50, p99, peer, rounds) in found.items():
        entry = {"metric": names[count], "value": p50, "unit": "us", "peer": PEER, "peer_value": peer, "rounds": rounds, "p99": p99}
        print(json.dumps(entry | {"target": targets[count], "note": "the peer's own clock around its engine, in whole microseconds"}))
    growth = found[10_000][0] / found[10][0]
    print(json.dumps({"metric": "decide_10k_over_10", "value": growth, "unit": "x", "peer": PEER, "peer_value": found[10_000][2] / max(found[10][2], 1), "target": 2}))
    notes = {
        "parse_1k": "parsing and indexing, without validation; the peer parses, and has no index",
        "publish_1k": "from text: parsing, strict validation and indexing; the peer parses and validates, and has no index",
    }
    for name, entry in publish(bench, folder).items():
        print(json.dumps({"metric": name, "unit": "ms", "peer": PEER, "target": 50, "note": notes[name]} | entry))
    if vectors:
        entry = {"metric": "corpus_wall", "unit": "us_per_case", "peer": PEER, "target": 0.5, "of": "ratio", "goal": "at_most"}
        note = "from text to eight decisions, without a schema; the peer through its Python call, which reads its answers from JSON"
        print(json.dumps(entry | {"value": 0, "note": note} | corpus(bench, folder, vectors)))


main()
