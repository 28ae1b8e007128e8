"""Measures session rules beside dogwood-py, and asserts first that both decide the same.

session_bench.py BENCH FOLDER writes one measurement a line, as reports/report.py reads them.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from dogwood import native
from session_workload import cedar_schema, peer_trace, workload

ROUNDS = 5
EVENTS = 10_000
PEER = "dogwood-py-0.0.12"


def ours(bench, folder, work):
    path = folder / "session.json"
    path.write_text(json.dumps({name: work[name] for name in ("policies", "event_schema", "events")}))
    done = subprocess.run([bench, "session", str(path)], capture_output=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{bench} session: {done.stdout.decode()} {done.stderr.decode()}")
    return json.loads(done.stdout)


def peer(work, count):
    """Its decisions of the first events, and how many events it does a second. It keeps every event, so that more of them take longer each."""
    trace, schema = peer_trace(work, count), cedar_schema(work)
    began = time.perf_counter()
    told = native.replay(work["policies"], schema, trace, work["event_schema"])
    seconds = time.perf_counter() - began
    return ["Allow" if line.endswith("true") else "Deny" for line in told.splitlines()], count / seconds


def measure(bench, folder, rules, tools, compared):
    work = workload(rules, tools, EVENTS)
    found = ours(bench, folder, work)
    decisions, rate = peer(work, compared)
    mine = found["verdicts"][: len(decisions)]
    if mine != decisions:
        at = next(index for index, pair in enumerate(zip(mine, decisions)) if pair[0] != pair[1])
        sys.exit(f"{rules} session rules: decision {at} is {mine[at]}, by the peer {decisions[at]}")
    runs = [ours(bench, folder, work) for _ in range(ROUNDS)]
    middle = {name: statistics.median(run[name] for run in runs) for name in ("p50", "p99", "rate", "state_us", "state_bytes")}
    return middle | {"rounds": [run["rate"] for run in runs], "p99s": [run["p99"] / 1000 for run in runs], "peer_rate": rate, "compared": len(decisions)}


def main():
    bench, folder = sys.argv[1], Path(sys.argv[2])
    spread = measure(bench, folder, 1000, 50, 300)
    few = measure(bench, folder, 2, 2, 2000)
    crowded = measure(bench, folder, 1000, 1, 100)
    note = f"1,000 rules on 50 tools, 10,000 events; {spread['compared']} decisions equal to the peer's under the same rules"
    entry = {"metric": "session_p99", "value": spread["p99"] / 1000, "unit": "ms", "peer": PEER, "peer_value": 1000 / spread["peer_rate"], "target": 1}
    print(json.dumps(entry | {"rounds": spread["p99s"], "p50": spread["p50"] / 1000, "note": note + "; the peer's mean over its first 300 events"}))
    entry = {"metric": "session_rate", "value": spread["rate"], "unit": "events_per_s", "peer": PEER, "peer_value": few["peer_rate"]}
    print(json.dumps(entry | {"target": 5000, "goal": "at_least", "rounds": spread["rounds"], "note": note + "; the peer has 2 rules and 2,000 events"}))
    entry = {"metric": "session_rate_2_rules", "value": few["rate"], "unit": "events_per_s", "peer": PEER, "peer_value": few["peer_rate"]}
    print(json.dumps(entry | {"rounds": few["rounds"], "note": f"{few['compared']} decisions equal"}))
    note = f"all 1,000 rules on one tool, so that each is answered at every request; {crowded['compared']} decisions equal"
    entry = {"metric": "session_one_tool_p50", "value": crowded["p50"] / 1000, "unit": "ms", "peer": PEER, "peer_value": 1000 / crowded["peer_rate"]}
    print(json.dumps(entry | {"p99": crowded["p99"] / 1000, "rate": crowded["rate"], "note": note}))
    entry = {"metric": "session_state_write", "value": spread["state_us"], "unit": "us", "bytes": spread["state_bytes"]}
    print(json.dumps(entry | {"note": "the state of the session of the first row, as it is stored"}))


main()
