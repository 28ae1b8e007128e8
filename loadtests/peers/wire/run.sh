#!/bin/sh
# Decoding and encoding beside swift-protobuf, release build, interleaved; writes loadtests/results/wire.json.
set -eu
cd "$(dirname "$0")"
swift build --configuration release --product wire-bench >&2
measured=$(.build/release/wire-bench)
printf '%s\n' "$measured" | python3 ../../reports/report.py wire
