#!/bin/sh
# make bench AREA=tls: the TLS handler beside swift-nio-ssl's. The first build takes several minutes: the peer brings its own TLS library.
set -eu
cd "$(dirname "$0")"
swift build -c release --product tls-bench >&2
measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
python3 tls_bench.py "$(swift build -c release --show-bin-path)/tls-bench" >"$measured"
python3 ../../reports/report.py tls <"$measured"
