"""Processes die in the middle of a run, and Redis forgets everything: the run completes and nothing is doubled."""

import json
import os
import signal
import subprocess
import time
import urllib.request

from incident import deliver, issue_opened, run_ids, run_titled
from narrator import expect
from people import decide, ended_run, open_task


def tell(world):
    see = world.narrator.see
    omar = world.cast.person("omar@acme.example", "acme")
    known = run_ids(omar, "incident-response")
    title = f"disk full on payments-db-{int(time.time())}"
    deliver(world.base_url, "acme", issue_opened(int(time.time()) % 100_000 + 1, title))
    kill(world, "flow-engine")
    kill(world, "ledger")
    flush_redis(world)
    see("kill -9 of flow-engine and ledger right after the event was taken, and FLUSHALL in Redis")
    restart(world)
    run = run_titled(omar, "incident-response", known)
    item = open_task(omar, run["id"])
    decide(omar, item["task_id"], "approve", "Contain it")
    kill(world, "flow-engine")
    kill(world, "ledger")
    see("and again, right after the approval")
    restart(world)
    ended = ended_run(omar, run["id"])
    expect(ended["state"] == "succeeded", f"the run ended as {ended['state']}: {ended['outcome']}")
    doubled = doubled_effects(world, title)
    expect(not doubled, f"effects were doubled: {doubled}")
    see(f"run {run['id']} completed; the vendors saw each effect once")
    return ("acme", omar, run["id"])


def kill(world, service):
    os.kill(int(world.pid_of(service)), signal.SIGKILL)


def restart(world):
    """Starts what is not running; what runs stays."""
    done = subprocess.run([world.provable, "dev", "up", "--state", world.state], capture_output=True, text=True, timeout=180)
    expect(done.returncode == 0, f"the killed services did not come back: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def flush_redis(world):
    done = subprocess.run(world.redis_command() + ["FLUSHALL"], capture_output=True, text=True, timeout=20)
    expect(done.returncode == 0 and "OK" in done.stdout, f"FLUSHALL failed: {done.stdout}{done.stderr}")


def doubled_effects(world, title):
    """Effects of this incident that a vendor stub's append-only journal holds more than once."""
    with urllib.request.urlopen(f"{world.stubs_url}/_admin/effects", timeout=10) as response:
        effects = json.loads(response.read())
    seen, doubled = set(), []
    for effect in effects["items"] if isinstance(effects, dict) else effects:
        text = json.dumps({k: v for k, v in effect.items() if k not in ("id", "seq", "at", "time")}, sort_keys=True)
        if title in text and text in seen:
            doubled.append(text)
        seen.add(text)
    return doubled
