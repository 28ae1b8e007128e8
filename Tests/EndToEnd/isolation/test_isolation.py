"""Another tenant asks every route for what is acme's. Nothing comes back, nothing changes, and each refusal is in the security log."""

import json
import re
import time

import pytest

OWNER = ("dana@acme.example", "acme")
STRANGERS = [("nora@northwind.example", "northwind-agency"), ("nora@northwind.example", "contoso")]
MANY = 8

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ACME = "0192f000-0000-7000-8000-000000000001"

# Routes by what they are asked for. One that the document has and this table has not fails the test: it has to be thought about.
BY_ID = {
    "GET /v1/runs/{id}": "run", "GET /v1/runs/{id}/cost": "run", "GET /v1/runs/{id}/receipts": "run", "GET /v1/runs/{id}/bundle": "run",
    "POST /v1/runs/{id}/cancel": "run", "POST /v1/runs/{id}/pause": "run", "POST /v1/runs/{id}/resume": "run",
    "POST /v1/runs/{id}/variables": "run", "POST /v1/runs/{id}/steps/{seq}/skip": "run", "POST /v1/runs/{id}/steps/{seq}/fork": "run",
    "GET /v1/tasks/{id}": "task", "POST /v1/tasks/{id}/decision": "task", "GET /v1/receipts/{id}": "receipt",
    "GET /v1/flows/{name}": "flow", "GET /v1/decisions/{id}": "decision", "GET /v1/decisions/{id}/explanation": "decision",
    "GET /v1/policies/bundles/{digest}": "bundle", "POST /v1/policies/bundles/{digest}/activation": "bundle",
    "POST /v1/policies/activations/{id}/decision": "activation",
}
LISTS = [
    "/v1/inbox", "/v1/inbox?state=closed", "/v1/runs", "/v1/receipts", "/v1/flows", "/v1/operations", "/v1/connections", "/v1/decisions",
    "/v1/anomalies", "/v1/budgets", "/v1/throttles", "/v1/policies/bundles", "/v1/policies/activations",
]
SINGLE = ["/v1/session", "/v1/checkpoint", "/v1/trust", "/v1/policies/active", "/v1/policies/settings", "/v1/policies/shadow", "/v1/policies/proposals", "/v1/policies/connector-schema", "/v1/costs"]
APART = {
    "GET /v1/events": "test_the_stream_tells_only_its_own",
    "GET /v1/security-events": "it rightly holds the ids that were asked for",
    "GET /.well-known/authzen-configuration": "the same for everybody",
    "POST /access/v1/evaluation": "authzen/test_scenario.py: test_the_tenant_is_that_of_the_token",
    "POST /access/v1/evaluations": "as the evaluation", "POST /access/v1/search/subject": "as the evaluation",
    "POST /access/v1/search/resource": "as the evaluation", "POST /access/v1/search/action": "as the evaluation",
    "POST /access/v1/requests": "authzen/test_approvals.py: test_requests_are_held_against_their_denial",
    "GET /access/v1/requests/{id}": "authzen/test_approvals.py: test_nobody_but_the_role_decides",
    "POST /access/v1/requests/{id}/cancel": "as reading it", "GET /v1/access-requests/{id}": "as reading it",
    "POST /v1/access-requests/{id}/decision": "as reading it", "GET /v1/access-requests": "as reading one of them",
    "GET /v1/auth/dev/people": "the same for everybody, and only in development", "GET /openapi.json": "the same for everybody",
    "POST /v1/auth/dev/sign-in": "test_writes_that_name_the_other_tenant", "POST /v1/session/tenant": "test_writes_that_name_the_other_tenant",
    "POST /v1/runs": "test_writes_that_name_the_other_tenant", "POST /v1/runs/control": "test_a_bulk_change_sees_only_its_own", "POST /v1/hooks/{tenant}/{connector}": "test_writes_that_name_the_other_tenant",
    "POST /v1/copilot/questions": "test_the_copilot_knows_only_its_own", "POST /v1/flows": "test_writes_stay_in_their_tenant",
    "POST /v1/flows/validate": "test_writes_stay_in_their_tenant", "POST /v1/costs/points": "test_writes_stay_in_their_tenant",
    "PUT /v1/budgets/{scope}": "test_writes_stay_in_their_tenant", "PUT /v1/policies": "test_writes_stay_in_their_tenant",
    "GET /v1/policies/diff": "test_bundles_of_another_tenant_are_not_compared_and_not_replayed",
    "POST /v1/policies/replays": "test_bundles_of_another_tenant_are_not_compared_and_not_replayed",
    "PUT /v1/policies/shadow": "test_bundles_of_another_tenant_are_not_compared_and_not_replayed",
    "PUT /v1/policies/settings": "test_writes_stay_in_their_tenant", "POST /v1/policies/check": "test_writes_stay_in_their_tenant",
    "POST /v1/policies/bundles": "test_writes_stay_in_their_tenant",
    "POST /v1/policies/connector-schema/changes": "test_writes_stay_in_their_tenant",
    "POST /v1/policies/proposals/{id}/dismissal": "test_writes_stay_in_their_tenant",
    "GET /v1/policies/replays/{id}": "test_writes_stay_in_their_tenant",
    "PUT /v1/connections/{connector}": "test_writes_stay_in_their_tenant", "DELETE /v1/session": "ends the asker's own session",
}


