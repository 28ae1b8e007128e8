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


class Translation:
    """Cedar text to JSON and back: both engines must write the same JSON, and read in each other's texts what they wrote. They also lay
    a text out in the same way."""

    @staticmethod
    def asked(case):
        try:
            case.json = json.loads(cedarpy.policies_to_json_str(case.policies))
        except ValueError:
            case.json = None
        there = {"op": "to-json", "policies": case.policies}
        back = {"op": "from-json", "policies": json.dumps(case.json or {})}
        return [there, back, {"op": "format", "policies": case.policies}]

    @staticmethod
    def difference(case, answers):
        """What is otherwise than the peer has it, or nothing."""
        there, back, laid_out = answers
        if case.json is None:
            return None if there.get("refused") == laid_out.get("refused") == "policies" else "the peer refuses it"
        if there.get("json") != case.json:
            return f"to JSON: {there}, peer {case.json}"
        if "refused" in back:
            # Both refuse nesting beyond what their JSON readers take.
            return None if refuses(case.json) else f"from JSON: {back}"
        if back["json"] != case.json:
            return f"from JSON and back: {back['json']}, peer {case.json}"
        text = json.loads(cedarpy.policies_to_json_str(back["text"]))
        if bodies(text) != bodies(case.json):
            return f"from JSON to text: {back['text']}, peer {case.json}"
        # Ours names a limit of nesting for what it lays out.
        if "nested deeper" not in laid_out.get("message", "") and laid_out.get("text") != cedarpy.format_policies(case.policies):
            return f"laid out: {laid_out}, peer {cedarpy.format_policies(case.policies)}"
        return None


def refuses(value):
    try:
        cedarpy.PolicySet.from_json_str(json.dumps(value))
        return False
    except ValueError:
        return True


def bodies(value):
    """The policies without their ids and their order: in a text they are counted anew."""
    return sorted(json.dumps(policy, sort_keys=True) for part in ("templates", "staticPolicies") for policy in value[part].values())


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
