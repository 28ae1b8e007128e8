#!/bin/sh
# make bench AREA=rpc: this RPC beside grpc-swift-2. The first build takes several minutes: the peer brings its own TLS library.
set -eu
cd "$(dirname "$0")"
swift build -c release --product rpc-bench >&2
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
python3 rpc_bench.py "$(swift build -c release --show-bin-path)/rpc-bench" >"$measured"
python3 ../../reports/report.py rpc <"$measured"
