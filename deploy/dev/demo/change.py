"""Story b: a change is published as a new flow version; policy wants another role; then it is applied and verified."""

import copy
import time

from client import wait_until
from narrator import expect
from people import decide, ended_run, open_task, refused

FLOW = "change-and-approval"


def proposed(document, note):
    """The same flow with a step that says what this change is about: another meaning, and so another version."""
    changed = copy.deepcopy(document)
    changed["description"] = note
    return changed


def tell(world):
    say, see = world.narrator.say, world.narrator.see
    dana, omar = world.cast.person("dana@acme.example", "acme"), world.cast.person("omar@acme.example", "acme")
    chris = world.cast.person("chris@acme.example", "acme")
    before = omar.get(f"/v1/flows/{FLOW}")
    note = f"Raise the pool size of orders-db to 40 (asked {time.strftime('%Y-%m-%d %H:%M:%S')})"

    broken = copy.deepcopy(before["document"])
    broken["nodes"][0]["next"] = "nowhere"
    problems = omar.post("/v1/flows/validate", {"document": broken})["problems"]
    expect(any(p["severity"] == "error" and p["node"] and p["fix"] for p in problems), f"a broken flow was not explained: {problems}")
    say(f"A draft with an error is refused by name: node {problems[0]['node']}: {problems[0]['message']} ({problems[0]['fix']})")

    answer = dana.post("/v1/flows", {"document": proposed(before["document"], note), "note": note})
    expect(answer["state"] == "awaiting-approval", f"the publish should wait for approval, but: {answer}")
    see(f"Dana publishes version {answer['version_id'][:12]}; policy answers: {answer['reason']}")
    refused(lambda: decide(dana, answer["task_id"], "approve", "Looks good to me"), 403, "SELF_APPROVAL")
    see("Dana tries to approve her own change: refused, SELF_APPROVAL")
    refused(lambda: decide(omar, answer["task_id"], "approve", "Not my role"), 403, "ROLE_REQUIRED")
    decide(chris, answer["task_id"], "approve", "Reviewed")

    def published():
        flow = omar.get(f"/v1/flows/{FLOW}")["flow"]
        return flow if flow["version_id"] == answer["version_id"] and flow["state"] == "published" else None

    flow = wait_until("the new version to be published", published)
    see(f"Chris, a change approver, signs it: version {flow['version_number']} is published")

    request = {
        "title": "Raise the pool size of orders-db", "target": "orders-db", "setting": "pool_size", "value": "40",
        "requested_by": "omar@acme.example", "reason": note,
    }
    run_id = omar.post("/v1/runs", {"flow": FLOW, "input": request})["run_id"]
    item = open_task(chris, run_id)
    refused(lambda: decide(omar, item["task_id"], "approve", "I asked for it, so yes"), 403, "SELF_APPROVAL")
    see("Omar asked for the change; his own approval of it is refused")
    decide(chris, item["task_id"], "approve", "In the window")
    ended = ended_run(omar, run_id)
    expect(ended["state"] == "succeeded", f"the change ended as {ended['state']}: {ended['outcome']}")
    see(f"applied, verified, closed: run {run_id} {ended['outcome']}")
    return ("acme", omar, run_id)
