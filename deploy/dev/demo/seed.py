"""Gives the development tenants what a person would set up on the first day: guardrails, connections, flows, a budget.

Everything goes through the public API as a member of the tenant. Safe to repeat: what is there already stays.
"""

import json
import pathlib
import sys

from client import Person, Refused, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[3]
POLICIES = ROOT / "deploy" / "dev" / "policies"
PLAYBOOKS = ROOT / "Services" / "FlowEngine" / "Playbooks"

# Development secrets: they open nothing but the stubs of this machine.
GITHUB_WEBHOOK_SECRET = "dev-github-webhook-secret"
SLACK_SIGNING_SECRET = "dev-slack-signing-secret"

# tenant: (author, bundle, {flow: the person who approves its publish, where policy asks for one}, daily budget in USD)
TENANTS = {
    "acme": ("dana@acme.example", "company", {"change-and-approval": "chris@acme.example"}, 50),
    "northwind-agency": ("nora@northwind.example", "agency", {}, 50),
    "contoso": ("nora@northwind.example", "agency", {}, 20),
    "fabrikam": ("nora@northwind.example", "agency", {}, 20),
}


def secrets_for(connector, needed):
    """A value for each secret that the connector's manifest asks for."""
    special = {"github": {"webhook_secret": GITHUB_WEBHOOK_SECRET}, "slack": {"signing_secret": SLACK_SIGNING_SECRET}}
    return {field: special.get(connector, {}).get(field, f"dev-{connector}-{field}") for field in needed}


def connect(person, stubs_url):
    for connection in person.get("/v1/connections")["items"]:
        missing = [field for field in connection["secrets_needed"] if field not in connection["secrets_set"]]
        if missing or (connection["secrets_needed"] and not connection["base_url"]):
            body = {"secrets": secrets_for(connection["connector"], connection["secrets_needed"])}
            body["base_url"] = f"{stubs_url}/{connection['connector']}"
            person.put(f"/v1/connections/{connection['connector']}", body)


def publish(base_url, person, tenant, approvers):
    published = {flow["name"] for flow in person.all("/v1/flows") if flow["state"] == "published"}
    for file in sorted(PLAYBOOKS.glob("*.json")):
        document = json.loads(file.read_text())
        if document["name"] in published:
            continue
        answer = person.post("/v1/flows", {"document": document, "note": "From the playbook catalogue"})
        if answer["state"] == "awaiting-approval":
            approve(base_url, tenant, approvers[document["name"]], answer["task_id"])


def approve(base_url, tenant, email, task_id):
    approver = Person(base_url, email, tenant)
    task = approver.get(f"/v1/tasks/{task_id}")
    approver.post(f"/v1/tasks/{task_id}/decision", {"decision": "approve", "subject_digest": task["subject_digest"], "comment": "First publish"})


def seed(base_url, stubs_url):
    for tenant, (author, bundle, approvers, budget) in TENANTS.items():
        person = Person(base_url, author, tenant)
        policies = (POLICIES / f"{bundle}.cedar").read_text()
        try:
            active = person.get("/v1/policies/active")["policies"]
        except Refused as refusal:
            if refusal.status != 404:
                raise
            active = ""
        if active != policies:
            person.put("/v1/policies", {"name": bundle, "policies": policies, "activate": True})
        connect(person, stubs_url)
        publish(base_url, person, tenant, approvers)
        wait_until(f"the playbooks of {tenant}", lambda: all(f["state"] == "published" for f in person.all("/v1/flows")))
        if not person.get("/v1/budgets")["items"]:
            person.put("/v1/budgets/tenant", {"limit": {"micros": budget * 1_000_000, "currency": "USD"}, "period": "day"})
        print(f"seeded {tenant}")


if __name__ == "__main__":
    seed(sys.argv[1], sys.argv[2])
