#!/usr/bin/env python3
"""Holds the expression language against celpy on seeded expressions: what has a value has the same value, what has none has none.

One seed is one expression; a difference is printed with its seed and can be seen again with --first SEED --seeds 1 --show. Where celpy
is known to depart from the language definition, and only there, a difference is counted as its own and not as ours: see `departures`.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter

from departures import departure
from expressions import VARIABLES, Expressions
from peer import Refused, evaluate, ordered, variables_of

sys.setrecursionlimit(20_000)
SHOWN = 40


def answers(provable, expressions):
    questions = "".join(json.dumps({"expr": expression, "input": VARIABLES}) + "\n" for expression in expressions)
    done = subprocess.run([*provable.split(), "cel", "serve"], input=questions, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provable", required=True)
    parser.add_argument("--seeds", type=int, default=5_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    variables, counts, departures = variables_of(VARIABLES), Counter(), Counter()
    seeds = range(options.first, options.first + options.seeds)
    expressions = [Expressions(seed).expression() for seed in seeds]
    for seed, expression, answer in zip(seeds, expressions, answers(options.provable, expressions), strict=True):
        reason = ""
        try:
            expected = ordered(evaluate(expression, variables))
        except Refused as refusal:
            expected, reason = None, str(refusal)
        found = ordered(answer["value"]) if "value" in answer else None
        counts["values" if found else "errors"] += 1
        if options.show:
            print(expression, "\nours:", answer, "\npeer:", expected or reason)
        if found == expected:
            continue
        known = departure(answer, expected, reason)
        if known:
            departures[known] += 1
            continue
        counts["differences"] += 1
        if counts["differences"] <= SHOWN:
            print(f"seed {seed}: {expression}\n  ours {answer.get('text', answer.get('message'))}, peer {expected or reason}")
    for known, times in sorted(departures.items()):
        print(f"celpy departs {times} times: {known}")
    agreed = options.seeds - counts["differences"] - sum(departures.values())
    print(f"differential cel: {options.seeds} expressions, {counts['values']} with a value, {counts['errors']} with an error, {agreed} agreed, {counts['differences']} differences")
    sys.exit(1 if counts["differences"] else 0)


if __name__ == "__main__":
    main()
