#!/bin/sh
# Runs ChirpStack and, the first time, lets it make an API key of an administrator: start.sh KEY-FILE
# The key is kept in the file, from which the other hosts read it.
set -eu
key_file=$1
config=/etc/chirpstack

chirpstack -c "$config" &
server=$!
trap 'kill -TERM $server 2> /dev/null' TERM INT

# Its tables are made when it starts, so the first tries may come too early.
(
    umask 077
    while [ ! -s "$key_file" ] && kill -0 "$server" 2> /dev/null; do
        token=$(chirpstack -c "$config" create-api-key --name os2iot 2> /dev/null | sed -n 's/^token: *//p') || true
        if [ -n "$token" ]; then
            printf '%s\n' "$token" > "$key_file.new" && chmod 644 "$key_file.new" && mv "$key_file.new" "$key_file"
        else
            sleep 2
        fi
    done
) &

# The first wait ends at a signal; the second lets the server finish.
wait "$server" || true
wait "$server"
