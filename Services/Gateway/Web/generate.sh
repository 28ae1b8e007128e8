#!/bin/sh
# Writes src/generated/api.ts from the OpenAPI document. With --check it only says whether what is committed is what it would write.
set -eu
cd "$(dirname "$0")"
if [ "${1:-}" = --check ]; then
  fresh=$(mktemp)
  trap 'rm -f "$fresh"' EXIT
  node scripts/generate-client.mjs ../OpenAPI/openapi.json "$fresh"
  cmp -s "$fresh" src/generated/api.ts || { echo "web: src/generated/api.ts is not what openapi.json says: run Services/Gateway/Web/generate.sh" >&2; exit 1; }
else
  node scripts/generate-client.mjs ../OpenAPI/openapi.json src/generated/api.ts
fi
