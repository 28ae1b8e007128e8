"""Restarts every service of a running platform, one after another, while people use the public API; no request may fail.

    python3 Tests/EndToEnd/rolling/run.py --state .provable

Exit code 1 where a request failed. Nothing is asked twice: what a browser would quietly repeat is a failure here.
"""

import argparse
import hashlib
import hmac
import http.client
import importlib.util
import itertools
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).resolve().parent

# The demo has a `client` of its own.
_specification = importlib.util.spec_from_file_location("isolation_client", HERE.parent / "isolation" / "client.py")
_module = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_module)
Person = _module.Person
sys.path.insert(0, str(HERE.parents[2] / "deploy" / "dev" / "demo"))
from incident import GITHUB_WEBHOOK_SECRET, issue_opened  # noqa: E402

FLOW = "incident-response"

ORDER = ["ledger", "policy", "finops", "connectors", "flow-engine", "copilot", "gateway"]


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.counts = {}
        self.failures = []
        self.slowest = 0.0
        self.phase = "before"

    def add(self, kind, seconds, problem):
        with self.lock:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.slowest = max(self.slowest, seconds)
            if problem:
                self.failures.append(f"{self.phase}: {kind}: {problem}")


class User(threading.Thread):
    """Asks one thing after another on a connection that is kept for as long as the server lets it."""

    def __init__(self, person, works, tally, stop, pause):
        super().__init__(daemon=True)
        self.person, self.works, self.tally, self.stop, self.pause = person, works, tally, stop, pause
        self.address = urllib.parse.urlsplit(person.base_url)
        self.connection = None

    def run(self):
        turn = 0
        while not self.stop.is_set():
            kind, method, path, body, expected = self.works[turn % len(self.works)]
            turn += 1
            started = time.monotonic()
            problem = self.ask(method, path, body() if body else None, expected)
            self.tally.add(kind, time.monotonic() - started, problem)
            self.stop.wait(self.pause)

    def ask(self, method, path, body, expected):
        headers, data = {"Cookie": self.person.cookie}, None
        if path.startswith("/v1/hooks/"):
            data = json.dumps(body).encode()
            headers = webhook_headers(data)
        elif method != "GET":
            headers |= {"X-CSRF-Token": self.person.csrf, "Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
            data = json.dumps(body).encode()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=30)
            self.connection.request(method, path, data, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.will_close:
                self.close()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return f"{type(error).__name__}: {error}"
        return None if answer.status in expected else f"{answer.status} {text[:200].decode(errors='replace')}"

    def close(self):
        self.connection.close()
        self.connection = None


def webhook_headers(data):
    signature = hmac.new(GITHUB_WEBHOOK_SECRET.encode(), data, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={signature}",
    }


def works():
    numbers = itertools.count(int(time.time()) % 1_000_000 * 100)
    return [
        ("list inbox", "GET", "/v1/inbox", None, {200}),
        ("start run by webhook", "POST", "/v1/hooks/acme/github", lambda: issue_opened(next(numbers), "rolling restart"), {200, 202}),
        ("list runs", "GET", "/v1/runs", None, {200}),
        ("list receipts", "GET", "/v1/receipts", None, {200}),
        ("read policies", "GET", "/v1/policies/active", None, {200}),
        ("ask copilot", "POST", "/v1/copilot/questions", lambda: {"question": "What happened today?"}, {200}),
        ("list connections", "GET", "/v1/connections", None, {200}),
        ("read costs", "GET", "/v1/costs", None, {200}),
        ("list budgets", "GET", "/v1/budgets", None, {200}),
    ]


def runs_of(person):
    """Ids of all runs of the flow that webhooks start."""
    ids, cursor = set(), ""
    while True:
        page = person.ask("GET", f"/v1/runs?flow={FLOW}&limit=100" + (f"&cursor={cursor}" if cursor else "")).json
        ids |= {run["id"] for run in page["items"]}
        cursor = page.get("next_cursor") or ""
        if not cursor:
            return ids


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    arguments.add_argument("--users", type=int, default=6)
    arguments.add_argument("--pause", type=float, default=0.1, help="seconds between two requests of a user")
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("services", nargs="*", help="only these, in this order")
    options = arguments.parse_args()
    state = pathlib.Path(options.state).resolve()
    told = json.loads((state / "dev.json").read_text())
    tally, stop = Tally(), threading.Event()
    # Each with a session of its own, because requests are limited per session.
    people = [Person(told["gateway_url"], "dana@acme.example", "acme") for _ in range(options.users)]
    known = works()
    before_all = runs_of(people[0])
    users = [User(person, known[index % len(known):] + known[:index % len(known)], tally, stop, options.pause) for index, person in enumerate(people)]
    for user in users:
        user.start()
    time.sleep(2)
    failed = False
    for service in (options.services or ORDER) * options.rounds:
        tally.phase = service
        before = sum(tally.counts.values())
        done = subprocess.run([told["provable"], "dev", "restart", service, "--state", str(state)], capture_output=True, text=True, timeout=180)
        failed = failed or done.returncode != 0
        time.sleep(1)
        print((done.stdout + done.stderr).strip() + f"; {sum(tally.counts.values()) - before} requests meanwhile, {len(tally.failures)} failed so far")
    tally.phase = "after"
    time.sleep(3)
    stop.set()
    for user in users:
        user.join(60)
    for line in tally.failures[:20]:
        print("FAILED " + line)
    print(f"{sum(tally.counts.values())} requests, {len(tally.failures)} failed, slowest {tally.slowest:.2f} s: "
          + ", ".join(f"{kind} {count}" for kind, count in sorted(tally.counts.items())))
    webhooks = tally.counts.get("start run by webhook", 0)
    # A webhook is taken at once and starts its run a moment later.
    deadline = time.monotonic() + 30
    while (started := len(runs_of(people[0]) - before_all)) < webhooks and time.monotonic() < deadline:
        time.sleep(0.5)
    print(f"{webhooks} webhooks were taken, {started} runs were started")
    return 1 if failed or tally.failures or started != webhooks else 0


if __name__ == "__main__":
    sys.exit(main())
