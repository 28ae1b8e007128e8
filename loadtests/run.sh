#!/bin/sh
# Runs the bench of one area: loadtests/run.sh AREA [STATE]. Each area measures by itself, prints its BENCH lines and writes
# loadtests/results/AREA.json; an area beside a peer stands under loadtests/peers/AREA, so that the product never depends on the peer.
set -eu
cd "$(dirname "$0")/.."

area=${1:-golden}
state=${2:-.provable}

case $area in
*[!a-z-]* | "")
    echo "an area is named in lower case, not '$area'" >&2
    exit 2
    ;;
golden)
    "${MAKE:-make}" up STATE="$state"
    url=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["gateway_url"])' "$state/dev.json")
    exec .build/debug/provable-load --base-url "$url"
    ;;
esac

for script in "loadtests/peers/$area/run.sh" "loadtests/$area/run.sh"; do
    if [ -x "$script" ]; then exec "$script"; fi
done
echo "there is no bench of '$area'; there are: golden $(ls -d loadtests/peers/*/run.sh loadtests/*/run.sh 2>/dev/null | xargs -r -n1 dirname | xargs -r -n1 basename | tr '\n' ' ')" >&2
exit 2
