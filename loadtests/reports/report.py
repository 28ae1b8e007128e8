#!/usr/bin/env python3
"""Turns measurements into BENCH lines and loadtests/results/AREA.json: report.py AREA < measurements.

Each line of the input is one JSON object:

    {"metric": "throughput_c64", "value": 41000, "unit": "rps",        required
     "peer": "grpc-swift-2", "peer_value": 5000,                       what it stands beside; ratio = value / peer_value
     "target": 4, "of": "ratio", "goal": "at_least",                   of: ratio or value; goal: at_least or at_most
     "rounds": [40000, 41000], "note": "...", "invalid": "reason"}     kept in the file; invalid: the figure says nothing

and prints

    BENCH <area>.<metric> value=<n> unit=<u> peer=<name>:<n> ratio=<r> target=<t> met|missed|recorded|INVALID

A missed target does not fail the run: a miss is a figure to be told, and noise on a shared machine is no defect.
"""

import json
import os
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "results"


def number(value):
    """Four significant digits are more than a run repeats."""
    if value is None:
        return "none"
    if value != 0 and abs(value) < 1000:
        return f"{float(f'{value:.4g}'):g}"
    return f"{value:.0f}"


def ratio(entry):
    peer = entry.get("peer_value")
    return entry["value"] / peer if peer else None


def verdict(entry):
    if entry.get("invalid"):
        return "INVALID"
    if entry.get("target") is None:
        return "recorded"
    measured = ratio(entry) if entry.get("of", "value") == "ratio" else entry["value"]
    if measured is None:
        return "INVALID"
    at_least = entry.get("goal", "at_most") == "at_least"
    return "met" if (measured >= entry["target"] if at_least else measured <= entry["target"]) else "missed"


def full_name(area, entry):
    """A metric that belongs to another area than the bench that measures it says so itself."""
    return entry["metric"] if "." in entry["metric"] else f"{area}.{entry['metric']}"


def line(area, entry):
    peer = f"{entry.get('peer', 'none')}:{number(entry.get('peer_value') or 0)}"
    return (
        f"BENCH {full_name(area, entry)} value={number(entry['value'])} unit={entry['unit']} peer={peer}"
        f" ratio={number(ratio(entry) or 0)} target={number(entry.get('target'))} {verdict(entry)}"
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    area = sys.argv[1]
    entries = [json.loads(text) for text in sys.stdin if text.strip()]
    if not entries:
        sys.exit(f"nothing was measured for {area}")
    for entry in entries:
        print(line(area, entry))
        if entry.get("invalid"):
            print(f"  {entry['metric']}: {entry['invalid']}")
    metrics = [
        {**entry, "metric": full_name(area, entry), "ratio": ratio(entry), "verdict": verdict(entry)} for entry in entries
    ]
    report = {
        "area": area,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": os.cpu_count(),
        "load_average": list(os.getloadavg()),
        "metrics": metrics,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{area}.json").write_text(json.dumps(report, indent=1) + "\n")


main()
