"""The work of acme, asked by a program that is none of ours: who may do what under the policies that acme really has."""

import jsonschema
import pytest
from pep import permits, question, send

OMAR, FAY, CHRIS, AVA, DANA = (f"{name}@acme.example" for name in ("omar", "fay", "chris", "ava", "dana"))
CHANNEL = {"channel": "#incidents"}

# Who, what, on what, with which arguments; and whether it may be done.
TABLE = [
    (OMAR, "jira.issue.create", "jira", {"summary": "x"}, True),
    (OMAR, "slack.chat.postMessage", "slack", CHANNEL, True),
    (OMAR, "slack.chat.postMessage", "slack", {"channel": "#ext-partner"}, False),
    (CHRIS, "slack.chat.postMessage", "slack", CHANNEL, True),
    (FAY, "slack.chat.postMessage", "slack", CHANNEL, False),
    (AVA, "jira.issue.create", "jira", {"summary": "x"}, False),
    (AVA, "copilot.ask", "copilot", None, True),
    ("nobody@acme.example", "jira.issue.create", "jira", {"summary": "x"}, False),
    (OMAR, "github.repository.restrict", "github", {"repository": "web"}, False),
    (OMAR, "no.such.action", "github", None, False),
]


@pytest.mark.parametrize("subject, action, resource, properties, expected", TABLE)
def test_each_evaluation_is_what_the_policies_say(pep, subject, action, resource, properties, expected):
    answer = pep.evaluate(question(subject, action, resource, properties))
    assert permits(answer) is expected, answer
    assert answer["decision"] is expected


def test_all_of_the_table_in_one_request(pep):
    parts = [question(*row[:4]) for row in TABLE]
    answers = pep.post("/access/v1/evaluations", {"evaluations": parts})["evaluations"]
    assert [answer["decision"] for answer in answers] == [row[4] for row in TABLE]


@pytest.mark.parametrize(
    "semantic, expected", [("execute_all", [True, False, True]), ("deny_on_first_deny", [True, False]), ("permit_on_first_permit", [True])]
)
def test_semantics(pep, semantic, expected):
    body = {
        "subject": {"type": "User", "id": OMAR},
        "action": {"name": "slack.chat.postMessage"},
        "resource": {"type": "Connector", "id": "slack"},
        "evaluations": [
            {},
            {"action": {"name": "slack.chat.postMessage", "properties": {"channel": "#ext-partner"}}},
            {"action": {"name": "slack.chat.update"}},
        ],
        "options": {"evaluations_semantic": semantic},
    }
    assert [answer["decision"] for answer in pep.post("/access/v1/evaluations", body)["evaluations"]] == expected


def test_evaluations_without_evaluations_is_an_evaluation(pep):
    body = question(OMAR, "jira.issue.create", "jira")
    assert pep.post("/access/v1/evaluations", body)["decision"] is True
    assert pep.post("/access/v1/evaluations", {**body, "evaluations": []})["decision"] is True


def test_an_evaluation_is_a_decision_of_the_log(pep):
    answer = pep.evaluate(question(OMAR, "jira.issue.create", "jira", {"summary": "logged"}))
    found = pep.get("/v1/decisions?limit=20")["items"]
    mine = next(one for one in found if one["id"] == answer["context"]["evaluation_id"])
    assert mine["verdict"] == "ALLOW"
    assert mine["action"] == "jira.issue.create"
    assert OMAR in mine["principal"]


# Who asks


def test_somebody_asks_for_themselves_with_their_own_roles(caller):
    omar = caller(OMAR)
    assert omar.evaluate(question(OMAR, "jira.issue.create", "jira"))["decision"] is True
    answer = omar.send("POST", "/access/v1/evaluation", question(FAY, "jira.issue.create", "jira"))
    assert answer.status == 403
    assert answer.json["code"] == "ASKING_FOR_OTHERS"
    assert "reason_admin" not in omar.evaluate(question(OMAR, "no.such.action", "jira"))["context"]


def test_without_a_token_there_is_no_answer(base_url):
    headers = {"Content-Type": "application/json", "X-Request-ID": "r-1"}
    answer = send(base_url, "POST", "/access/v1/evaluation", headers, b"{}")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["X-Request-ID"] == "r-1"


def test_the_tenant_is_that_of_the_token(caller):
    nora = caller("nora@northwind.example", "contoso")
    assert nora.evaluate(question(OMAR, "jira.issue.create", "jira"))["decision"] is False
    assert nora.evaluate(question("nora@northwind.example", "jira.issue.create", "jira"))["decision"] is True


# The form of requests and answers


def test_mistakes_are_named(pep):
    answer = pep.send("POST", "/access/v1/evaluation", {"subject": {"type": "end user", "id": "x"}, "action": {"name": "a"}})
    assert answer.status == 400
    assert [one["field"] for one in answer.json["errors"]] == ["/subject/type", "/resource"]
    assert pep.send("POST", "/access/v1/evaluation", None, {"Content-Type": "text/plain"}).status == 415
    many = {"evaluations": [question(OMAR, "a", "b")] * 101}
    assert pep.send("POST", "/access/v1/evaluations", many).status == 400


