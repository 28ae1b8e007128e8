"""What the running system answers is what its document says."""

import jsonschema
import pytest
from client import send

# Everything that a tenant has: one who may read all of it.
READERS = [("dana@acme.example", "acme"), ("nora@northwind.example", "contoso")]
STREAM = "/v1/events"


def checker(document, schema):
    """OpenAPI 3.1 schemas are JSON Schema 2020-12, with references into the document."""
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


def hold_against(document, operation, answer):
    described = operation["responses"].get(str(answer.status))
    assert described is not None, f"{operation['operationId']} answered {answer.status}, which the document does not know: {answer.text[:300]}"
    if "$ref" in described:
        described = document["components"]["responses"][described["$ref"].split("/")[-1]]
    for kind, content in described.get("content", {}).items():
        if kind not in ("application/json", "application/problem+json"):
            continue
        assert answer.headers["Content-Type"] == kind
        problems = [f"{error.json_path}: {error.message[:200]}" for error in checker(document, content["schema"]).iter_errors(answer.json)]
        assert not problems, f"{operation['operationId']}: {problems[:5]}"


def bundles(person):
    return [bundle["digest"] for bundle in person.get("/v1/policies/bundles?limit=5")["items"]]


def ids(person):
    """Something of every kind that paths name, as far as this tenant has it."""
    runs = person.all("/v1/runs")
    tasks = [step["task_id"] for run in runs[:20] for step in person.get(f"/v1/runs/{run['id']}")["steps"] if step["task_id"]]
    return {
        "/v1/runs/{id}": [run["id"] for run in runs[:20]],
        "/v1/tasks/{id}": tasks[:20],
        "/v1/receipts/{id}": [receipt["id"] for receipt in person.get("/v1/receipts?limit=20")["items"]],
        "/v1/flows/{name}": [flow["name"] for flow in person.all("/v1/flows")],
        "/v1/decisions/{id}": [decision["id"] for decision in person.get("/v1/decisions?limit=20")["items"]],
        "/v1/policies/bundles/{digest}": bundles(person),
    }


def paths(template, known):
    if "{" not in template:
        return [template]
    prefix = next((prefix for prefix in known if template.startswith(prefix)), None)
    if prefix is None:
        return []
    place = prefix[prefix.index("{"):]
    return [template.replace(place, value) for value in known[prefix]]


@pytest.mark.parametrize("email, tenant", READERS)
def test_every_read_answers_as_documented(person, document, operations, email, tenant):
    reader = person(email, tenant)
    known = ids(reader)
    asked = 0
    for method, template, operation in operations:
        if method != "GET" or template == STREAM:
            continue
        # The one read that cannot be asked for without a query.
        whole = [f"{template}?to={digest}" for digest in bundles(reader)] if operation["operationId"] == "diffBundles" else paths(template, known)
        for path in whole:
            answer = reader.ask("GET", path)
            assert answer.status == 200 or template.endswith("/cost"), f"{path}: {answer.status} {answer.text}"
            hold_against(document, operation, answer)
            asked += 1
    assert asked > 20, "there is too little here to read: run the demo first"


def test_lists_come_in_pages(person, operations):
    reader = person("dana@acme.example", "acme")
    for method, path, operation in operations:
        if method != "GET" or "cursor" not in {parameter["name"] for parameter in operation.get("parameters", [])} or "{" in path:
            continue
        whole = reader.get(f"{path}?limit=5")["items"]
        first = reader.get(f"{path}?limit=2")
        assert len(first["items"]) == min(2, len(whole)), path
        if len(whole) <= 2:
            assert first["next_cursor"] is None or len(whole) == 2, path
            continue
        second = reader.get(f"{path}?limit=2&cursor={first['next_cursor']}")
        assert (first["items"] + second["items"])[:4] == whole[:4], path


def test_nobody_reads_without_a_session(base_url, document, operations):
    for method, template, operation in operations:
        if operation.get("security") == [] or method != "GET":
            continue
        path = template.replace("{id}", "0192f000-0000-7000-8000-0000000000aa").replace("{name}", "nothing")
        answer = send(base_url, "GET", path)
        assert answer.status == 401, f"{path}: {answer.status}"
        hold_against(document, operation, answer)


def test_writes_want_the_sessions_token(base_url, person, operations):
    reader = person("dana@acme.example", "acme")
    for method, template, operation in operations:
        if operation.get("security") == [] or method == "GET":
            continue
        path = template.replace("{id}", "0192f000-0000-7000-8000-0000000000aa")
        answer = send(base_url, method, path, {"Cookie": reader.cookie, "Content-Type": "application/json", "Idempotency-Key": "k"}, b"{}")
        assert (answer.status, answer.code) == (403, "CSRF_TOKEN"), f"{method} {path}: {answer.status} {answer.text}"
