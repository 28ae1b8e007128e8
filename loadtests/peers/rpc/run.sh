#!/bin/sh
# make bench AREA=rpc: this RPC beside grpc-swift-2, in about four minutes. The first build takes several more: the peer brings its own
# TLS library. RPC_BENCH names a bench that is built already.
set -eu
cd "$(dirname "$0")"
# Files that are new in the product are seen only where a manifest is newer than the plan of the last build.
touch Package.swift ../../../Package.swift
[ -n "${RPC_BENCH:-}" ] || swift build -c release --product rpc-bench >&2
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
status=0
python3 rpc_bench.py "${RPC_BENCH:-$(swift build -c release --show-bin-path)/rpc-bench}" >"$measured" || status=$?
python3 ../../reports/report.py rpc <"$measured"
exit $status
