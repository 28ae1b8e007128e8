#!/bin/sh
# Fuzzes everything that reads bytes from outside, with libFuzzer and AddressSanitizer: loadtests/fuzz/run.sh [SECONDS] [TARGET...].
# Each target runs for so many seconds, one after the other, and begins with its seeds and with what it learnt the last time
# (below .build, not in the tree). A crash is kept beside it, and ends the run with an error.
set -eu
cd "$(dirname "$0")/../.."

seconds=${1:-600}
[ $# -eq 0 ] || shift
case $seconds in *[!0-9]* | "") echo "fuzz: seconds are a number, not '$seconds'" >&2; exit 2 ;; esac

# The toolchain's own runtime, since it must fit its compiler; without a main of its own, since the target is chosen first.
resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
runtime=$(find "$resources/.." -name 'libclang_rt.fuzzer_no_main-*.a' 2>/dev/null | head -n 1)
[ -n "$runtime" ] || { echo "fuzz: this toolchain has no libFuzzer (libclang_rt.fuzzer_no_main)" >&2; exit 1; }

scratch=${FUZZ_STATE:-$PWD/.build/fuzz}
coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table
# Release, since a fuzzer lives from speed, but with the assertions of a debug build.
build() {
    swift build --package-path loadtests/fuzz --scratch-path "$scratch/build" --configuration release --sanitize address \
        -Xswiftc -sanitize-coverage="$coverage" -Xswiftc -assert-config -Xswiftc Debug -Xcc -fsanitize-coverage="$coverage" \
        -Xlinker "$runtime" -Xlinker -lstdc++ "$@"
}
build --product provable-fuzz >&2
fuzzer=$(build --show-bin-path)/provable-fuzz

# Swift's own crash report and AddressSanitizer stand in each other's way.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
failed=0
for target in ${*:-$("$fuzzer")}; do
    state=$scratch/$target
    mkdir -p "$state/corpus" "$state/seeds" "$state/crashes"
    "$fuzzer" "$target" seeds "$state/seeds" || { echo "fuzz: there is no target '$target'; there are: $("$fuzzer" | tr '\n' ' ')" >&2; exit 2; }
    "$fuzzer" "$target" words "$state/words"
    words=
    [ ! -s "$state/words" ] || words=-dict=$state/words
    # Two minutes for one input are a fault on the slowest machine, and 64 MiB at once are more than anything here may ask for. Leaks
    # are not looked for: Swift keeps flags in its pointers, so that what they lead to looks lost.
    # shellcheck disable=SC2086 # nothing where there are no words
    if nice -n 19 "$fuzzer" "$target" -max_total_time="$seconds" -timeout=120 -rss_limit_mb=2048 -malloc_limit_mb=64 -max_len=8192 -detect_leaks=0 \
        -print_final_stats=1 $words -artifact_prefix="$state/crashes/" "$state/corpus" "$state/seeds" > "$state/log" 2>&1; then
        verdict=ok
    else
        verdict=FAILED failed=1
        tail -n 40 "$state/log" >&2
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$state/log" | tail -n 1)
    rss=$(sed -n 's/^stat::peak_rss_mb: *//p' "$state/log" | tail -n 1)
    covered=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/edges=\1 features=\2/p' "$state/log" | tail -n 1)
    echo "FUZZ $target seconds=$seconds executions=${executions:-0} ${covered:-edges=0} corpus=$(find "$state/corpus" -type f | wc -l) peak_rss_mb=${rss:-0} crashes=$(find "$state/crashes" -type f | wc -l) $verdict"
done
exit $failed
