#!/bin/sh
# Generates the wire from Protos/: protobuf-c structs under Shared/CProtos, Swift values and stubs under
# Shared/Wire/Generated, and the same for the generator's own test messages under Tests/WireProbe.
# Both outputs are committed. `generate.sh --check` generates elsewhere and fails where they differ.
#
# Tests/WireOracle/Generated holds the same messages as swift-protobuf writes them, with samples and conversions: `generate.sh --oracle
# [PROTOC-GEN-SWIFT]` makes it, and builds the plugin from the package's own checkout where none is named. Whether it still fits
# is checked without the plugin, by the digest of the descriptors that it was made of.
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

oracle=Tests/WireOracle/Generated

# Of the descriptors without comments and positions: prose may change without the oracle.
oracle_digest() {
    for protos in "$here" "$root/Tests/WireProbe/Protos"; do
        # shellcheck disable=SC2046
        (cd "$protos" && protoc -I . --descriptor_set_out=/dev/stdout $(find provable -name '*.proto' | LC_ALL=C sort))
    done | sha256sum | cut -d ' ' -f 1
}

make_oracle() { # protoc-gen-swift, or nothing
    plugin=${1-}
    if [ -z "$plugin" ]; then
        package=$root/.build/checkouts/swift-protobuf
        [ -d "$package" ] || { echo "generate: swift package resolve first; $package is missing" >&2; exit 1; }
        swift build --package-path "$package" --scratch-path "$root/.build/protoc-gen-swift" --product protoc-gen-swift
        plugin=$root/.build/protoc-gen-swift/debug/protoc-gen-swift
    fi
    made=$scratch/oracle
    mkdir -p "$made"
    for set in product probe; do
        protos=$here
        [ "$set" = product ] || protos=$root/Tests/WireProbe/Protos
        files=$(cd "$protos" && find provable -name '*.proto' | LC_ALL=C sort)
        # shellcheck disable=SC2086 # one word per file, and none has spaces
        protoc --plugin=protoc-gen-swift="$plugin" -I "$protos" \
            --swift_opt=Visibility=Internal,UseAccessLevelOnImports=true,FileNaming=PathToUnderscores --swift_out="$made" $files
        # shellcheck disable=SC2086
        protoc -I "$protos" --include_source_info --descriptor_set_out="$scratch/$set" $files
    done
    PYTHONDONTWRITEBYTECODE=1 "$python" "$here/generator/wiregen.py" oracle "$scratch/product" "$scratch/probe" --swift "$made"
    oracle_digest > "$made/descriptors.sha256"
    rm -rf "${root:?}/$oracle"
    mv "$made" "$root/$oracle"
    echo "generate: $oracle written"
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
        [ "$(oracle_digest)" = "$(cat "$root/$oracle/descriptors.sha256")" ] || {
            echo "generate: $oracle is of other protos; run Protos/generate.sh --oracle and commit it" >&2
            exit 1
        }
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
    --oracle) make_oracle "${2-}" ;;
    *) echo "usage: generate.sh [--check | --oracle [PROTOC-GEN-SWIFT]]" >&2; exit 2 ;;
esac
