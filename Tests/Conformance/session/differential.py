#!/usr/bin/env python3
"""Holds session rules against dogwood-py on seeded cases: the decision of every request of every trace, and which policies are refused.

One seed is one case; a difference is printed with its seed and can be seen again with --first SEED --seeds 1 --show. Every other case is
also run with the state stored and read again after every third event, which must change nothing.
"""

import argparse
import sys
import time
from collections import Counter

from cases import Case
from peers import Ours, peer, question

SHOWN = 40
RESUMED = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provable", required=True)
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further batch after so long")
    parser.add_argument("--show", action="store_true", help="print each case and both answers")
    options = parser.parse_args()
    ours = Ours([options.provable, "cedar", "session", "--serve"])
    began = time.monotonic()
    counts = Counter()
    for start in range(options.first, options.first + options.seeds, options.batch):
        if time.monotonic() - began > options.seconds:
            break
        cases = [Case(seed) for seed in range(start, min(start + options.batch, options.first + options.seeds))]
        answers = ours.answers([question(case, RESUMED if case.seed % 2 else 0) for case in cases])
        for case, answer in zip(cases, answers):
            expected, why = peer(case)
            found = answer.get("refused") or answer["decisions"]
            counts["cases"] += 1
            counts["refused"] += expected == "policies"
            counts["decisions"] += 0 if isinstance(expected, str) else len(expected)
            counts["allowed"] += 0 if isinstance(expected, str) else expected.count("Allow")
            if options.show:
                print(case.policies, case.event_schema, *case.events, f"ours: {answer}", f"peer: {expected} {why}", sep="\n")
            if found != expected:
                counts["differences"] += 1
                if counts["differences"] <= SHOWN:
                    print(f"seed {case.seed}: ours {found} {answer.get('message', '')}, peer {expected} {why}")
    seconds = time.monotonic() - began
    print(
        f"session rules: {counts['cases']} cases, {counts['decisions']} decisions, {counts['allowed']} allowed, {counts['refused']} refused by both, "
        f"{counts['differences']} differences, {seconds:.0f} s"
    )
    sys.exit(1 if counts["differences"] else 0)


main()
