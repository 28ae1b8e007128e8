"""Starts an incident and finds what it asks of people. Shared by the tests that need a run that waits."""

import time

import github

FLOW = "incident-response"


def wait_until(what, look, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds} s for {what}")


def start(visitor, title="checkout-latency: p95 above objective for 9 minutes"):
    """The id of the run that a signed event of GitHub starts."""
    def runs():
        return visitor.get(f"/v1/runs?flow={FLOW}&limit=200")["items"]

    known = {run["id"] for run in runs()}
    answer = github.deliver(visitor.base_url, "acme", github.issue_opened(title))
    assert answer["fresh"]
    return wait_until("a new run", lambda: next((run["id"] for run in runs() if run["id"] not in known), None))


def inbox_item(visitor, run_id):
    """The inbox item that asks about this run."""
    def look():
        items = visitor.get("/v1/inbox?state=open&limit=200")["items"]
        return next((item for item in items if item["run_id"] == run_id and item["task_id"]), None)

    return wait_until(f"an inbox item of run {run_id}", look)
