#!/bin/sh
# make asan: the tests of what touches C (TLS, certificates and ciphers, messages, Postgres, Redis) with AddressSanitizer and LeakSanitizer,
# in a build of its own. The first one takes as long as a build of everything does, and half as long again.
set -eu
cd "$(dirname "$0")/../.."

modules=${1:-'RPCTests\.(TLS|Resumption|FrameCodec|Metadata|Delegation)|WireTests|TrustTests|RedisTests|PostgresTests|ServiceKitTests\.(RedisTLS|MeshIdentity)'}
export LSAN_OPTIONS="suppressions=$PWD/Tests/Sanitizers/leaks.txt:print_suppressions=0"
# Instrumented code is slow, and tests wait for each other's answers.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
swift build --build-tests --sanitize=address --scratch-path .build-asan
swift test --skip-build --sanitize=address --scratch-path .build-asan --filter "$modules"
