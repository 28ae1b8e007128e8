"""Measures expressions in process beside celpy, round by round in turns, and asserts first that both come to the same value.

cel_bench.py BENCH WORKLOAD writes one measurement a line, as reports/report.py reads them.
"""

import json
import logging
import statistics
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import celpy

ROUNDS = 5
PEER = "celpy-0.5.0"
# Of the peer a round is so many times each: it is slower by orders of magnitude.
BATCHES, BATCH, COMPILED = 7, 10, 3


def median(body, batches, batch):
    times = []
    for _ in range(batches):
        began = time.perf_counter()
        for _ in range(batch):
            body()
        times.append((time.perf_counter() - began) / batch * 1e6)
    return statistics.median(times)


def peer(workload):
    environment = celpy.Environment()
    variables = {name: celpy.json_to_cel(value) for name, value in workload["input"].items()}
    results = {}
    for name, text in workload["expressions"].items():
        program = environment.program(environment.compile(text))
        results[name] = {
            "value": json.loads(json.dumps(program.evaluate(variables), cls=celpy.CELJSONEncoder)),
            "evaluate": median(lambda: program.evaluate(variables), BATCHES, BATCH),
            "compile": median(lambda: environment.program(environment.compile(text)), COMPILED, 1),
        }
    return results


def main():
    bench, path = sys.argv[1:]
    with open(path) as file:
        workload = json.load(file)
    mine, theirs = [], []
    for _ in range(ROUNDS):
        mine.append(json.loads(subprocess.run([bench, path], capture_output=True, check=True, timeout=600).stdout))
        theirs.append(peer(workload))
        for name in workload["expressions"]:
            if mine[-1][name]["value"] != theirs[-1][name]["value"]:
                sys.exit(f"{name} is {mine[-1][name]['value']}, by the peer {theirs[-1][name]['value']}")

    def over(rounds, name, what):
        return statistics.median(each[name][what] for each in rounds)

    names = list(workload["expressions"])
    for what, note in (("evaluate", "a plan that stands"), ("compile", "from text to what can be evaluated")):
        ours, peers = ({name: over(rounds, name, what) for name in names} for rounds in (mine, theirs))
        rounds = [statistics.median(each[name][what] for name in names) for each in mine]
        entry = {"unit": "us", "peer": PEER, "note": f"{note}; the median of {len(names)} expressions, each by its own median"}
        print(json.dumps(entry | {"metric": f"{what}_p50", "value": statistics.median(ours.values()), "peer_value": statistics.median(peers.values()), "rounds": rounds, "each": ours}))
        slowest = max(names, key=ours.get)
        print(json.dumps({"metric": f"{what}_slowest", "unit": "us", "peer": PEER, "value": ours[slowest], "peer_value": peers[slowest], "note": f"the slowest of them here: {slowest}"}))
    checked = statistics.median(over(mine, name, "checked") for name in names)
    print(json.dumps({"metric": "compile_and_check_p50", "unit": "us", "value": checked, "note": "with the type check, which the peer has none of"}))


main()
