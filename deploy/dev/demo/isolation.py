"""Another tenant asks for what is not its own, over HTTP and over the mesh."""

import subprocess

from client import Refused, wait_until
from narrator import expect


def tell(world, tenant, owner, run_id):
    see = world.narrator.see
    nora = world.cast.person("nora@northwind.example", "northwind-agency")
    receipts = [r["id"] for r in owner.get(f"/v1/runs/{run_id}/receipts")["items"]]
    tasks = [step["task_id"] for step in owner.get(f"/v1/runs/{run_id}")["steps"] if step["task_id"]]
    paths = [f"/v1/runs/{run_id}", f"/v1/runs/{run_id}/cost", f"/v1/runs/{run_id}/receipts", f"/v1/runs/{run_id}/bundle"]
    paths += [f"/v1/receipts/{receipt}" for receipt in receipts] + [f"/v1/tasks/{task}" for task in tasks]
    leaks = sum(1 for path in paths if answers(nora, path, {run_id, *receipts, *tasks}))
    leaks += leaked_in_lists(nora, {run_id, *receipts, *tasks})
    world.narrator.leaks += leaks
    expect(leaks == 0, f"{leaks} answers of {tenant} reached northwind-agency")
    see(f"northwind-agency asked over HTTP for {len(paths)} things of {tenant} and its lists: nothing of it came back")

    probe = subprocess.run(
        [world.provable, "mesh", "probe", "--state", world.state, "--run", run_id], capture_output=True, text=True, timeout=60)
    for line in probe.stdout.splitlines():
        world.narrator.say(line)
    if probe.returncode != 0:
        world.narrator.leaks += 1
        raise AssertionError(f"the mesh did not refuse: {probe.stdout}{probe.stderr}")
    see("over the mesh: refused with another service's certificate, another tenant's token, and no token")

    def logged():
        events = nora.get("/v1/security-events?limit=200")["items"]
        return any(run_id in str(event.get("detail", "")) for event in events)

    wait_until("the refusal in the security log", logged, seconds=20)
    see("each refusal stands in the security log")


def answers(person, path, secrets):
    """Whether the path gave anything of another tenant away."""
    try:
        text = person.raw("GET", path).decode()
    except Refused as refusal:
        expect(refusal.status in (403, 404), f"{path}: expected 403 or 404, got {refusal}")
        return False
    return any(secret in text for secret in secrets)


def leaked_in_lists(person, secrets):
    """How many of the other tenant's ids stand in the lists that this person may read."""
    # The security log is left out: it rightly holds what this person has just asked for.
    paths = ["/v1/runs", "/v1/inbox", "/v1/receipts", "/v1/decisions", "/v1/flows", "/v1/anomalies", "/v1/costs"]
    pages = [person.raw("GET", path).decode() for path in paths]
    return sum(1 for page in pages for secret in secrets if secret in page)
