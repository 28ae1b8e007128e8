#!/bin/sh
# Holds the policy language against Cedar's own tests and its generated corpus: corpus.sh PROVABLE FOLDER. The folder has tests/ and
# sample-data/, and archives of the corpus beside them.
set -eu
provable=$1 folder=$2
[ -d "$folder" ] || { echo "SKIP cedar: there is no $folder"; exit 0; }
cases=$(mktemp -d)
trap 'rm -rf "$cases"' EXIT
for part in tests sample-data; do
    [ ! -d "$folder/$part" ] || cp -R "$folder/$part" "$cases/"
done
for archive in "$folder"/*.tar.gz; do
    [ ! -f "$archive" ] || tar -xzf "$archive" -C "$cases"
done
set --
[ ! -d "$cases/corpus-tests-validation" ] || set -- "$@" --validation "$cases/corpus-tests-validation"
[ ! -d "$cases/corpus-tests-json-schemas" ] || set -- "$@" --json-schemas "$cases/corpus-tests-json-schemas"
"$provable" cedar test "$cases" "$@"
