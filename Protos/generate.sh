#!/bin/sh
# Generates the wire from Protos/: protobuf-c structs under Shared/CProtos, Swift values and stubs under
# Shared/Wire/Generated, and the same for the generator's own test messages under Tests/WireProbe.
# Both outputs are committed. `generate.sh --check` generates elsewhere and fails where they differ.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Debian's interpreter: it is the one that has python3-protobuf.
python=/usr/bin/python3

generate() { # protos-folder c-folder swift-folder c-module [--catalog]
    protos=$1 c=$2 swift=$3 module=$4
    shift 4
    (cd "$protos" && find provable -name '*.proto' | LC_ALL=C sort) > "$scratch/files"
    # shellcheck disable=SC2046 # one word per file, and none has spaces
    protoc -I "$protos" --include_source_info --descriptor_set_out="$scratch/plain" $(cat "$scratch/files")
    PYTHONDONTWRITEBYTECODE=1 "$python" "$here/generator/wiregen.py" annotate "$scratch/plain" "$scratch/annotated"
    rm -rf "$c" "$swift"
    mkdir -p "$c/include" "$swift"
    # shellcheck disable=SC2046
    protoc-c --descriptor_set_in="$scratch/annotated" --c_out="$c" $(cat "$scratch/files")
    # SwiftPM wants public headers in one folder; the sources find them there too.
    (cd "$c" && find provable -name '*.h' | while read -r header; do
        mkdir -p "include/$(dirname "$header")"
        mv "$header" "include/$header"
    done)
    PYTHONDONTWRITEBYTECODE=1 "$python" "$here/generator/wiregen.py" emit "$scratch/plain" \
        --swift "$swift" --c "$c" --c-module "$module" "$@"
}

everything() { # destination root
    generate "$here" "$1/Shared/CProtos" "$1/Shared/Wire/Generated" CProtos --catalog
    generate "$root/Tests/WireProbe/Protos" "$1/Tests/WireProbe/C" "$1/Tests/WireProbe/Swift" CWireProbe
}

folders="Shared/CProtos Shared/Wire/Generated Tests/WireProbe/C Tests/WireProbe/Swift"

case "${1-}" in
    --check)
        everything "$scratch/out"
        for folder in $folders; do
            diff -ru "$root/$folder" "$scratch/out/$folder" || {
                echo "generate: $folder is not what Protos/generate.sh makes; run it and commit both" >&2
                exit 1
            }
        done
        echo "generate: up to date"
        ;;
    "")
        everything "$scratch/out"
        for folder in $folders; do
            # What did not change keeps its time stamps, so that nothing is compiled again for nothing.
            diff -rq "$root/$folder" "$scratch/out/$folder" > /dev/null 2>&1 && continue
            rm -rf "${root:?}/$folder"
            mkdir -p "$(dirname "$root/$folder")"
            mv "$scratch/out/$folder" "$root/$folder"
            echo "generate: $folder written"
        done
        ;;
    *) echo "usage: generate.sh [--check]" >&2; exit 2 ;;
esac
