"""Holds the rendered configuration against the services themselves: what a pod is given must be what its executable accepts."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER_OF = {"flow-engine": "FlowEngine", "finops": "FinOps"}


def check(documents: list[dict], binaries: pathlib.Path) -> tuple[list[str], list[str]]:
    """Problems, and the services that could not be asked because nothing is built."""
    configs = {name(d): json.loads(d["data"]["config.json"]) for d in documents if d["kind"] == "ConfigMap"}
    problems, skipped = [], []
    for deployment in (d for d in documents if d["kind"] == "Deployment"):
        service, pod = name(deployment), deployment["spec"]["template"]["spec"]
        problems += [f"{service}: {p}" for p in paths_without_mount(configs[service], pod["containers"][0])]
        problems += [f"{service}: {p}" for p in settings_problems(service, configs[service]["settings"])]
        executable = binaries / f"provable-{service}"
        if not executable.is_file():
            skipped.append(service)
            continue
        for container in pod["initContainers"] + pod["containers"]:
            problems += [f"{service} ({container['name']}): {p}" for p in refusals(executable, configs[service], container)]
    return problems, skipped


def name(document: dict) -> str:
    return document["metadata"]["labels"]["app.kubernetes.io/name"]


def refusals(executable: pathlib.Path, config: dict, container: dict) -> list[str]:
    """What the executable says against the file with the container's environment; and that it does miss what it is not given."""
    given = {variable["name"]: "given-by-a-secret" for variable in container["env"]}
    status, said = print_config(executable, config, given)
    if status != 0:
        return said.splitlines() or [f"exited with {status}"]
    without = {key: value for key, value in given.items() if key != "PROVABLE_POSTGRES_APP_PASSWORD"}
    status, said = print_config(executable, config, without)
    return [] if status == 78 and "postgres.app_password" in said else [f"started without its database's password: {said}"]


def print_config(executable: pathlib.Path, config: dict, environment: dict) -> tuple[int, str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        # Nothing of this machine's environment reaches a pod.
        done = subprocess.run(
            [executable, "--config", file.name, "--print-config"], capture_output=True, text=True, timeout=60,
            env={"PATH": os.defpath} | environment)
    return done.returncode, done.stderr.strip()


def paths_without_mount(config: dict, container: dict) -> list[str]:
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    # The page is part of the image.
    inside = [*mounts, "/usr/share/provable"]
    texts = [value for section in config.values() for value in section.values() if isinstance(value, str) and value.startswith("/")]
    return [f"{text} is on no mount" for text in texts if not any(text == m or text.startswith(m + "/") for m in inside)]


def settings_problems(service: str, settings: dict) -> list[str]:
    """The keys of `settings` are read one by one in the service's code: each of them must be one, and those without a default be there."""
    source = ROOT / "Services" / FOLDER_OF.get(service, service.capitalize()) / "Service"
    text = "\n".join(path.read_text() for path in sorted(source.rglob("*.swift")))
    calls = re.findall(r'settings\.(?:string|int|bool|secret|strings|object|keyEncryptionKey)\("(\w+)"(, default:)?', text)
    read = {key for key, _ in calls}
    # What comes after a check that development alone passes is not asked of a pod.
    needed = {key for key, default in calls if not default} - {"stubs_url"}
    return [f"settings.{key} is read by nobody" for key in sorted(set(settings) - read)] \
        + [f"settings.{key} is missing" for key in sorted(needed - set(settings))]