class Property:
    """What acme has, and which of it nobody else may ever see."""

    def __init__(self, owner):
        self.owner = owner
        runs = owner.all("/v1/runs")
        details = [owner.get(f"/v1/runs/{run['id']}") for run in runs[:MANY]]
        self.ids = {
            "run": [run["id"] for run in runs[:MANY]],
            "task": [step["task_id"] for detail in details for step in detail["steps"] if step["task_id"]][:MANY],
            "receipt": [receipt["id"] for receipt in owner.get(f"/v1/receipts?limit={MANY}")["items"]],
            "flow": [flow["name"] for flow in owner.all("/v1/flows")],
            "decision": [decision["id"] for decision in owner.get(f"/v1/decisions?limit={MANY}")["items"]],
            "bundle": [bundle["digest"] for bundle in owner.get(f"/v1/policies/bundles?limit={MANY}")["items"]],
            "activation": [each["id"] for each in owner.get(f"/v1/policies/activations?limit={MANY}")["items"]],
        }
        assert self.ids["run"] and self.ids["task"] and self.ids["receipt"], "acme has nothing to protect yet: run the demo first"
        texts = [json.dumps(owner.all(path)) for path in LISTS] + [json.dumps(detail) for detail in details]
        self.secrets = {ACME} | {found for text in texts for found in UUID.findall(text)}

    def state(self):
        """What a stranger's write could have changed."""
        tasks = [self.owner.get(f"/v1/tasks/{task}")["state"] for task in self.ids["task"]]
        runs = [self.owner.get(f"/v1/runs/{run}")["run"]["state"] for run in self.ids["run"]]
        lists = [self.owner.all(path) for path in ("/v1/flows", "/v1/connections", "/v1/budgets")]
        return tasks, runs, lists, self.owner.get("/v1/policies/active")["digest"], self.owner.get("/v1/costs")["series"]


@pytest.fixture(scope="module")
def acme(person):
    return Property(person(*OWNER))


@pytest.fixture(params=STRANGERS, ids=lambda place: place[1])
def stranger(request, person):
    return person(*request.param)


def assert_no_leak(text, acme, asked=""):
    found = {secret for secret in acme.secrets if secret in text and secret not in asked}
    assert not found, f"{asked}: gave away {sorted(found)[:3]}: {text[:300]}"


def body_for(route):
    if route.startswith("POST /v1/runs/{id}/"):
        more = {"skip": {"port": "success"}, "variables": {"name": "x", "value": 1}}
        return {"reason": "isolation", **more.get(route.split("/")[-1], {})}
    if route.startswith("POST /v1/policies/"):
        return {} if route.endswith("/activation") else {"approve": True}
    return {"decision": "approve", "subject_digest": "0" * 64} if route.endswith("/decision") else None


