"""The two engines, asked the same: each answers the decisions of a trace, or says that it refuses the policies."""

import json
import resource
import subprocess

from cases import SCHEMA
from dogwood import native

MEMORY = 6_000_000_000
SECONDS = 300


def entity(name):
    return {"type": "D::U", "id": name}


def question(case, resume_every=0):
    events = []
    for event in case.events:
        given = {
            "user": event["user"], "amount": event["amount"], "flag": event["flag"], "score": {"__extn": {"fn": "decimal", "arg": event["score"]}},
            "owner": {"__entity": entity(event["owner"])}, "deep": {"a": event["deep"][0], "b": event["deep"][1]},
        }
        if event["opt"] is not None:
            given["opt"] = event["opt"]
        told = {
            "time": event["told"], "kind": event["kind"], "action": {"type": "D::Action", "id": event["action"]}, "principal": entity(event["principal"]),
            "resource": {"type": "D::G", "id": "g"}, "input": given, "fields": {"requestId": event["id"], "sessionId": "s"},
        }
        if event["kind"] == "response":
            told["output"] = {"ok": event["ok"], "total": event["amount"]}
        events.append(told)
    asked = {"policies": case.policies, "events": events, "event_schema": case.event_schema or "dogwood"}
    if resume_every:
        asked["resume_every"] = resume_every
    return asked


def trace(case):
    lines = []
    for event in case.events:
        given = f'user: "{event["user"]}", amount: {event["amount"]}, flag: {str(event["flag"]).lower()}, score: {event["score"]}'
        given += f', owner: D::U::"{event["owner"]}", deep: {{ a: {event["deep"][0]}, b: "{event["deep"][1]}" }}'
        if event["opt"] is not None:
            given += f', opt: "{event["opt"]}"'
        line = f'@{event["time"]} scope(principal: D::U::"{event["principal"]}", resource: D::G::"g") request_context(input: {{ {given} }}) '
        line += f'D::Action::"{event["action"]}"::{event["kind"]}(input: {{ {given} }}'
        if event["kind"] == "response":
            line += f', output: {{ ok: {str(event["ok"]).lower()}, total: {event["amount"]} }}'
        line += f', callerPrincipal: D::U::"{event["principal"]}", callerResource: D::G::"g", requestId: "{event["id"]}", sessionId: "s")'
        lines.append(line)
    return "\n".join(lines)


def peer(case):
    try:
        told = native.replay(case.policies, SCHEMA, trace(case), case.event_schema)
    except (ValueError, RuntimeError) as error:
        return "policies", str(error)
    return ["Allow" if line.endswith("true") else "Deny" for line in told.splitlines()], ""


class Ours:
    def __init__(self, command):
        self.command = command

    def answers(self, questions):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        lines = "".join(json.dumps(each) + "\n" for each in questions)
        done = subprocess.run(self.command, input=lines.encode(), capture_output=True, timeout=SECONDS, preexec_fn=limit)
        answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
        if done.returncode != 0 or len(answers) != len(questions):
            raise RuntimeError(f"ended with {done.returncode} after {len(answers)} of {len(questions)} answers: {done.stderr.decode()[-500:]}")
        return answers
