"""The people of the stories, and what each of them sees and does."""

from client import Person, Refused, wait_until
from narrator import expect


class Cast:
    """Signs people in once and remembers them."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.signed_in = {}

    def person(self, email, tenant):
        key = (email, tenant)
        if key not in self.signed_in:
            self.signed_in[key] = Person(self.base_url, email, tenant)
        return self.signed_in[key]


def open_task(person, run_id, seconds=60):
    """The inbox item of `person` that asks about this run."""

    def look():
        items = [item for item in person.get("/v1/inbox?state=open&limit=200")["items"] if item["run_id"] == run_id and item["task_id"]]
        return items[0] if items else None

    return wait_until(f"an item about run {run_id} in the inbox of {person.email}", look, seconds)


def decide(person, task_id, decision, comment):
    """Decides as the page does: reads what is to be signed, and sends its digest."""
    task = person.get(f"/v1/tasks/{task_id}")
    body = {"decision": decision, "subject_digest": task["subject_digest"], "comment": comment}
    return person.post(f"/v1/tasks/{task_id}/decision", body)


def refused(action, status, code):
    """The refusal that `action` must meet."""
    try:
        action()
    except Refused as refusal:
        expect(refusal.status == status and refusal.code == code, f"expected {status} {code}, got {refusal}")
        return refusal
    raise AssertionError(f"expected {status} {code}, but it was allowed")


def ended_run(person, run_id, seconds=90):
    def look():
        run = person.get(f"/v1/runs/{run_id}")["run"]
        return run if run["state"] in ("succeeded", "failed", "cancelled") else None

    return wait_until(f"the end of run {run_id}", look, seconds)
