"""GitHub as the webhook's sender: a realistic event, signed over its raw bytes."""

import hashlib
import hmac
import json
import os
import urllib.request
import uuid

SECRET = os.environ.get("PROVABLE_GITHUB_WEBHOOK_SECRET", "dev-github-webhook-secret")


def issue_opened(title):
    number = uuid.uuid4().int % 10_000_000
    owner = {"login": "acme", "id": 5241, "type": "Organization"}
    sender = {"login": "checkout-monitor[bot]", "id": 990_120, "type": "Bot"}
    return {
        "action": "opened",
        "issue": {
            "id": 77_000_000 + number, "number": number, "title": title, "state": "open", "user": sender, "labels": [{"name": "incident"}, {"name": "sev1"}],
            "body": "Check checkout-latency has failed for 9 minutes. p95 is 8.4 s, the objective is 1.2 s.",
            "html_url": f"https://github.com/acme/payments-api/issues/{number}", "created_at": "2026-11-23T14:02:11Z",
        },
        "repository": {"id": 901_244, "name": "payments-api", "full_name": "acme/payments-api", "private": True, "owner": owner},
        "sender": sender,
    }


def deliver(base_url, tenant, payload):
    body = json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/044aadd", "X-GitHub-Event": "issues", "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }
    request = urllib.request.Request(f"{base_url}/v1/hooks/{tenant}/github", data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 202, response.status
        return json.loads(response.read())
