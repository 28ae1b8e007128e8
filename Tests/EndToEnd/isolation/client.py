"""A person at the HTTP API, by the standard library alone."""

import json
import time
import urllib.error
import urllib.request
import uuid


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.text = body.decode(errors="replace")

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def code(self):
        """Of a problem (RFC 9457)."""
        try:
            return self.json.get("code", "")
        except (ValueError, AttributeError):
            return ""


def send(base_url, method, path, headers=None, body=None):
    # Discovery documents give whole addresses.
    url = path if path.startswith("http") else base_url + path
    request = urllib.request.Request(url, method=method, headers=headers or {}, data=body)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


class Person:
    def __init__(self, base_url, email, tenant):
        self.base_url = base_url
        answer = send(
            base_url, "POST", "/v1/auth/dev/sign-in", {"Content-Type": "application/json"}, json.dumps({"email": email, "tenant": tenant}).encode())
        assert answer.status == 200, f"{email} cannot sign in to {tenant}: {answer.text}"
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.csrf = answer.json["csrf_token"]

    def ask(self, method, path, body=None, key=None):
        """`body` is JSON; writes carry what a page would send."""
        headers = {"Cookie": self.cookie}
        data = None
        if method != "GET":
            headers |= {"X-CSRF-Token": self.csrf, "Idempotency-Key": key or str(uuid.uuid4())}
            if body is not None:
                headers["Content-Type"] = "application/json"
                data = json.dumps(body).encode()
        answer = send(self.base_url, method, path, headers, data)
        if answer.status != 429:
            return answer
        # These tests ask faster than a person does.
        time.sleep(int(answer.headers["Retry-After"]))
        return send(self.base_url, method, path, headers, data)

    def get(self, path):
        answer = self.ask("GET", path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.text}"
        return answer.json

    def events(self, seconds=2):
        """What the stream tells from its beginning on, as text."""
        request = urllib.request.Request(self.base_url + "/v1/events", headers={"Cookie": self.cookie, "Last-Event-ID": "0"})
        lines = []
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                assert response.status == 200
                for line in response:
                    lines.append(line.decode())
        except TimeoutError:
            pass  # Nothing more has happened.
        return "".join(lines)

    def all(self, path):
        """Every item of a list, page by page."""
        items, cursor = [], None
        while True:
            joined = "&" if "?" in path else "?"
            page = self.get(f"{path}{joined}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return items
