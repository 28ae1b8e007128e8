#!/bin/sh
# Type-checks the page and runs its pure parts under node, without a browser.
# PROVABLE_VECTORS=DIR adds outside vectors (merkle/, tessera-log/).
set -eu
cd "$(dirname "$0")"
export NODE_PATH=/usr/share/nodejs
./generate.sh --check
[ "${SKIP_TYPES:-}" = 1 ] || tsc -p .
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
esbuild tests/*.test.ts --bundle --platform=node --format=cjs --jsx=automatic --log-level=warning --outdir="$out"
node --test "$out"/*.test.js
