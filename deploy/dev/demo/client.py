"""A person at the HTTP API: signs in, keeps the session, reads and writes as the web page would."""

import http.cookiejar
import json
import time
import urllib.error
import urllib.request
import uuid


class Refused(Exception):
    """The API answered with a problem (RFC 9457)."""

    def __init__(self, status, problem):
        self.status = status
        self.problem = problem if isinstance(problem, dict) else {}
        self.code = self.problem.get("code", "")
        super().__init__(f"{status} {self.code}: {self.problem.get('detail') or problem}")


class Person:
    def __init__(self, base_url, email, tenant):
        self.base_url = base_url
        self.email = email
        self.tenant = tenant
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.csrf = ""
        self.session = self.post("/v1/auth/dev/sign-in", {"email": email, "tenant": tenant})
        self.csrf = self.session["csrf_token"]

    def get(self, path):
        return json.loads(self.raw("GET", path) or b"null")

    def post(self, path, body, key=None):
        return self.write("POST", path, body, key)

    def put(self, path, body, key=None):
        return self.write("PUT", path, body, key)

    def write(self, method, path, body, key=None):
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4()), "X-CSRF-Token": self.csrf}
        return json.loads(self.raw(method, path, json.dumps(body).encode(), headers) or b"null")

    def raw(self, method, path, body=None, headers=None):
        return send(self.opener, self.base_url, method, path, body, headers)

    def all(self, path):
        """Every item of a paged list."""
        items, cursor = [], ""
        while True:
            joined = "&" if "?" in path else "?"
            page = self.get(f"{path}{joined}limit=200" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return items


def send(opener, base_url, method, path, body=None, headers=None):
    request = urllib.request.Request(base_url + path, data=body, method=method, headers=headers or {})
    try:
        with opener.open(request, timeout=30) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            problem = json.loads(text)
        except ValueError:
            problem = text.decode(errors="replace")
        raise Refused(error.code, problem) from None


def wait_until(what, check, seconds=60, pause=0.15):
    """The first true answer of `check`; a failure that names what was waited for."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            last = check()
            if last:
                return last
        except (Refused, urllib.error.URLError, ConnectionError, TimeoutError) as error:
            # A service that is being restarted may refuse for a moment; what is waited for decides.
            last = error
        time.sleep(pause)
    raise AssertionError(f"waited {seconds} s for {what}; last seen: {last}")