def test_every_route_has_its_place(operations):
    known = set(BY_ID) | set(APART) | {f"GET {path.split('?')[0]}" for path in LISTS + SINGLE}
    served = {f"{method} {path}" for method, path, _ in operations}
    assert served - known == set(), "these routes are not asked yet"
    assert known - served == set(), "these routes are not served any more"


def test_ids_of_another_tenant_are_not_there_and_each_refusal_is_logged(acme, stranger):
    before = acme.state()
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 1))
    own_flows = {flow["name"] for flow in stranger.all("/v1/flows")}
    refused = set()
    for route, kind in BY_ID.items():
        method, template = route.split(" ")
        for value in acme.ids[kind]:
            if kind == "flow" and value in own_flows:
                continue  # Both tenants have a flow of this name, each its own.
            path = re.sub(r"\{\w+\}", value, template.replace("{seq}", "1"))
            answer = stranger.ask(method, path, body_for(route))
            assert answer.status == 404, f"{route}: {answer.status} {answer.text[:300]}"
            assert_no_leak(answer.text, acme, asked=path)
            refused.add((method, path))
    assert len(refused) > 3 * MANY
    assert acme.state() == before
    deadline = time.monotonic() + 20
    while True:
        events = [event for event in stranger.all("/v1/security-events") if event["at"] >= since]
        logged = {(event["detail"].get("method"), event["detail"].get("path")) for event in events if event["principal"] == stranger_name(stranger)}
        if refused <= logged or time.monotonic() > deadline:
            break
        time.sleep(0.3)
    assert refused <= logged, f"not in the security log: {sorted(refused - logged)[:5]}"


def stranger_name(stranger):
    return stranger.get("/v1/session")["principal"]


def test_lists_hold_only_their_own(acme, stranger):
    for path in LISTS:
        assert_no_leak(json.dumps(stranger.all(path)), acme, asked=path)
    for path in SINGLE:
        assert_no_leak(stranger.ask("GET", path).text, acme, asked=path)
    for run in acme.ids["run"]:
        for path in (f"/v1/receipts?run_id={run}", f"/v1/decisions?run_id={run}"):
            assert stranger.get(path)["items"] == [], path


def test_a_cursor_of_another_tenant_leads_nowhere(acme, stranger):
    for path in ("/v1/runs", "/v1/receipts", "/v1/decisions"):
        cursor = acme.owner.get(f"{path}?limit=1")["next_cursor"]
        if cursor:
            answer = stranger.ask("GET", f"{path}?limit=200&cursor={cursor}")
            assert answer.status in (200, 400), f"{path}: {answer.status} {answer.text}"
            assert_no_leak(answer.text, acme, asked=path)


def test_the_stream_tells_only_its_own(acme, stranger):
    assert_no_leak(stranger.events(), acme)
    assert any(run in acme.owner.events() for run in acme.ids["run"]), "the owner's stream tells nothing: this test could not fail"


def test_the_copilot_knows_only_its_own(acme, stranger):
    run = acme.ids["run"][0]
    for question, about in [(f"why is run {run} waiting?", None), (f"what did run {run} cost?", None), ("what did this run cost?", run)]:
        answer = stranger.ask("POST", "/v1/copilot/questions", {"question": question} | ({"run_id": about} if about else {}))
        assert answer.status in (200, 404), f"{question}: {answer.status} {answer.text}"
        assert_no_leak(answer.text, acme, asked=run)
        if answer.status == 200:
            assert all(not sentence["citations"] for sentence in answer.json["sentences"]) or answer.json["abstained"], answer.text


