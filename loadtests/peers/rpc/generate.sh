#!/bin/sh
# Makes the peer's messages and service anew from the probe's proto file: generate.sh FOLDER, where FOLDER holds protoc-gen-swift
# (swift-protobuf 1.39.0) and protoc-gen-grpc-swift-2 (grpc-swift-protobuf 2.4.1), both built with `swift build --product NAME`.
set -eu
plugins=${1:?the folder of the two plugins}
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
protoc -I ../../../Tests/WireProbe/Protos --plugin="$plugins/protoc-gen-swift" --plugin="$plugins/protoc-gen-grpc-swift-2" \
    --swift_opt=UseAccessLevelOnImports=true --grpc-swift-2_opt=UseAccessLevelOnImports=true \
    --swift_out="$out" --grpc-swift-2_out="$out" provable/probe/v1/probe.proto
mv "$out"/provable/probe/v1/*.swift Sources/Bench/Generated/
