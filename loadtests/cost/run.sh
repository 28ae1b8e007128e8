#!/bin/sh
# make check-cost: instructions per call against those recorded; make check-cost RECORD=1 records them anew. About half a minute,
# besides the release build, which takes several minutes the first time. COST_BINARY names one that is built already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
binary=${COST_BINARY:-}
if [ -z "$binary" ]; then
    swift build -c release --product provable-cost >&2
    binary=$(swift build -c release --show-bin-path)/provable-cost
fi
exec python3 "$here/check_cost.py" "$binary" "$@"
