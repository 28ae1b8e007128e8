#!/bin/sh
# Holds the formats against outside vectors: run.sh PROVABLE VECTORS. A folder that this build has no command for is said to be
# skipped; one case that differs fails.
set -eu
provable=$1 vectors=$2
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$vectors" ] || { echo "conformance: $vectors is no folder" >&2; exit 1; }
commands=$("$provable" conformance --help | sed -n '/^SUBCOMMANDS:/,$p')
failed=0
for folder in "$vectors"/*/; do
    name=$(basename "$folder")
    case $name in cedar | cel) continue ;; esac
    if echo "$commands" | grep -q "^  $name "; then
        "$provable" conformance "$name" "$folder" || failed=1
    else
        echo "SKIP $name: this build has no command for it"
    fi
done
"$here/cedar/corpus.sh" "$provable" "$vectors/cedar" || failed=1
python=$here/../../.build/venv/conformance/bin/python
[ ! -d "$vectors/cel" ] || "$provable" cel test "$vectors/cel" || failed=1
"$python" "$here/cel/differential.py" --provable "$provable" --seeds "${SEEDS:-20000}" || failed=1
"$python" "$here/cedar/differential.py" --provable "$provable" --seeds "${SEEDS:-20000}" || failed=1
"$python" "$here/session/differential.py" --provable "$provable" --seeds "${SESSION_SEEDS:-4000}" --seconds "${SESSION_SECONDS:-50}" || failed=1
if /usr/bin/python3 -c 'import google.protobuf' 2>/dev/null; then
    /usr/bin/python3 "$here/python/wire_cross.py" --provable "$provable" || failed=1
else
    echo "SKIP wire: python3-protobuf is not installed"
fi
# What the running ledger exported, verified by libraries that know nothing of it. `make demo` leaves the bundles.
exported=0
for bundle in "${STATE:-.provable}"/demo/*.provable.json; do
    [ -f "$bundle" ] || continue
    exported=1
    "$python" "$here/python/verify_export.py" "$bundle" || failed=1
done
[ "$exported" = 1 ] || echo "SKIP export: no bundle of the running ledger is here; make demo leaves some"
exit $failed
