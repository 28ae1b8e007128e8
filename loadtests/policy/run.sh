#!/bin/sh
# make bench AREA=policy [VECTORS=DIR]: decisions in process beside cedarpy, and session rules beside dogwood-py. POLICY_BENCH names a bench that is built already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
bench=${POLICY_BENCH:-}
if [ -z "$bench" ]; then
    swift build -c release --product policy-bench >&2
    bench=$(swift build -c release --show-bin-path)/policy-bench
fi
python=.build/venv/bin/python
if ! "$python" -c 'import cedarpy, dogwood' 2>/dev/null; then
    rm -rf .build/venv
    python3 -m venv .build/venv
    .build/venv/bin/pip install --quiet --disable-pip-version-check cedarpy==4.12.2 dogwood-py==0.0.12
fi
folder=$(mktemp -d)
measured=$(mktemp)
trap 'rm -rf "$folder" "$measured"' EXIT
echo "load before the run: $(cut -d ' ' -f 1-3 /proc/loadavg)"
"$python" "$here/policy_bench.py" "$bench" "$folder" ${VECTORS:+"$VECTORS"} >"$measured"
"$python" "$here/session_bench.py" "$bench" "$folder" >>"$measured"
# Decisions over the mesh and their replay, on databases of their own; POLICY_SERVICE_BENCH names a bench that is built already.
service=${POLICY_SERVICE_BENCH:-}
if [ -z "$service" ]; then
    (cd "$here/../.." && swift build -c release --product provable-policy-bench >&2)
    service=$(cd "$here/../.." && swift build -c release --show-bin-path)/provable-policy-bench
fi
timeout 300 "$service" >>"$measured"
python3 "$here/../reports/report.py" policy <"$measured"
