"""Attacks TLS at every port of the mesh of a running platform: scanned, then handshakes that are broken in every way that is known here.
After each, the port must greet a client that behaves. Needs sslscan and the packages of requirements.txt.

    python Tests/EndToEnd/tls/run.py --state .provable
"""

import argparse
import sys

import broken
import scans
from mesh import Mesh


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    options = arguments.parse_args()
    mesh = Mesh(options.state)
    failures = []

    def report(what, problems):
        print(f"{'ok    ' if not problems else 'FAILED'} {what}" + "".join(f"\n         {problem}" for problem in problems), flush=True)
        failures.extend(f"{what}: {problem}" for problem in problems)

    for service, port in mesh.ports.items():
        report(f"{service} scanned at {port}", scans.scan(service, port) + lives(mesh, port))
    forger = broken.Forger(mesh)
    cases = broken.cases(mesh, forger)
    for name, act, expected in cases:
        # Every port has the same code before it; one that differs would show here.
        for service, port in mesh.ports.items():
            came = act(port)
            isRight = came not in broken.FORBIDDEN and (expected is broken.Any or came in expected)
            problems = [] if isRight else [f"it came to `{came}`"]
            report(f"{name}, {service}: {came}", problems + lives(mesh, port))
    print(f"{len(mesh.ports)} ports, {len(cases)} broken handshakes at each, {len(failures)} failures")
    return 1 if failures else 0


def lives(mesh, port):
    try:
        mesh.greeted(port)
        return []
    except (OSError, EOFError, AssertionError) as error:
        return [f"the port no longer serves: {error}"]


if __name__ == "__main__":
    sys.exit(main())
