#!/usr/bin/env python3
"""Counts the instructions of one unary call and of its parts, and holds them against loadtests/cost/recorded.json.

    check_cost.py BINARY             fails where a load costs 3 % more than was recorded
    check_cost.py BINARY --record    writes what is counted now as what is expected from here on

A count is the difference of two runs under callgrind, divided by the difference of their times: whatever happens once per process
cancels out. Runs are alike to a few instructions in ten thousand: one thread, one hash seed (SWIFT_DETERMINISTIC_HASHING), no random
addresses (setarch -R). Valgrind shows programs a processor of its own, so that counts of two x86-64 machines are close, but those of
another compiler or C library are not comparable: record anew.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDED = Path(__file__).resolve().parent / "recorded.json"
TOLERANCE_PERCENT = 3
# The larger the difference, the less a table that grows in one of the runs weighs.
TIMES = {"call": (500, 3500), "large": (5, 25), "decode": (500, 5500), "encode": (500, 5500), "frame": (500, 5500)}
SECONDS_MAX = 300


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS_MAX)


def counted(binary, load, times):
    """Instructions of a whole process."""
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    command = ("setarch", "-R", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, load, str(times))
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX)
    found = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode != 0 or not found:
        sys.exit(f"{' '.join(command)} failed:\n{result.stderr[-2000:]}")
    return int(found.group(1))


def measured(binary):
    counts = {}
    for load, (few, many) in TIMES.items():
        counts[load] = round((counted(binary, load, many) - counted(binary, load, few)) / (many - few))
    return counts


def surroundings():
    swift = re.search(r"Swift version (\S+)", run("swift", "--version").stdout)
    return {
        "swift": swift.group(1) if swift else "unknown",
        "valgrind": run("valgrind", "--version").stdout.strip().removeprefix("valgrind-"),
        "libc": os.confstr("CS_GNU_LIBC_VERSION"),
        "machine": os.uname().machine,
    }


def compare(counts, recorded):
    """How many loads cost too much."""
    dearer = 0
    for load, count in counts.items():
        expected = recorded["instructions"][load]
        percent = 100 * (count - expected) / expected
        verdict = "ok"
        if percent > TOLERANCE_PERCENT:
            verdict = "TOO MUCH"
            dearer += 1
        elif percent < -TOLERANCE_PERCENT:
            verdict = "less: record it (make check-cost RECORD=1)"
        print(f"COST rpc.{load} instructions={count} recorded={expected} change={percent:+.2f}% {verdict}")
    return dearer


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--record"]):
        sys.exit(__doc__)
    for tool in ("valgrind", "setarch", "strip"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing: make packages")
    with tempfile.TemporaryDirectory() as folder:
        # Debian's valgrind cannot read the compiler's debug information, and needs none.
        binary = f"{folder}/provable-cost"
        run("strip", "--strip-debug", "-o", binary, sys.argv[1])
        counts = measured(binary)
    here = surroundings()
    if len(sys.argv) == 3:
        RECORDED.write_text(json.dumps({"recorded_with": here, "instructions": counts}, indent=2) + "\n")
        print(f"recorded in {RECORDED.name}: {counts}")
        return
    recorded = json.loads(RECORDED.read_text())
    for what, value in here.items():
        if recorded["recorded_with"].get(what) != value:
            print(f"note: recorded with {what} {recorded['recorded_with'].get(what)}, this is {value}")
    if compare(counts, recorded):
        sys.exit(f"a call costs more than {TOLERANCE_PERCENT} % more instructions than was recorded: find out why, or record it and say why")


main()
