#!/bin/sh
# make bench AREA=postgres: the pool beside pgbench, on a server of its own that ends with the run. Takes about three minutes.
# POSTGRES_BENCH names a bench that is built already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
bench=${POSTGRES_BENCH:-}
if [ -z "$bench" ]; then
    swift build -c release --product provable-postgres-bench >&2
    bench=$(swift build -c release --show-bin-path)/provable-postgres-bench
fi
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || { echo "initdb was not found under /usr/lib/postgresql: install the package postgresql" >&2; exit 1; }
as_user() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

folder=$(mktemp -d)
measured=$(mktemp)
[ "$(id -u)" != 0 ] || chown postgres "$folder"
trap 'as_user "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder" "$measured"' EXIT
as_user "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
# As it comes, which is durable; only a checkpoint must not fall into one round and not into another.
as_user "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
    -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_wal_size=8GB -c checkpoint_timeout=1h" start >/dev/null
"$bin/createdb" -h "$folder" -U postgres bench
echo "this disk, beside the durable figures (pg_test_fsync):"
(cd "$folder" && "$bin/pg_test_fsync" -s 1 -f "$folder/fsync" 2>/dev/null | grep -m 2 -E '^ +(fdatasync|fsync) ') || true
echo "load before the run: $(cut -d ' ' -f 1-3 /proc/loadavg)"
chmod 711 "$folder"
python3 "$here/postgres_bench.py" "$bench" "$folder" >"$measured"
python3 "$here/../reports/report.py" postgres <"$measured"
