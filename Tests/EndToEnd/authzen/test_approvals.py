"""From a denial that names an approval, over the request for it, to the one permission that it gives."""

import uuid

from pep import permits, question

OMAR, FAY = "omar@acme.example", "fay@acme.example"
PROBLEM = "urn:openid:authzen:access-request:error:"


def throttle(service=None):
    return question(OMAR, "finops.throttle.apply", "finops", {"service": service or str(uuid.uuid4())})


def denied(pep, asked):
    answer = pep.evaluate(asked)
    assert answer["decision"] is False
    context = answer["context"]
    assert context["reason"] == "approval_required"
    assert context["access_request"]["urn:provable:approvers"] == [{"role": "finance", "quorum": 1, "ttl_seconds": 86400}]
    return context


def submission(asked, context, **more):
    hint = context["access_request"]
    return {**asked, "denial": {"evaluation_id": context["evaluation_id"], "expires_at": hint["expires_at"], "reason": context["reason"]}, **more}


def test_an_approval_opens_the_question_once(pep, caller):
    asked = throttle()
    context = denied(pep, asked)
    body = submission(asked, context)
    body["context"] = {"business_justification": "The bill doubled"}
    answer = pep.send("POST", context["access_request"]["endpoint"], body, {"Idempotency-Key": str(uuid.uuid4())})
    assert answer.status == 202
    task = answer.json["task"]
    assert answer.headers["Location"] == task["status_endpoint"]
    assert task["status"] == "pending"
    assert pep.get(task["status_endpoint"])["task"]["status"] == "pending"

    fay = caller(FAY)
    listed = next(one for one in fay.get("/v1/access-requests?status=pending")["items"] if one["id"] == task["id"])
    assert listed["can_decide"] is True
    seen = fay.get(f"/v1/access-requests/{task['id']}")
    assert seen["properties"] == asked["action"]["properties"]
    assert seen["justification"] == "The bill doubled"
    assert fay.decide(task["id"], True)["status"] == "approved"

    done = pep.get(task["status_endpoint"])
    assert done["result"]["mode"] == "reevaluate"
    approval = done["result"]["approval"]

    other = pep.evaluate({**throttle(), "context": {"approval": approval}})
    assert (other["decision"], other["context"]["reason"], other["context"]["next_action"]) == (False, "out_of_scope", "request")
    passed = pep.evaluate({**asked, "context": {"approval": approval}})
    assert permits(passed)
    assert passed["context"]["approval"] == {"id": approval["id"], "approved_until": approval["approved_until"]}
    again = pep.evaluate({**asked, "context": {"approval": approval}})
    assert (again["decision"], again["context"]["reason"]) == (False, "approval_expired")


def test_a_denied_request_opens_nothing(pep, caller):
    asked = throttle()
    task = pep.post("/access/v1/requests", submission(asked, denied(pep, asked)), 202)["task"]
    assert caller(FAY).decide(task["id"], False)["status"] == "denied"
    done = pep.get(task["status_endpoint"])
    assert done["task"]["status"] == "denied"
    assert "result" not in done


def test_nobody_but_the_role_decides(pep, caller):
    asked = throttle()
    task = pep.post("/access/v1/requests", submission(asked, denied(pep, asked)), 202)["task"]
    assert caller(OMAR).decide(task["id"], True, 403)["code"] == "SELF_APPROVAL"
    assert pep.decide(task["id"], True, 403)["code"] == "SELF_APPROVAL"
    # Whom it does not concern does not learn that it is there.
    assert caller("ava@acme.example").decide(task["id"], True, 404)["code"] == "UNKNOWN_TASK"
    assert caller("nora@northwind.example", "contoso").get(f"/access/v1/requests/{task['id']}", 404)["type"] == PROBLEM + "unknown_task"


def test_requests_are_held_against_their_denial(pep):
    asked = throttle()
    context = denied(pep, asked)
    other = pep.send("POST", "/access/v1/requests", submission(throttle(), context))
    assert (other.status, other.json["type"]) == (400, PROBLEM + "invalid_denial_binding")
    permitted = question(OMAR, "jira.issue.create", "jira")
    fake = {"evaluation_id": pep.evaluate(permitted)["context"]["evaluation_id"], "access_request": context["access_request"], "reason": "x"}
    assert pep.send("POST", "/access/v1/requests", submission(permitted, fake)).json["type"] == PROBLEM + "not_requestable"
    key = str(uuid.uuid4())
    first = pep.post("/access/v1/requests", submission(asked, context), 202, Idempotency_Key=key)
    assert pep.post("/access/v1/requests", submission(asked, context), 202, Idempotency_Key=key) == first
    second = throttle()
    answer = pep.send("POST", "/access/v1/requests", submission(second, denied(pep, second)), {"Idempotency-Key": key})
    assert (answer.status, answer.json["type"]) == (409, PROBLEM + "duplicate_request")


def test_a_request_can_be_withdrawn(pep):
    asked = throttle()
    task = pep.post("/access/v1/requests", submission(asked, denied(pep, asked)), 202)["task"]
    assert pep.post(task["links"]["cancel"])["task"]["status"] == "cancelled"
    again = pep.send("POST", task["links"]["cancel"])
    assert (again.status, again.json["type"]) == (409, PROBLEM + "invalid_task_state")


def test_an_approval_that_nobody_gave_opens_nothing(pep):
    asked = throttle()
    for name in (str(uuid.uuid4()), "guess", ""):
        answer = pep.evaluate({**asked, "context": {"approval": {"id": name}}})
        assert (answer["decision"], answer["context"]["reason"]) == (False, "approval_unverifiable"), name
