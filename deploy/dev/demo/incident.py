"""Story a: a signed GitHub webhook starts the incident playbook; containment waits for the person on call."""

import hashlib
import hmac
import json
import time
import urllib.request
import uuid

from client import Refused, send, wait_until
from narrator import expect
from people import decide, ended_run, open_task, refused
from seed import GITHUB_WEBHOOK_SECRET


def issue_opened(number, title):
    """What GitHub sends when an issue is opened, cut to the fields that its documentation always has."""
    owner = {"login": "acme", "id": 5241, "type": "Organization", "html_url": "https://github.com/acme"}
    repository = {
        "id": 901_244, "name": "payments-api", "full_name": "acme/payments-api", "private": True, "owner": owner,
        "html_url": "https://github.com/acme/payments-api", "default_branch": "main",
    }
    issue = {
        "id": 77_000_000 + number, "number": number, "title": title, "state": "open", "locked": False, "comments": 0,
        "user": {"login": "checkout-monitor[bot]", "id": 990_120, "type": "Bot"},
        "labels": [{"id": 11, "name": "incident", "color": "b60205"}, {"id": 12, "name": "sev1", "color": "d93f0b"}],
        "body": "Check checkout-latency has failed for 9 minutes. p95 is 8.4 s, the objective is 1.2 s.",
        "html_url": f"https://github.com/acme/payments-api/issues/{number}", "created_at": "2026-11-23T14:02:11Z",
    }
    return {"action": "opened", "issue": issue, "repository": repository, "organization": owner, "sender": issue["user"]}


def deliver(base_url, tenant, payload, secret=GITHUB_WEBHOOK_SECRET, delivery=None):
    """Posts the event as GitHub would, signed over the raw bytes."""
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/044aadd", "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": delivery or str(uuid.uuid4()), "X-Hub-Signature-256": f"sha256={signature}",
    }
    return json.loads(send(urllib.request.build_opener(), base_url, "POST", f"/v1/hooks/{tenant}/github", body, headers))


def run_titled(person, flow, known):
    """The run of `flow` that was not there before."""

    def look():
        fresh = [run for run in person.get(f"/v1/runs?flow={flow}&limit=50")["items"] if run["id"] not in known]
        return fresh[0] if fresh else None

    return wait_until(f"a new run of {flow}", look)


def run_ids(person, flow):
    return {run["id"] for run in person.all(f"/v1/runs?flow={flow}")}


def tell(world):
    say, see = world.narrator.say, world.narrator.see
    dana, omar = world.cast.person("dana@acme.example", "acme"), world.cast.person("omar@acme.example", "acme")
    payload = issue_opened(int(time.time()) % 100_000, "checkout-latency: p95 above objective for 9 minutes")

    say("A webhook with a wrong signature arrives first.")
    try:
        deliver(world.base_url, "acme", payload, secret="not-the-secret")
        raise AssertionError("a wrongly signed webhook was accepted")
    except Refused as refusal:
        expect(refusal.status == 401, f"expected 401, got {refusal}")
    see("refused with 401; nothing was started")

    known = run_ids(dana, "incident-response")
    delivery = str(uuid.uuid4())
    first = deliver(world.base_url, "acme", payload, delivery=delivery)
    second = deliver(world.base_url, "acme", payload, delivery=delivery)
    expect(first["fresh"] and not second["fresh"], "a repeated delivery was taken twice")
    run = run_titled(omar, "incident-response", known)
    see(f"GitHub's signed event started run {run['id']} once, though it was delivered twice")

    item = open_task(omar, run["id"])
    see(f"Omar, on call, has it in the inbox: {item['title']}")
    steps = {step["node"]: step for step in omar.get(f"/v1/runs/{run['id']}")["steps"]}
    done = [step["title"] or node for node, step in steps.items() if step["type"] == "call" and step["state"] == "succeeded"]
    expect(len(done) >= 2, f"Jira and Slack should have been called before the approval, saw {done}")
    see("done already, allowed by policy: " + "; ".join(done))
    say(f"Why it waits: {omar.get('/v1/runs/' + run['id'])['run']['why_waiting']}")

    refused(lambda: decide(dana, item["task_id"], "approve", "I am no on-call engineer"), 403, "ROLE_REQUIRED")
    see("Dana is an administrator but not on call: her approval is refused")
    decide(omar, item["task_id"], "approve", "Contain it")
    ended = ended_run(omar, run["id"])
    expect(ended["state"] == "succeeded", f"the incident ended as {ended['state']}: {ended['outcome']}")
    see(f"Omar signed exactly what would run; the run closed as {ended['state']}")
    answer = omar.post("/v1/copilot/questions", {"question": "What did this run cost?", "run_id": run["id"]})
    expect(not answer["abstained"], "the copilot found no receipts of the run")
    see(f"copilot: {answer['sentences'][0]['text']} ({len(answer['sentences'][0]['citations'])} receipts cited)")
    return ("acme", omar, run["id"])
