#!/bin/sh
# make bench AREA=cel: expressions in process beside celpy. CEL_BENCH names a bench that is built already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
bench=${CEL_BENCH:-}
if [ -z "$bench" ]; then
    swift build -c release --product cel-bench >&2
    bench=$(swift build -c release --show-bin-path)/cel-bench
fi
python=.build/venv/bin/python
if ! "$python" -c 'import celpy' 2>/dev/null; then
    rm -rf .build/venv
    python3 -m venv .build/venv
    .build/venv/bin/pip install --quiet --disable-pip-version-check cel-python==0.5.0
fi
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
echo "load before the run: $(cut -d ' ' -f 1-3 /proc/loadavg)"
"$python" "$here/cel_bench.py" "$bench" "$here/workload.json" >"$measured"
python3 "$here/../reports/report.py" cel <"$measured"
