"""The two engines, asked the same: each answers a list with (decision, reasons, errors) for every request, or says what it refused."""

import json
import re
import resource
import subprocess

import cedarpy

MEMORY = 6_000_000_000
SECONDS = 600

# The kinds of fault, by how the peer words them.
KINDS = [
    ("overflow", re.compile(r"integer overflow")), ("arity", re.compile(r"wrong number of arguments")),
    ("extension", re.compile(r"error while evaluating `\w+` extension function")), ("type", re.compile(r"^type error")),
    ("entity", re.compile(r"^entity `(.|\n)*` does not exist$")), ("tag", re.compile(r"does not have the tag")), ("attribute", re.compile(r"does not have the attribute")),
]
FAULT = re.compile(r"^error while evaluating policy `(link\d+-\d+|policy\d+)`: (.*)$", re.DOTALL)


def asked(case):
    return {"op": "authorize", "policies": case.policies, "links": case.links, "entities": case.entities, "requests": case.requests}


class Ours:
    """Asks one process about many cases."""

    def __init__(self, provable):
        self.provable = provable

    def answers(self, questions):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run([self.provable, "cedar", "serve"], input=lines.encode(), capture_output=True, timeout=SECONDS, preexec_fn=limit)
        answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
        if done.returncode != 0 or len(answers) != len(questions):
            raise RuntimeError(f"ended with {done.returncode} after {len(answers)} of {len(questions)} answers: {done.stderr.decode()[-500:]}")
        return answers


def authorize(answer):
    if "refused" in answer:
        return answer["refused"]
    return [
        each["refused"] if "refused" in each else (each["decision"], each["reasons"], [tuple(fault) for fault in each["errors"]])
        for each in answer["answers"]
    ]


def kind(message):
    return next((name for name, words in KINDS if words.search(message)), "unknown: " + message)


def peer(case):
    try:
        policies = cedarpy.PolicySet.from_str(case.policies)
    except ValueError:
        return "policies"
    try:
        policies = policies.with_linked_batch(case.links)
    except ValueError:
        return "links"
    try:
        entities = cedarpy.Entities.from_json_str(case.entities)
    except ValueError:
        return "entities"
    return [one(result) for result in cedarpy.is_authorized_batch(case.requests, policies, entities)]


def one(result):
    if result.decision == cedarpy.Decision.NoDecision:
        return "request"
    faults = []
    for error in result.diagnostics.errors:
        found = FAULT.match(error)
        faults.append((found[1], kind(found[2])) if found else (error, ""))
    return (result.decision.value.lower(), sorted(result.diagnostics.reasons), sorted(faults))
