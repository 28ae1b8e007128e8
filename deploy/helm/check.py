"""Renders the chart with Helm's own engine, validates every object, and holds the mesh's edges against the wire contract.

Run by `make check` in an environment that has helm-python-sdk, kubernetes-validate and PyYAML.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import configuration
import helm_python
import yaml

HERE = pathlib.Path(__file__).resolve().parent
CHART = HERE / "provable"
PROTOS = HERE.parent.parent / "Protos" / "provable"
BINARIES = pathlib.Path(os.environ.get("PROVABLE_BINARIES", HERE.parent.parent / ".build" / "debug"))
KUBERNETES = "1.32.0"
PACKAGE_OF = {"flow": "flow-engine"}
# The operator's command is no pod, and every service may check every other one's health.
NOT_EDGES = {"cli"}


def allowed_edges() -> set[tuple[str, str]]:
    """(caller, callee) pairs that some method of the wire contract allows."""
    edges = set()
    for proto in PROTOS.glob("*/v1/*.proto"):
        package = proto.parent.parent.name
        if package == "common":
            continue
        callee = PACKAGE_OF.get(package, package)
        for callers in re.findall(r"// callers: (.*)", proto.read_text()):
            edges |= {(caller.strip(), callee) for caller in callers.split(",")}
    return {(caller, callee) for caller, callee in edges if caller not in NOT_EDGES}


def chart_edges(values: dict) -> set[tuple[str, str]]:
    return {(caller, callee) for caller, service in values["services"].items() for callee in service["calls"]}


def render(values: dict, release: str = "provable", namespace: str = "tenants") -> list[dict]:
    with helm_python.Chart.load(str(CHART)) as chart:
        files = chart.render(values, name=release, namespace=namespace)
    return [document for text in files.values() for document in yaml.safe_load_all(text) if document]


def validate(documents: list[dict]) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all(documents, file)
        file.flush()
        command = pathlib.Path(sys.executable).parent / "kubernetes-validate"
        done = subprocess.run([command, "--strict", "-k", KUBERNETES, file.name], capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    # An unknown kind is only a warning of the tool; here it is a failure.
    problems = [line for line in lines if "INFO" not in line]
    return problems if problems or done.returncode == 0 else [f"kubernetes-validate exited with {done.returncode}"]


def secrets(documents: list[dict]) -> set[str]:
    """Names of all secrets that pods refer to."""
    names = set()
    for pod in (d["spec"]["template"]["spec"] for d in documents if d["kind"] == "Deployment"):
        names |= {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
        for container in pod["initContainers"] + pod["containers"]:
            sources = [variable.get("valueFrom", {}) for variable in container["env"]]
            names |= {source["secretKeyRef"]["name"] for source in sources if "secretKeyRef" in source}
    return names


def hosts(documents: list[dict]) -> set[str]:
    configs = [json.loads(d["data"]["config.json"]) for d in documents if d["kind"] == "ConfigMap"]
    return {config[section].get("host", "this pod") for config in configs for section in ("postgres", "redis")}


def apart(documents: list[dict], agency: list[dict]) -> list[str]:
    """An isolated group shares no secret, no store and no node with the shared one."""
    shared = [f"both groups use the secret {name}" for name in sorted(secrets(documents) & secrets(agency))]
    stores = [f"both groups use the store {name}" for name in sorted(hosts(documents) & hosts(agency))]
    free = [d["metadata"]["name"] for d in agency if d["kind"] == "Deployment" and not d["spec"]["template"]["spec"].get("nodeSelector")]
    return shared + stores + [f"{name} of the isolated group runs on any node" for name in free]


def main() -> int:
    problems = [str(m) for m in helm_python.lint(str(CHART), {}) if getattr(m, "severity", 0) >= 2]
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    allowed, drawn = allowed_edges(), chart_edges(values)
    problems += [f"edge {a} -> {b} is in the chart, but no method allows it" for a, b in sorted(drawn - allowed)]
    problems += [f"edge {a} -> {b} is allowed by the protos, but not in the chart" for a, b in sorted(allowed - drawn)]
    documents = render({})
    agency = render(yaml.safe_load((CHART / "values-agency.example.yaml").read_text()), "northwind", "northwind")
    problems += validate(documents) + validate(agency) + apart(documents, agency)
    skipped = set()
    for rendered in (documents, agency):
        found, missing = configuration.check(rendered, BINARIES)
        problems += found
        skipped |= set(missing)
    for kind, wanted in {"Deployment": 7, "ServiceAccount": 7, "PodDisruptionBudget": 7}.items():
        found = sum(1 for document in documents if document["kind"] == kind)
        if found != wanted:
            problems.append(f"{found} objects of kind {kind}, expected {wanted}")
    for problem in problems:
        print(f"helm: {problem}")
    if skipped:
        print(f"helm: SKIP the configuration of {', '.join(sorted(skipped))}: not built in {BINARIES}, so nobody was asked", file=sys.stderr)
    print(f"helm: {len(documents)} objects, {len(drawn)} edges, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