def test_what_is_unknown_is_ignored_and_context_may_be_any_json(pep):
    body = question(OMAR, "jira.issue.create", "jira", context={"time": "2026-01-01T00:00:00Z", "load": 0.25, "none": None, "nested": {"a": [1]}})
    body["from_a_later_version"] = {"x": 1}
    body["subject"]["later"] = 1
    assert pep.evaluate(body)["decision"] is True


def test_a_part_that_cannot_be_decided_is_a_denial_of_its_own(pep):
    bad = question(OMAR, "jira.issue.create", "jira", context={"a": {"__extn": {"fn": "decimal", "arg": "x"}}})
    answers = pep.post("/access/v1/evaluations", {"evaluations": [bad, question(OMAR, "jira.issue.create", "jira")]})["evaluations"]
    assert [answer["decision"] for answer in answers] == [False, True]
    assert answers[0]["context"]["error"]["status"] == 400
    assert pep.send("POST", "/access/v1/evaluation", bad).status == 400


def test_the_request_keeps_its_name(pep):
    answer = pep.send("POST", "/access/v1/evaluation", question(OMAR, "jira.issue.create", "jira"), {"X-Request-ID": "bfe9eb29"})
    assert answer.headers["X-Request-ID"] == "bfe9eb29"
    assert answer.headers["Content-Type"] == "application/json"


def test_the_configuration_names_endpoints_that_are_there(base_url, pep):
    answer = send(base_url, "GET", "/.well-known/authzen-configuration")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json
    assert told["policy_decision_point"] == base_url
    assert pep.post(told["access_evaluation_endpoint"], question(OMAR, "jira.issue.create", "jira"))["decision"] is True
    for name, url in told.items():
        if name.endswith("_endpoint"):
            assert pep.send("POST", url, {}).status == 400, name


@pytest.mark.parametrize(
    "path, body",
    [
        ("/access/v1/evaluation", question(OMAR, "github.repository.restrict", "github", {"repository": "shape"})),
        ("/access/v1/evaluations", {"evaluations": [question(OMAR, "jira.issue.create", "jira"), question(AVA, "x", "y")]}),
        ("/access/v1/search/subject", question("", "jira.issue.create", "jira")),
        ("/access/v1/search/resource", question(CHRIS, "flow.publish", "", kind="Flow")),
        ("/access/v1/search/action", question(OMAR, "", "jira")),
    ],
)
def test_answers_are_as_the_document_says(pep, document, path, body):
    answer = pep.post(path, body)
    schema = document["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    checker = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
    assert [error.message for error in checker.iter_errors(answer)] == []


# Search


def pages(pep, path, body, limit):
    found, page = [], {"limit": limit}
    while True:
        answer = pep.post(path, {**body, "page": page})
        assert answer["page"]["count"] == len(answer["results"]) <= limit
        found += answer["results"]
        if not answer["page"]["next_token"]:
            return found
        page = {"token": answer["page"]["next_token"]}


def test_who_may(pep):
    body = {"subject": {"type": "User"}, "action": {"name": "jira.issue.create"}, "resource": {"type": "Connector", "id": "jira"}}
    whole = pep.post("/access/v1/search/subject", body)["results"]
    assert whole == [{"type": "User", "id": person} for person in (CHRIS, DANA, OMAR)]
    assert pages(pep, "/access/v1/search/subject", body, 1) == whole
    for one in whole:
        assert pep.evaluate({**body, "subject": one})["decision"] is True


def test_what_may_be_done(pep):
    body = {"subject": {"type": "User", "id": OMAR}, "resource": {"type": "Connector", "id": "slack"}}
    names = [one["name"] for one in pages(pep, "/access/v1/search/action", body, 3)]
    assert names == sorted(names)
    assert "slack.chat.postMessage" in names
    # These need an approval, and so are not permitted.
    assert not {"github.repository.restrict", "finops.throttle.apply"} & set(names)
    for name in names:
        assert pep.evaluate({**body, "action": {"name": name}})["decision"] is True


def test_on_what(pep):
    body = {"subject": {"type": "User", "id": OMAR}, "action": {"name": "flow.publish"}, "resource": {"type": "Flow"}}
    # The one flow that the policies name is the one that needs an approval.
    assert pep.post("/access/v1/search/resource", body)["results"] == []


def test_a_token_belongs_to_its_search(pep):
    body = {"subject": {"type": "User"}, "action": {"name": "jira.issue.create"}, "resource": {"type": "Connector", "id": "jira"}}
    token = pep.post("/access/v1/search/subject", {**body, "page": {"limit": 1}})["page"]["next_token"]
    other = {**body, "action": {"name": "copilot.ask"}, "page": {"token": token}}
    answer = pep.send("POST", "/access/v1/search/subject", other)
    assert answer.status == 400
    assert answer.json["errors"][0]["field"] == "/page/token"
