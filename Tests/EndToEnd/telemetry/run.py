"""Holds what the services tell about themselves against the published formats: spans against OTLP's protobuf schema, metrics against
Prometheus's own parser. Needs a running platform; its services are restarted to export to a collector that stands here, and once more
at the end to export to nobody.

    python3 -m venv VENV && VENV/bin/pip install -r Tests/EndToEnd/telemetry/requirements.txt
    VENV/bin/python Tests/EndToEnd/telemetry/run.py --state .provable
"""

import argparse
import base64
import http.server
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.request

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = {"gateway", "flow-engine", "policy", "ledger", "connectors", "finops", "copilot"}
_specification = importlib.util.spec_from_file_location("isolation_client", HERE.parent / "isolation" / "client.py")
_module = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_module)


class Collector(http.server.BaseHTTPRequestHandler):
    """Refuses every third export for a while, as a busy collector does."""

    lock = threading.Lock()
    bodies = []
    asked = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with Collector.lock:
            Collector.asked += 1
            is_busy = Collector.asked % 3 == 0
            if not is_busy:
                Collector.bodies.append((self.path, self.headers["Content-Type"], body))
        self.send_response(503 if is_busy else 200)
        if is_busy:
            self.send_header("Retry-After", "0")
        answer = b"{}"
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def request_of(body):
    """OTLP's JSON has ids in hexadecimal where protobuf's has base64; all else is as the schema says."""
    document = json.loads(body)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span:
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return json_format.ParseDict(document, ExportTraceServiceRequest())


def exported_spans():
    """Every span by service, id and kind; each is held to what a collector demands."""
    seen, services = {}, set()
    for path, kind, body in Collector.bodies:
        assert path == "/v1/traces" and kind == "application/json", (path, kind)
        for resource in request_of(body).resource_spans:
            attributes = {a.key: a.value.string_value for a in resource.resource.attributes}
            service = attributes["service.name"].removeprefix("provable-")
            services.add(service)
            for span in resource.scope_spans[0].spans:
                assert len(span.trace_id) == 16 and len(span.span_id) == 8, span
                assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano, span
                seen[(service, span.span_id, span.kind)] = span
    print(f"{len(seen)} spans of {len(services)} services parsed in {len(Collector.bodies)} exports of {Collector.asked} tried: {', '.join(sorted(services))}")
    return seen, SERVICES - services


def kind_of(span):
    return Span.SpanKind.Name(span.kind)[10:].lower()


def check_trace(seen, asked, path, wanted):
    """All spans of a trace lead up to the caller's; `wanted` are among them, each as service, kind and name."""
    trace_id, root = asked
    mine = {key: span for key, span in seen.items() if span.trace_id.hex() == trace_id}
    by_id = {span.span_id: (service, span) for (service, _, _), span in mine.items()}
    http_span = next(span for (service, _, kind), span in mine.items() if service == "gateway" and kind == Span.SPAN_KIND_SERVER)
    assert http_span.parent_span_id.hex() == root and http_span.name == path, http_span
    chains = {}
    for service, span in by_id.values():
        chain = [f"{service} {kind_of(span)} {span.name}"]
        while span.parent_span_id.hex() != root:
            assert span.parent_span_id in by_id, f"the parent of {chain} was not exported"
            service, span = by_id[span.parent_span_id]
            chain.append(service)
        line = " < ".join(chain)
        chains[line] = chains.get(line, 0) + 1
    print(f"  {path}: {len(by_id)} spans")
    for line, count in sorted(chains.items()):
        print(f"    {count} x {line}")
    found = {(service, kind_of(span), span.name) for service, span in by_id.values()}
    assert found >= wanted, f"not exported: {wanted - found}"


def counted_receipts(person, run_id, traces):
    """By trace and service, once the run's closing receipt is in the log and the decisions that it commits to; nothing before."""
    answer = person.ask("GET", f"/v1/runs/{run_id}/bundle")
    if answer.status != 200:
        return None
    counts, kinds = {}, set()
    for receipt in answer.json["receipts"]:
        envelope = receipt["envelope"]
        statement = json.loads(base64.b64decode((json.loads(envelope) if isinstance(envelope, str) else envelope)["payload"]))
        predicate = statement["predicate"]
        kinds.add(statement["predicateType"].split("/")[-2])
        key = (traces[predicate["trace"]], predicate["emitter"]["service"])
        counts[key] = counts.get(key, 0) + 1
    return counts if {"run-close", "policy-decision", "connector-call", "approval"} <= kinds else None


def check_receipts(person, run_id, traces):
    """Each receipt of the run names the trace that it was made in: the one that started it, or the approver's."""
    counts = until("the receipts of the run", lambda: counted_receipts(person, run_id, traces), seconds=40)
    print("  receipts: " + ", ".join(f"{count} of {service} in the trace of {trace}" for (trace, service), count in sorted(counts.items())))
    assert {service for _, service in counts} >= {"flow-engine", "policy", "connectors"}, counts
    assert {trace for trace, _ in counts} == set(traces.values()), counts


