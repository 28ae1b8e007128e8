"""An enforcement point: a program that asks over AuthZEN and does what the answer says, by the standard library alone."""

import importlib.util
import json
import pathlib
import time
import uuid

# Under a name of its own: other folders have a `client` too.
_specification = importlib.util.spec_from_file_location("isolation_client", pathlib.Path(__file__).resolve().parents[1] / "isolation" / "client.py")
_client = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_client)
send = _client.send

# What this enforcement point can do before it acts. Of obligations of the type `custom` it knows these of their `action`.
MET = {"redact"}


class Caller:
    """Somebody with a token."""

    def __init__(self, base_url, email, tenant="acme"):
        self.base_url = base_url
        self.email = email
        body = json.dumps({"email": email, "tenant": tenant}).encode()
        answer = send(base_url, "POST", "/v1/auth/dev/sign-in", {"Content-Type": "application/json"}, body)
        assert answer.status == 200, f"{email} cannot sign in to {tenant}: {answer.text}"
        self.token = answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]

    def send(self, method, path, body=None, headers=None):
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        answer = send(self.base_url, method, path, headers, data)
        if answer.status == 429:
            time.sleep(int(answer.headers["Retry-After"]))
            answer = send(self.base_url, method, path, headers, data)
        return answer

    def post(self, path, body=None, status=200, **headers):
        answer = self.send("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status == status, f"POST {path}: {answer.status} {answer.text}"
        return answer.json

    def get(self, path, status=200):
        answer = self.send("GET", path)
        assert answer.status == status, f"GET {path}: {answer.status} {answer.text}"
        return answer.json

    def evaluate(self, question):
        return self.post("/access/v1/evaluation", question)

    def decide(self, task, approve, status=200):
        return self.post(f"/v1/access-requests/{task}/decision", {"approve": approve}, status, Idempotency_Key=str(uuid.uuid4()))


def permits(answer):
    """What is enforced: an obligation that is not understood makes a denial of any answer."""
    if answer.get("decision") is not True:
        return False
    obligations = answer.get("context", {}).get("obligations", [])
    return all(one.get("type") == "custom" and one.get("vendor") == "provable" and one.get("action") in MET for one in obligations)


def question(subject, action, resource, properties=None, kind="Connector", context=None, subject_type="User"):
    body = {"subject": {"type": subject_type, "id": subject}, "action": {"name": action}, "resource": {"type": kind, "id": resource}}
    if properties is not None:
        body["action"]["properties"] = properties
    if context is not None:
        body["context"] = context
    return body
