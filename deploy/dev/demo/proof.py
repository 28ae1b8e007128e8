"""What an auditor does: takes the files, cuts the network, verifies with two programs that share no code, and tries to cheat."""

import base64
import copy
import json
import pathlib
import subprocess
import sys

from client import wait_until
from narrator import expect

# `provable verify` for a run whose closed set is complete.
COVERED = 0


def export(world, tenant, person, run_id):
    """The bundle and the trust file of a run, as files."""
    folder = pathlib.Path(world.state) / "demo"
    folder.mkdir(exist_ok=True)
    bundle, trust = folder / f"{run_id}.provable.json", folder / f"{tenant}.trust.json"

    bundle.write_bytes(person.raw("GET", f"/v1/runs/{run_id}/bundle"))
    trust.write_bytes(person.raw("GET", "/v1/trust"))
    return bundle, trust


def is_complete(world, story):
    """A receipt may reach the log a moment after its run has closed."""
    return ours(world, *export(world, *story)).returncode == COVERED


def offline(command):
    """Runs a command where there is no network at all, not even loopback."""
    return subprocess.run(["unshare", "--net", *command], capture_output=True, text=True, timeout=120)


def ours(world, bundle, trust):
    return offline([world.provable, "verify", str(bundle), "--trust", str(trust)])


def theirs(world, bundle, trust):
    script = str(pathlib.Path(world.checkout) / "docs" / "trust-pack" / "verify_bundle.py")
    return offline([world.auditor_python, script, str(bundle), str(trust)])


def verify(world, bundle, trust):
    """Both verdicts must be COVERED; returns how many receipts they cover."""
    first, second = ours(world, bundle, trust), theirs(world, bundle, trust)
    expect(first.returncode == COVERED, f"provable verify: {first.stdout}{first.stderr}")
    expect(second.returncode == 0 and second.stdout.startswith("COVERED"), f"the Python verifier: {second.stdout}{second.stderr}")
    return len(json.loads(bundle.read_text())["receipts"])


def flipped(bundle):
    """One byte of one payload is another."""
    changed = copy.deepcopy(bundle)
    envelope = changed["receipts"][len(changed["receipts"]) // 2]["envelope"]
    payload = bytearray(base64.b64decode(envelope["payload"]))
    at = payload.index(b'"outcome":"') + len(b'"outcome":"')
    payload[at] ^= 1
    envelope["payload"] = base64.b64encode(bytes(payload)).decode()
    return changed


def dropped(bundle):
    """One receipt of the run is left out."""
    changed = copy.deepcopy(bundle)
    del changed["receipts"][len(changed["receipts"]) // 2]
    return changed


def reordered(bundle):
    """Two receipts change their places in the log."""
    changed = copy.deepcopy(bundle)
    receipts = changed["receipts"]
    receipts[0]["proof"], receipts[1]["proof"] = receipts[1]["proof"], receipts[0]["proof"]
    receipts[0], receipts[1] = receipts[1], receipts[0]
    return changed


def tell(world, stories):
    say, see = world.narrator.say, world.narrator.see
    for story in stories:
        wait_until(f"the last receipts of run {story[2]} in the log", lambda: is_complete(world, story), seconds=40)
    files = [export(world, *story) for story in stories]
    for bundle, trust in files:
        count = verify(world, bundle, trust)
        world.narrator.receipts += count
        world.narrator.verified += count
        see(f"{bundle.name}: {count} receipts, COVERED by both verifiers without any network")
    bundle, trust = files[0]
    original = json.loads(bundle.read_text())
    for name, cheat in (("one flipped byte in a payload", flipped), ("one dropped receipt", dropped), ("one reordered leaf", reordered)):
        forged = bundle.with_suffix(".forged.json")
        forged.write_text(json.dumps(cheat(original)))
        first, second = ours(world, forged, trust), theirs(world, forged, trust)
        expect(first.returncode not in (COVERED, 66), f"provable verify accepted {name}: {first.stdout}")
        expect(second.returncode != 0, f"the Python verifier accepted {name}: {second.stdout}")
        world.narrator.tamperings += 1
        reason = next((line for line in first.stdout.splitlines() if "verdict" in line), first.stdout.strip())
        see(f"{name}: rejected; {reason.strip()}")
        say(f"  and by the second verifier: {(second.stderr or second.stdout).strip()}")


def auditor_python(state):
    """An interpreter with `cryptography`, in an environment of its own."""
    folder = pathlib.Path(state) / "demo" / "auditor"
    python = folder / "bin" / "python"
    probe = [str(python), "-c", "import cryptography"]
    if not python.exists() or subprocess.run(probe, capture_output=True).returncode != 0:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "cryptography"], check=True)
    return str(python)