def check_metrics(health):
    for service, url in sorted(health.items()):
        text = urllib.request.urlopen(url + "/metrics", timeout=10).read().decode()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        wanted = ["process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds", "provable_build_info",
                  "postgres_connections_open", "postgres_wait_seconds", "outbox_pending", "telemetry_spans_exported"]
        missing = [name for name in wanted if name not in families]
        assert not missing, f"{service} lacks {missing}"
        series = 0
        for family in families.values():
            series += len(family.samples)
            if family.type == "histogram":
                check_histogram(service, family)
        print(f"  {service}: {len(families)} families, {series} series")


def check_histogram(service, family):
    last, totals = {}, {}
    for sample in family.samples:
        labels = tuple(sorted((key, value) for key, value in sample.labels.items() if key != "le"))
        if sample.name.endswith("_bucket"):
            assert sample.value >= last.get(labels, 0), f"{service}: {family.name}{labels} falls"
            last[labels] = sample.value
        elif sample.name.endswith("_count"):
            totals[labels] = sample.value
    assert last == totals, f"{service}: {family.name}: +Inf is not the count"


def traced(person, path, body):
    """The answer, and the trace that the caller began: its id and the caller's span."""
    trace_id, root = os.urandom(16).hex(), os.urandom(8).hex()
    headers = {
        "Cookie": person.cookie, "X-CSRF-Token": person.csrf, "Idempotency-Key": os.urandom(8).hex(), "Content-Type": "application/json",
        "traceparent": f"00-{trace_id}-{root}-01",
    }
    answer = _module.send(person.base_url, "POST", path, headers, json.dumps(body).encode())
    assert answer.status in (200, 201, 202), answer.text
    assert answer.headers["traceparent"].split("-")[1] == trace_id, answer.headers["traceparent"]
    return answer.json, (trace_id, root)


def changed(url):
    """A run that waits for a person in between: the trace of the start, and that of the approval."""
    omar, chris = _module.Person(url, "omar@acme.example", "acme"), _module.Person(url, "chris@acme.example", "acme")
    request = {"title": "Telemetry", "target": "orders-db", "setting": "pool_size", "value": "41", "requested_by": "omar@acme.example", "reason": "test"}
    run, started = traced(omar, "/v1/runs", {"flow": "change-and-approval", "input": request})
    item = until("an approval", lambda: next((i for i in chris.ask("GET", "/v1/inbox").json["items"] if i.get("run_id") == run["run_id"]), None))
    task = chris.ask("GET", f"/v1/tasks/{item['task_id']}").json
    decision = {"decision": "approve", "comment": "seen", "subject_digest": task["subject_digest"]}
    _, decided = traced(chris, f"/v1/tasks/{item['task_id']}/decision", decision)
    until("the end of the run", lambda: omar.ask("GET", f"/v1/runs/{run['run_id']}").json["run"]["state"] == "succeeded")
    return run["run_id"], started, decided


def until(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return value


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--state", required=True, help="folder of the running platform")
    state = pathlib.Path(arguments.parse_args().state).resolve()
    told = json.loads((state / "dev.json").read_text())
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    restart = [told["provable"], "dev", "restart", "--rolling", "--state", str(state)]
    endpoint = {"PROVABLE_TELEMETRY_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}"}
    subprocess.run(restart, check=True, env=os.environ | endpoint, stdout=subprocess.DEVNULL)
    try:
        person = _module.Person(told["gateway_url"], "dana@acme.example", "acme")
        _, asked = traced(person, "/v1/copilot/questions", {"question": "What happened today?"})
        run_id, started, decided = changed(told["gateway_url"])
        check_receipts(person, run_id, {started[0]: "the start", decided[0]: "the approval"})
        for path in ("/v1/inbox", "/v1/runs", "/v1/receipts", "/v1/policies/active", "/v1/connections", "/v1/costs"):
            assert person.ask("GET", path).status == 200, path
        # Twice the interval of exports.
        time.sleep(6)
        seen, quiet = exported_spans()
        assert not quiet, f"nothing was heard of {quiet}"
        check_trace(seen, asked, "POST /v1/copilot/questions", {("copilot", "client", "postgres.transaction")})
        stream = next(span.name.split()[1] for (service, _, _), span in seen.items() if service == "flow-engine" and kind_of(span) == "producer")
        wanted = {
            ("flow-engine", "client", "postgres.transaction"), ("flow-engine", "producer", f"send {stream}"),
            ("flow-engine", "consumer", f"process {stream}"), ("flow-engine", "consumer", "flow_engine.advance"),
        }
        # The run waits at once; what the approval made ready, a worker takes up.
        check_trace(seen, started, "POST /v1/runs", {("flow-engine", "client", "postgres.transaction"), ("copilot", "server", "provable.copilot.v1.Copilot/PutItem")})
        wanted |= {("policy", "server", "provable.policy.v1.Policy/Decide"), ("connectors", "server", "provable.connectors.v1.Connectors/Execute")}
        check_trace(seen, decided, "POST /v1/tasks/{id}/decision", wanted)
        check_metrics(json.loads((state / "dev.json").read_text())["health"])
    finally:
        subprocess.run(restart, check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
