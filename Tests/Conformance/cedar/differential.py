#!/usr/bin/env python3
"""Holds the policy engine against cedarpy on seeded cases: decisions, determining policies, erring policies and why they err, and validation.

One seed is one case; a difference is printed with its seed and can be seen again with --first SEED --seeds 1 --show.
"""

import argparse
import sys
import time
from collections import Counter

from cases import Case
from peers import Ours, Translation, asked, authorize, peer
from schemas import SchemaCase
import validation

sys.setrecursionlimit(20_000)
SHOWN = 40
# Of so many batches one is also translated, which costs more than deciding it.
TRANSLATED = 8
# After so many batches it says how far it is.
TOLD = 20


def decide(cases, ours, options, counts):
    for case, answer in zip(cases, ours.answers([asked(case) for case in cases])):
        found, expected = authorize(answer), peer(case)
        counts["requests"] += len(case.requests)
        counts["refused"] += isinstance(expected, str)
        if options.show:
            print(case.policies, case.links, case.entities, case.requests, sep="\n")
            print("ours:", answer, "\npeer:", expected)
        if found != expected:
            differs(case, told(found, expected, answer), counts)


def translate(cases, ours, counts):
    questions = [Translation.asked(case) for case in cases]
    answers = ours.answers([question for asked in questions for question in asked])
    for index, case in enumerate(cases):
        counts["translated"] += 1
        difference = Translation.difference(case, answers[3 * index : 3 * index + 3])
        if difference:
            differs(case, difference, counts)


def validate(seeds, ours, options, counts):
    cases = [SchemaCase(seed) for seed in seeds]
    for case, answer in zip(cases, ours.answers([validation.asked(case) for case in cases])):
        counts["validated"] += 1
        counts["schemas refused"] += case.peer_schema is None
        counts["valid"] += answer.get("valid") is True
        difference = validation.difference(case, answer)
        if options.show:
            print(case.schema, case.policies, case.links, case.entities, case.requests, sep="\n")
            print("ours:", answer)
        if difference:
            differs(case, "validation: " + difference, counts)


def differs(case, text, counts):
    counts["differences"] += 1
    if counts["differences"] <= SHOWN:
        print(f"seed {case.seed}: {text}")


def told(found, expected, answer):
    """The first request that is answered otherwise, or what only one of the two refused."""
    if isinstance(found, str) or isinstance(expected, str) or len(found) != len(expected):
        return f"ours {found} {answer.get('message', '')}, peer {expected}"
    at = next(index for index, pair in enumerate(zip(found, expected)) if pair[0] != pair[1])
    return f"request {at}: ours {found[at]} {answer['answers'][at].get('message', '')}, peer {expected[at]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provable", required=True)
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--show", action="store_true", help="print each case and both answers")
    options = parser.parse_args()
    ours = Ours(options.provable)
    began = time.monotonic()
    counts = Counter()
    for start in range(options.first, options.first + options.seeds, options.batch):
        seeds = range(start, min(start + options.batch, options.first + options.seeds))
        validate(seeds, ours, options, counts)
        cases = [Case(seed) for seed in seeds]
        decide(cases, ours, options, counts)
        if start // options.batch % TRANSLATED == 0:
            translate(cases, ours, counts)
        if (start - options.first) // options.batch % TOLD == TOLD - 1:
            print(f"differential: {start + len(cases) - options.first} cases so far, {counts['differences']} differences", file=sys.stderr, flush=True)
    seconds = time.monotonic() - began
    print(
        f"differential: {options.seeds} cases, {counts['requests']} requests, {counts['refused']} refused by both, "
        f"{counts['translated']} translated, {counts['validated']} validated ({counts['valid']} valid, {counts['schemas refused']} schemas refused by both), "
        f"{counts['differences']} differences, {seconds:.0f} s"
    )
    sys.exit(1 if counts["differences"] else 0)


main()
