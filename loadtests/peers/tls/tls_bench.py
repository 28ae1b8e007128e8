#!/usr/bin/env python3
"""The TLS handler beside swift-nio-ssl's, in turns; writes one measurement a line for loadtests/reports/report.py.

Each has a server and a client process of its own with one event loop each, the same certificates, the same echo and the same generator.
In each round each has its turn at each load, so that whatever else the machine does hits both. Figures are medians over the rounds.
Environment: ROUNDS (7), SECONDS_EACH (2).
"""

import json
import os
import subprocess
import sys
import tempfile
from math import exp, log
from statistics import median

ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS = float(os.environ.get("SECONDS_EACH", "2"))
BULK_BYTES = 64 << 10
# (metric, load, unit, calls to unit)
LOADS = (
    ("echo_c1", f"echo 1 512 {SECONDS}", "rps", 1),
    ("echo_c64", f"echo 64 512 {SECONDS}", "rps", 1),
    ("bulk", f"echo 16 {BULK_BYTES} {SECONDS}", "MB/s", BULK_BYTES / 1e6),
    ("handshakes_full", f"handshakes 4 {SECONDS} full", "handshakes/s", 1),
)
RESUMED = f"handshakes 4 {SECONDS} resumed"
# Not slower by more than a tenth.
TARGET = 0.9


class Process:
    """One end of one peer."""

    def __init__(self, *arguments):
        self.pipe = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def line(self):
        text = self.pipe.stdout.readline()
        if not text:
            raise SystemExit(f"{self.pipe.args} ended")
        return text.strip()

    def ask(self, question):
        self.pipe.stdin.write(question + "\n")
        return json.loads(self.line())

    def stop(self):
        self.pipe.kill()
        self.pipe.wait()


class Peer:
    def __init__(self, binary, name, folder):
        self.server = Process(binary, "serve", name, folder)
        self.client = Process(binary, "drive", name, folder, self.server.line())
        # It says so when every echo came back as it was sent.
        if self.client.line() != "ready":
            raise SystemExit(f"{name}: the echo is not equal to what was sent")

    def cpu(self):
        return self.server.ask("usage")["cpuMicros"] + self.client.ask("usage")["cpuMicros"]

    def load(self, text):
        before = self.cpu()
        result = self.client.ask(text)
        result["cpu"] = (self.cpu() - before) / max(1, result["calls"])
        result["rate"] = result["calls"] / result["seconds"]
        return result

    def stop(self):
        self.client.stop()
        self.server.stop()


def emit(metric, value, unit, **more):
    print(json.dumps({"metric": metric, "value": value, "unit": unit, **more}), flush=True)


def measure(mesh, peer):
    """Of each metric, the results of each round: ours, theirs."""
    results = {}
    for number in range(ROUNDS + 1):
        for metric, load, _, _ in LOADS:
            # Who begins alternates: a machine that warms up or slows down favours neither.
            pair = {each: each.load(load) for each in ((mesh, peer) if number % 2 else (peer, mesh))}
            if number:
                results.setdefault(metric, []).append((pair[mesh], pair[peer]))
        resumed = mesh.load(RESUMED)
        if number:
            results.setdefault("handshakes_resumed", []).append((resumed, results["handshakes_full"][-1][1]))
        print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)
    return results


def report(results):
    def beside(metric, key, unit, factor, name, target, goal, note=None):
        ours = [round(pair[0][key] * factor, 2) for pair in results[metric]]
        theirs = [round(pair[1][key] * factor, 2) for pair in results[metric]]
        emit(name, median(ours), unit, peer="swift-nio-ssl", peer_value=median(theirs), target=target, of="ratio", goal=goal, rounds=ours,
             peer_rounds=theirs, **({"note": note} if note else {}))
        return median(ours) / median(theirs)

    ratios = []
    for metric, _, unit, factor in LOADS:
        ratios.append(beside(metric, "rate", unit, factor, metric, TARGET, "at_least"))
    beside("handshakes_resumed", "rate", "handshakes/s", 1, "handshakes_resumed", None, "at_least",
           "the peer has no resumption for clients: this stands beside its full handshakes")
    for metric, _, _, _ in LOADS:
        beside(metric, "cpu", "us", 1, f"cpu_{metric}", None, "at_most")
        beside(metric, "p50Micros", "us", 1, f"p50_{metric}", None, "at_most")
    emit("rpc.tls_vs_nio_ssl", exp(sum(log(ratio) for ratio in ratios) / len(ratios)), "ratio", target=TARGET, goal="at_least",
         note="geometric mean of the ratios with a target", worst=min(ratios))


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "certificates", folder], check=True)
        peers = []
        try:
            for name in ("mesh", "nio-ssl"):
                peers.append(Peer(binary, name, folder))
            report(measure(*peers))
        finally:
            for peer in peers:
                peer.stop()


main()
