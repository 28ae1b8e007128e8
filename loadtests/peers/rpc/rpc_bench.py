#!/usr/bin/env python3
"""The RPC beside grpc-swift-2 and a bare framed echo, in turns; writes one measurement a line for loadtests/reports/report.py.

Every peer has a server and a client process of its own, with one event loop each, and the same certificates. In each round each
peer has its turn at each number of calls in flight, so that whatever else the machine does hits all of them. Figures are medians
over the rounds. Environment: ROUNDS (5), SECONDS_EACH (2), OVERLOAD_SECONDS (30), ONLY (all, or echo, cancel, mixed, overload),
SECONDS_MAX (480), after which the run ends with what it has.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from statistics import median

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS_EACH", "2"))
OVERLOAD_SECONDS = float(os.environ.get("OVERLOAD_SECONDS", "30"))
ONLY = os.environ.get("ONLY", "all")
SECONDS_MAX = int(os.environ.get("SECONDS_MAX", "480"))
IN_FLIGHT = (1, 16, 64)
GRPC = ("grpc", "grpc-immediate")
PEERS = ("mesh", *GRPC, "bare")
# A handler that computes so long: then the server's working places are what is scarce, and not the generator.
WORK_MICROS = 1000
LARGE_BYTES = (4 << 20) - 4096


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
        self.name = name
        self.server = Process(binary, "serve", name, folder)
        port = self.server.line()
        self.client = Process(binary, "drive", name, folder, port)
        # It says so when every echo came back as it was sent.
        if self.client.line() != "ready":
            raise SystemExit(f"{name}: the echo is not equal to what was sent")

    def cpu(self):
        return self.server.ask("usage")["cpuMicros"] + self.client.ask("usage")["cpuMicros"]

    def load(self, text):
        before = self.cpu()
        result = self.client.ask(text)
        result["cpu"] = (self.cpu() - before) / max(1, result["calls"])
        result["rps"] = result["calls"] / result["seconds"]
        return result

    def stop(self):
        self.client.stop()
        self.server.stop()


def log(text):
    print(text, file=sys.stderr, flush=True)


# Of the last minute, before anything of this run.
LOAD_BEFORE = round(os.getloadavg()[0], 2)


def emit(metric, value, unit, **more):
    print(json.dumps({"metric": metric, "value": value, "unit": unit, "load_before": LOAD_BEFORE, **more}), flush=True)


def out_of_time(*_):
    raise SystemExit(f"the run took more than {SECONDS_MAX} s: what is measured so far is reported")


def echoes(peers):
    rounds = {}
    for number in range(ROUNDS + 1):
        for in_flight in IN_FLIGHT:
            for peer in peers:
                result = peer.load(f"closed {in_flight} {SECONDS if number else 0.5}")
                # The first round warms caches, pools and branch predictors.
                if number:
                    rounds.setdefault((peer.name, in_flight), []).append(result)
    for (name, in_flight), results in sorted(rounds.items()):
        figures = {key: median(result[key] for result in results) for key in ("rps", "p50Micros", "p95Micros", "p99Micros", "cpu")}
        log(f"{name:15} {in_flight:3} in flight: {figures['rps']:8.0f} rps  p50 {figures['p50Micros']:7.0f}  p95 {figures['p95Micros']:7.0f}"
            f"  p99 {figures['p99Micros']:7.0f} us  cpu {figures['cpu']:6.1f} us/call")
    return rounds


def report_echoes(rounds):
    def of(name, in_flight, key):
        return [round(result[key], 1) for result in rounds[(name, in_flight)]]

    def beside(metric, in_flight, key, unit, target, goal):
        best = (max if goal == "at_least" else min)(GRPC, key=lambda name: (median(of(name, in_flight, key))))
        emit(metric, median(of("mesh", in_flight, key)), unit, peer=f"grpc-swift-2/{'coalescing' if best == 'grpc' else 'immediate'}",
             peer_value=median(of(best, in_flight, key)), target=target, of="ratio", goal=goal, rounds=of("mesh", in_flight, key),
             peer_rounds={name: of(name, in_flight, key) for name in (*GRPC, "bare")})

    beside("throughput_c64", 64, "rps", "rps", 4, "at_least")
    emit("throughput_of_floor_c64", median(of("mesh", 64, "rps")), "rps", peer="bare-echo", peer_value=median(of("bare", 64, "rps")),
         target=0.3, of="ratio", goal="at_least")
    beside("p95_c64", 64, "p95Micros", "us", 0.25, "at_most")
    beside("p50_c1", 1, "p50Micros", "us", 0.5, "at_most")
    beside("cpu_per_call", 64, "cpu", "us", 0.25, "at_most")
    for in_flight in IN_FLIGHT:
        for key, unit, goal in (("rps", "rps", "at_least"), ("p50Micros", "us", "at_most"), ("p95Micros", "us", "at_most"),
                                ("p99Micros", "us", "at_most"), ("cpu", "us", "at_most")):
            beside(f"all_{key.removesuffix('Micros')}_c{in_flight}", in_flight, key, unit, None, goal)


def cancellations(mesh):
    asked = {}
    for number in range(ROUNDS):
        asked |= mesh.client.ask(f"cancel 100 round{number}")
    heard = mesh.server.ask("cancellations")
    # The last one may be on its way.
    for _ in range(50):
        if all(name in heard for name in asked):
            break
        time.sleep(0.1)
        heard = mesh.server.ask("cancellations")
    lost = [name for name in asked if name not in heard]
    delays = sorted((heard[name] - asked[name]) / 1e6 for name in asked if name in heard)
    emit("cancel_p99", delays[len(delays) * 99 // 100], "ms", target=5, goal="at_most", p50=median(delays), calls=len(asked),
         **({"invalid": f"{len(lost)} handlers never heard of it"} if lost else {}))


def mixed(mesh):
    alone, beside = [], []
    for _ in range(ROUNDS):
        alone.append(mesh.load(f"closed 64 {SECONDS}"))
        beside.append(mesh.load(f"mixed 64 {SECONDS} {LARGE_BYTES}"))
    emit("mixed_small_p95", median(result["p95Micros"] for result in beside), "us", peer="without-large-reply",
         peer_value=median(result["p95Micros"] for result in alone), target=2, of="ratio", goal="at_most",
         rounds=[result["p95Micros"] for result in beside], peer_rounds=[result["p95Micros"] for result in alone])


def overload(mesh):
    saturation = median(mesh.load(f"work 64 {SECONDS} {WORK_MICROS}")["rps"] for _ in range(max(3, ROUNDS)))
    result = mesh.load(f"overload {2 * saturation:.0f} {OVERLOAD_SECONDS} {WORK_MICROS}")
    offered = result["calls"] + result["failed"]
    exhausted = sum(count for status, count in result["statuses"].items() if status.startswith("RESOURCE_EXHAUSTED/"))
    log(f"overload: {offered} offered, {result['calls']} answered, {result['late']} sent late, {result['statuses']}")
    invalid = {"invalid": f"{result['late']} of {offered} calls were sent late"} if result["late"] > offered / 50 else {}
    goodput = result["calls"] / OVERLOAD_SECONDS
    emit("overload_goodput", 100 * goodput / saturation, "percent", target=80, goal="at_least", saturation_rps=saturation,
         offered_rps=2 * saturation, statuses=result["statuses"], p95_us=result["p95Micros"], **invalid)
    emit("overload_refused_as_exhausted", 100 * exhausted / max(1, result["failed"]), "percent", target=99, goal="at_least", **invalid)
    emit("overload_server_memory", mesh.server.ask("usage")["residentKiBMax"] / 1024, "MiB", target=256, goal="at_most")


def main():
    binary = sys.argv[1]
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(SECONDS_MAX)
    if LOAD_BEFORE > 0.5:
        log(f"the machine is busy (load {LOAD_BEFORE}): throughput and latency say little, CPU per call a little more")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "certificates", folder], check=True)
        peers = []
        try:
            if ONLY in ("all", "echo"):
                for name in PEERS:
                    peers.append(Peer(binary, name, folder))
                report_echoes(echoes(peers))
                for peer in peers:
                    peer.stop()
            # A server that has done nothing else, so that its memory is that of this load.
            for name, scenario in (("cancel", cancellations), ("mixed", mixed), ("overload", overload)):
                if ONLY in ("all", name):
                    peers.append(Peer(binary, "mesh", folder))
                    scenario(peers[-1])
                    peers[-1].stop()
        finally:
            for peer in peers:
                peer.stop()


main()
