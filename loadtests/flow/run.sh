#!/bin/sh
# make bench AREA=flow: the engine's own parts on a Postgres that keeps what it acknowledges, with policy and connectors in the process. Takes about
# two minutes. FLOW_BENCH names a bench that is built already; ONLY="step rate" measures those alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
bench=${FLOW_BENCH:-}
if [ -z "$bench" ]; then
    swift build -c release --product provable-flow-bench >&2
    bench=$(swift build -c release --show-bin-path)/provable-flow-bench
fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "this disk, beside the figures (pg_test_fsync):"
(cd "$folder" && "$bin/pg_test_fsync" -s 1 -f "$folder/fsync" 2>/dev/null | grep -m 2 -E '^ +(fdatasync|fsync) ') || true
echo "load before the run: $(cut -d ' ' -f 1-3 /proc/loadavg)"
# shellcheck disable=SC2086 # one word per metric
"$bench" ${ONLY:-} >"$folder/measured"
python3 "$here/../reports/report.py" flow <"$folder/measured"
