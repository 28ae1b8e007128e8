"""Replaces the certificate of every service of a running platform, several times and the root twice, while people use the public API; no
request may fail, and new connections must present the new certificate within two seconds.

    python3 Tests/EndToEnd/tls/rotation.py --state .provable

Exit code 1 where a request failed or a service went on with an old certificate.
"""

import argparse
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import threading
import time

from mesh import Mesh

HERE = pathlib.Path(__file__).resolve().parent
_specification = importlib.util.spec_from_file_location("rolling", HERE.parent / "rolling" / "run.py")
rolling = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(rolling)

# Of the look at the files, and a second for a busy machine.
TAKEN_WITHIN = 3.0


class Rotation:
    def __init__(self, mesh, provable, tally):
        self.mesh, self.provable, self.tally = mesh, provable, tally
        self.slowest = 0.0
        self.taken = 0
        self.late = []

    def pki(self, *arguments):
        done = subprocess.run(
            [self.provable, "pki", *arguments, "--dir", str(self.mesh.pki), "--validity", "30d"], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)

    def serials(self):
        return {service: self.mesh.greeted(port)["serialNumber"] for service, port in self.mesh.ports.items()}

    def replace(self, what, services, act):
        """Does `act` and waits until each of `services` presents another certificate than before."""
        self.tally.phase = what
        requests, failed = sum(self.tally.counts.values()), len(self.tally.failures)
        before = self.serials()
        act()
        started = time.monotonic()
        waiting = set(services)
        while waiting and time.monotonic() - started < TAKEN_WITHIN:
            now = self.serials()
            waiting = {service for service in waiting if now[service] == before[service]}
            time.sleep(0.05)
        seconds = time.monotonic() - started
        self.slowest = max(self.slowest, seconds)
        self.taken += len(services) - len(waiting)
        if waiting:
            self.late.append(f"{what}: {', '.join(sorted(waiting))}")
        # While connections are made anew.
        time.sleep(1)
        print(
            f"{what}: {len(services) - len(waiting)} of {len(services)} presented in {seconds:.1f} s;"
            f" {sum(self.tally.counts.values()) - requests} requests meanwhile, {len(self.tally.failures) - failed} failed", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    arguments.add_argument("--users", type=int, default=8)
    arguments.add_argument("--pause", type=float, default=0.05, help="seconds between two requests of a user")
    arguments.add_argument("--rounds", type=int, default=4)
    options = arguments.parse_args()
    mesh = Mesh(options.state)
    told = json.loads((mesh.state / "dev.json").read_text())
    tally, stop = rolling.Tally(), threading.Event()
    # Each with a session of its own, because requests are limited per session.
    people = [rolling.Person(told["gateway_url"], "dana@acme.example", "acme") for _ in range(options.users)]
    works = rolling.works()
    users = [
        rolling.User(person, works[index % len(works):] + works[:index % len(works)], tally, stop, options.pause)
        for index, person in enumerate(people)
    ]
    for user in users:
        user.start()
    time.sleep(2)
    rotation = Rotation(mesh, told["provable"], tally)
    services = sorted(mesh.ports)
    for number in range(1, options.rounds + 1):
        rotation.replace(f"all at once, round {number}", services, lambda: rotation.pki("rotate"))
        for service in random.sample(services, len(services)):
            rotation.replace(f"{service} alone, round {number}", [service], lambda name=service: rotation.pki("issue", name))
    # What was signed by the first root is worth nothing after the second time.
    for time_ in ("a new root beside the old one", "the old root dropped"):
        rotation.replace(time_, services, lambda: rotation.pki("rotate", "--root"))
    tally.phase = "after"
    time.sleep(3)
    stop.set()
    for user in users:
        user.join(60)
    for line in tally.failures[:20] + [f"not taken: {line}" for line in rotation.late]:
        print("FAILED " + line)
    print(
        f"{sum(tally.counts.values())} requests, {len(tally.failures)} failed, slowest {tally.slowest:.2f} s;"
        f" {rotation.taken} certificates taken, at most {rotation.slowest:.1f} s after they were written")
    return 1 if tally.failures or rotation.late else 0


if __name__ == "__main__":
    sys.exit(main())
