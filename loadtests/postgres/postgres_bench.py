#!/usr/bin/env python3
"""postgres_bench.py BENCH FOLDER: measures the pool beside pgbench on the server whose socket is in FOLDER.

Everything is interleaved: one round measures each thing once, so that a busy moment of the machine meets all of them. Medians count.
Results go to standard output, one JSON object a line, for report.py.
"""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 16
TENANT = "01890a5d-ac96-774b-bcce-b302099a8057"

bench, folder = sys.argv[1:3]
scripts = Path(folder) / "scripts"


def psql(sql):
    command = ["psql", "-h", folder, "-U", "postgres", "-d", "bench", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def pool(scenario, concurrency):
    command = [bench, folder, scenario, str(concurrency), str(min(concurrency, CONNECTIONS)), str(SECONDS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120)
    return json.loads(done.stdout)["rate"]


def pgbench(script, concurrency):
    clients = ["-c", str(concurrency), "-j", str(min(2, concurrency)), "-T", str(SECONDS)]
    command = ["pgbench", "-h", folder, "-U", "postgres", "-n", "-M", "prepared", "-f", str(scripts / script), *clients, "bench"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    if not re.search(r"number of failed transactions: 0 ", done.stdout):
        sys.exit(done.stdout)
    return float(re.search(r"^tps = ([0-9.]+)", done.stdout, re.M).group(1))


def prepare():
    psql("CREATE TABLE item (id bigint PRIMARY KEY, body text NOT NULL)")
    psql("INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 10000) AS n")
    psql("CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)")
    psql("CREATE UNLOGGED TABLE loaded (id bigint, owner uuid, body text)")
    psql("VACUUM ANALYZE")
    scripts.mkdir()
    key = "\\set id random(1, 10000)\n"
    read = "SELECT body FROM item WHERE id = :id;\n"
    tenant = f"SELECT set_config('app.tenant', '{TENANT}', true);\n"
    (scripts / "plain.sql").write_text(key + read)
    (scripts / "serial.sql").write_text(key + "BEGIN;\n" + tenant + read + "COMMIT;\n")
    write = "INSERT INTO written (body) VALUES ('item ' || :id) RETURNING body;\n"
    (scripts / "durable.sql").write_text(key + "BEGIN;\n" + tenant + write + "COMMIT;\n")


def main():
    prepare()
    # Equal answers before any speed: the bench checks every answer of its own; here the server is asked by another client.
    pool("check", 1)
    wrong = psql("SELECT count(*) FROM item WHERE body <> 'item ' || id")
    if wrong != "0":
        sys.exit("the table does not hold what the bench expects")

    measured = {}
    plan = [
        ("pipeline_c1", lambda: pool("pipeline", 1)),
        ("serial_c1", lambda: pgbench("serial.sql", 1)),
        ("pipeline_c16", lambda: pool("pipeline", 16)),
        ("serial_c16", lambda: pgbench("serial.sql", 16)),
        ("pipeline_c64", lambda: pool("pipeline", 64)),
        ("serial_c64", lambda: pgbench("serial.sql", 64)),
        ("plain_c1", lambda: pool("plain", 1)),
        ("plain_c16", lambda: pool("plain", 16)),
        ("pgbench_c16", lambda: pgbench("plain.sql", 16)),
        ("conversation_c16", lambda: pool("conversation", 16)),
        ("durable_c16", lambda: pool("durable", 16)),
        ("pgbench_durable_c16", lambda: pgbench("durable.sql", 16)),
        ("copy", lambda: pool("copy", 1)),
        ("insert", lambda: pool("insert", 1)),
    ]
    for round_number in range(ROUNDS):
        for name, measure in plan:
            measured.setdefault(name, []).append(measure())
        print(f"round {round_number + 1} of {ROUNDS}", file=sys.stderr)
    middle = {name: statistics.median(values) for name, values in measured.items()}

    def report(metric, ours, peer_name, peer, unit="tx/s", **more):
        entry = {"metric": metric, "value": middle[ours], "unit": unit, "peer": peer_name, "peer_value": middle[peer]}
        entry |= {"rounds": measured[ours], "peer_rounds": measured[peer]} | more
        print(json.dumps(entry))

    at_least = {"of": "ratio", "goal": "at_least"}
    for concurrency in (1, 16, 64):
        connections = f"pgbench with {concurrency} connections, the pool with {min(concurrency, CONNECTIONS)}"
        report(f"tenant_pipeline_c{concurrency}", f"pipeline_c{concurrency}", "pgbench-serial", f"serial_c{concurrency}", note=connections)
    for concurrency in (1, 16):
        report(
            f"tenant_share_c{concurrency}", f"pipeline_c{concurrency}", "own-plain-statement", f"plain_c{concurrency}", target=0.64, **at_least)
    report("vs_pgbench_c16", "plain_c16", "pgbench", "pgbench_c16", target=0.9, **at_least)
    report("conversation_c16", "conversation_c16", "pgbench-serial", "serial_c16")
    report("durable_insert_c16", "durable_c16", "pgbench-serial", "pgbench_durable_c16")
    report("copy_in", "copy", "multi-row-insert", "insert", unit="rows/s")


main()
