#!/bin/sh
# The mesh from outside, on a running platform: one run after the other, and the first that fails ends them.
#   mesh.sh PYTHON STATE        PYTHON has the packages of mesh.txt
set -eu
here=$(dirname "$0")
for run in tls/run.py tls/rotation.py telemetry/run.py rolling/run.py; do
    echo "== $run"
    "$1" "$here/$run" --state "$2"
done
