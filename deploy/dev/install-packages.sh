#!/bin/sh
# Installs the packages of packages.txt that are missing. Says one clear line where it cannot.
set -eu
list=$(dirname "$0")/packages.txt
fail() { echo "packages: $1" >&2; exit 1; }

command -v dpkg-query >/dev/null || fail "this machine is not Debian: install what $list names by other means"
missing=""
for package in $(sed -e 's/#.*//' "$list"); do
    # Optional words such as "installed" stand at the end of the status.
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
        *" installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

echo "packages: installing$missing"
[ "$(id -u)" = 0 ] && as_root="" || as_root=sudo
[ -z "$as_root" ] || command -v sudo >/dev/null || fail "run this as root once, or install$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A cluster that the package makes by itself would take the standard port for nothing.
$as_root mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
# shellcheck disable=SC2086
{ $as_root apt-get update && $as_root apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 \
    || fail "apt-get failed: $(grep -E '^(E|W):' "$log" | tail -n 1)"