def test_writes_that_name_the_other_tenant(acme, stranger):
    before = acme.state()
    only_acmes = [flow for flow in acme.owner.all("/v1/flows") if flow["name"] not in {own["name"] for own in stranger.all("/v1/flows")}]
    for flow in only_acmes:
        answer = stranger.ask("POST", "/v1/runs", {"flow": flow["name"], "version_id": flow["version_id"], "input": {}})
        assert answer.status == 404, answer.text
    answer = stranger.ask("POST", "/v1/session/tenant", {"tenant": "acme"})
    assert (answer.status, answer.code) == (403, "NOT_A_MEMBER")
    answer = stranger.ask("POST", "/v1/auth/dev/sign-in", {"email": stranger_name(stranger), "tenant": "acme"})
    assert (answer.status, answer.code) == (401, "SIGN_IN_REFUSED")
    answer = stranger.ask("POST", "/v1/hooks/acme/github", {"action": "opened"})
    assert (answer.status, answer.code) == (401, "WEBHOOK_REJECTED")
    assert acme.state() == before


def test_bundles_of_another_tenant_are_not_compared_and_not_replayed(acme, stranger):
    since = "2026-01-01T00:00:00.000Z"
    for digest in acme.ids["bundle"]:
        assert stranger.ask("GET", f"/v1/policies/diff?to={digest}").status == 404
        assert stranger.ask("POST", "/v1/policies/replays", {"digest": digest, "since": since}).status == 404
        assert stranger.ask("PUT", "/v1/policies/shadow", {"digest": digest}).status == 404


def test_a_bulk_change_sees_only_its_own(acme, stranger):
    before = acme.state()
    own = [run for run in stranger.all("/v1/runs") if not run["ended_at"]]
    counted = stranger.ask("POST", "/v1/runs/control", {"action": "cancel", "reason": "isolation", "dry_run": True})
    assert counted.status == 200 and counted.json["matching"] == len(own) and counted.json["changed"] == 0, counted.text
    answer = stranger.ask("POST", "/v1/runs/control", {"action": "pause", "reason": "isolation", "limit": 500})
    assert answer.status == 200 and answer.json["matching"] == len(own), answer.text
    stranger.ask("POST", "/v1/runs/control", {"action": "resume", "reason": "isolation", "limit": 500})
    assert acme.state() == before


def test_writes_stay_in_their_tenant(acme, stranger):
    """Most of these are refused for what they hold: that they were heard at all must change nothing of acme's."""
    before = acme.state()
    empty = {"document": {}}
    assert stranger.ask("POST", "/v1/flows/validate", empty).status == 200
    assert stranger.ask("POST", "/v1/flows", empty).status == 422
    broken = {"name": "isolation", "policies": "permit("}
    assert stranger.ask("PUT", "/v1/policies", broken | {"activate": True}).status == 422
    assert stranger.ask("POST", "/v1/policies/bundles", broken | {"activate": True}).status == 422
    assert stranger.ask("POST", "/v1/policies/check", broken).json["problems"]
    assert stranger.ask("POST", "/v1/policies/connector-schema/changes", {"connector": "slack", "operations": []}).status == 200
    assert stranger.ask("POST", "/v1/policies/proposals/" + "0" * 64 + "/dismissal", {"reason": "isolation"}).status == 404
    assert stranger.get("/v1/policies/replays/00000000-0000-7000-8000-000000000000")["running"] is False
    rules = {name: value for name, value in stranger.get("/v1/policies/settings").items() if name != "blueprint_digest"}
    assert stranger.ask("PUT", "/v1/policies/settings", rules).status == 200
    series = acme.owner.get("/v1/costs")["series"]
    name = {"service": series[0]["service"], "meter": series[0]["meter"]} if series else {"service": "isolation", "meter": "none"}
    assert stranger.ask("POST", "/v1/costs/points", name | {"points": []}).status in (200, 400)
    assert stranger.ask("PUT", "/v1/connections/github", {"secrets": {"not-a-secret-of-github": "x"}}).status == 400
    answer = stranger.ask("PUT", "/v1/budgets/isolation", {"limit": {"micros": 1_000_000, "currency": "USD"}, "period": "day"})
    assert answer.status in (200, 400), answer.text
    assert acme.state() == before
