#!/bin/sh
# Mosquitto, in the foreground; the same script in the container and as a process of this machine.
#
#   start.sh FOLDER PORT CERTIFICATE-PORT PASSWORD-PORT ADDRESS [TLS-FOLDER]
#
# Our own services connect to PORT, which listens on ADDRESS only; their passwords come as MQTT_INGEST_PASSWORD,
# MQTT_WORKERS_PASSWORD, MQTT_CHIRPSTACK_PASSWORD and MQTT_GATEWAY_BRIDGE_PASSWORD. Their accounts are files, made anew at each start,
# so that a password that changed is in effect and nobody can be locked out. Devices' accounts are the dynamic security plugin's.
#
# The ports of devices open when there is a certificate: server.pem and server.key in TLS-FOLDER, or else those that Workers sends, with
# the authorities behind devices' certificates and the lists of revoked ones.
set -eu
umask 077

folder=$1 port=$2 certificate_port=$3 password_port=$4 address=$5 tls=${6:-}
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/usr/local/sbin

for program in mosquitto mosquitto_passwd mosquitto_sub; do
    if ! command -v $program > /dev/null; then
        echo "$program is not installed. ./run.sh installs it (Debian, Ubuntu: apt-get install mosquitto mosquitto-clients)." >&2
        exit 127
    fi
done

plugin=
for candidate in /usr/lib/mosquitto_dynamic_security.so /usr/lib/*/mosquitto_dynamic_security.so /usr/local/lib/mosquitto_dynamic_security.so; do
    if [ -e "$candidate" ]; then plugin=$candidate; fi
done
if [ -z "$plugin" ]; then
    echo "Mosquitto's plugin mosquitto_dynamic_security.so is not there; it belongs to Mosquitto 2." >&2
    exit 127
fi

# Not for the programs that are started below to see.
ingest=$MQTT_INGEST_PASSWORD workers=$MQTT_WORKERS_PASSWORD
chirpstack=${MQTT_CHIRPSTACK_PASSWORD:-} gateway_bridge=${MQTT_GATEWAY_BRIDGE_PASSWORD:-}
own=$(head -c 30 /dev/urandom | base64 | tr -d '\n')
unset MQTT_INGEST_PASSWORD MQTT_WORKERS_PASSWORD MQTT_CHIRPSTACK_PASSWORD MQTT_GATEWAY_BRIDGE_PASSWORD

is_root() { [ "$(id -u)" = 0 ] && id mosquitto > /dev/null 2>&1; }
give() { if is_root; then chown mosquitto "$@"; fi; }

# What is needed in the folder; all names are relative, as the broker's own user may not be allowed into the folders above.
prepare() {
    mkdir -p "$folder"
    cd "$folder"
    mkdir -p client tls
    printf '%s\n' "-u os2iot-broker" "-P $own" > client/mosquitto_sub

    {
        printf 'os2iot-broker:%s\nos2iot-ingest:%s\nos2iot-workers:%s\n' "$own" "$ingest" "$workers"
        if [ -n "$chirpstack" ]; then printf 'os2iot-chirpstack:%s\n' "$chirpstack"; fi
        if [ -n "$gateway_bridge" ]; then printf 'os2iot-gateway-bridge:%s\n' "$gateway_bridge"; fi
    } > accounts
    mosquitto_passwd -U accounts # turns the passwords into their hashes
    cp "$here/rules" rules

    # To be the broker's at its first start, and after somebody removed it.
    if [ ! -s dynamic-security.json ]; then
        printf '%s' '{"defaultACLAccess":{"publishClientSend":false,"publishClientReceive":false,"subscribe":false,"unsubscribe":true}}' > dynamic-security.json
    fi

    if [ -s accounts.whole ]; then mv accounts.whole dynamic-security.json; fi
    copy_certificate || :
    configure || :
    if is_root; then chown -R mosquitto .; fi
}

# The operator's own certificate, where there is one. True if it is another than before.
copy_certificate() {
    [ -n "$tls" ] && [ -s "$tls/server.pem" ] && [ -s "$tls/server.key" ] || return 1
    if cmp -s "$tls/server.pem" tls/server.pem && cmp -s "$tls/server.key" tls/server.key; then return 1; fi
    cp "$tls/server.pem" tls/server.pem
    cp "$tls/server.key" tls/server.key
    give tls/server.pem tls/server.key
}

is_operators() { [ -n "$tls" ] && [ -s "$tls/server.pem" ] && [ -s "$tls/server.key" ]; }

configure() {
    new=$(mktemp mosquitto.conf.XXXXXX)
    {
        cat "$here/mosquitto.conf"
        printf 'plugin %s\nplugin_opt_config_file dynamic-security.json\npassword_file accounts\nacl_file rules\n' "$plugin"
        printf 'listener %s %s\n' "$port" "$address"
        if [ -s tls/server.pem ] && [ -s tls/server.key ]; then
            # One credential, one connection: nobody can push another out, or take over its session, by a client id.
            printf 'listener %s\nuse_username_as_clientid true\ncertfile tls/server.pem\nkeyfile tls/server.key\ntls_version tlsv1.2\n' "$password_port"
            if [ -s tls/authorities.pem ] && [ -s tls/revoked.pem ]; then
                printf 'listener %s\nuse_username_as_clientid true\ncertfile tls/server.pem\nkeyfile tls/server.key\ntls_version tlsv1.2\n' "$certificate_port"
                printf 'cafile tls/authorities.pem\ncrlfile tls/revoked.pem\nrequire_certificate true\nuse_identity_as_username true\n'
            fi
        fi
    } > "$new"
    # Listeners that are new need a start of the broker; for all else it reads its files again.
    if [ -e mosquitto.conf ] && cmp -s "$new" mosquitto.conf; then
        rm "$new"
        return 1
    fi
    mv "$new" mosquitto.conf
    give mosquitto.conf
}

# Signals to this script: it ends the broker in good order and starts it again, or lets it read its files again.
restart() { kill -USR1 $$; }

reload() { if configure; then restart; else kill -HUP $$; fi; }

# One message of Workers: a topic, and its payload in Base64.
receive() {
    cd "$folder" || return 0
    case $1 in
        os2iot/broker/trust)
            printf '%s' "$2" | base64 -d > tls/trust || return 0
            awk '/-----BEGIN CERTIFICATE/ { on = 1 } on { print } /-----END CERTIFICATE/ { on = 0 }' tls/trust > tls/authorities.new
            awk '/-----BEGIN X509 CRL/ { on = 1 } on { print } /-----END X509 CRL/ { on = 0 }' tls/trust > tls/revoked.new
            if [ ! -s tls/authorities.new ] || [ ! -s tls/revoked.new ]; then return 0; fi
            if cmp -s tls/authorities.new tls/authorities.pem && cmp -s tls/revoked.new tls/revoked.pem; then
                rm tls/authorities.new tls/revoked.new
                return 0
            fi
            give tls/authorities.new tls/revoked.new
            mv tls/authorities.new tls/authorities.pem
            mv tls/revoked.new tls/revoked.pem
            reload
            ;;
        os2iot/broker/certificate)
            if is_operators; then return 0; fi
            printf '%s' "$2" | base64 -d > tls/received || return 0
            awk '/-----BEGIN CERTIFICATE/ { on = 1 } on { print } /-----END CERTIFICATE/ { on = 0 }' tls/received > tls/server.pem.new
            awk '/-----BEGIN PRIVATE KEY/ { on = 1 } on { print } /-----END PRIVATE KEY/ { on = 0 }' tls/received > tls/server.key.new
            rm tls/received
            if [ ! -s tls/server.pem.new ] || [ ! -s tls/server.key.new ]; then return 0; fi
            if cmp -s tls/server.pem.new tls/server.pem && cmp -s tls/server.key.new tls/server.key; then
                rm tls/server.pem.new tls/server.key.new
                return 0
            fi
            give tls/server.pem.new tls/server.key.new
            mv tls/server.key.new tls/server.key
            mv tls/server.pem.new tls/server.pem
            reload
            ;;
        os2iot/broker/accounts/begin) : > accounts.part ;;
        os2iot/broker/accounts/part) printf '%s' "$2" | base64 -d >> accounts.part || : ;;
        os2iot/broker/accounts/end)
            # All accounts of devices at once, for a broker that lost them: faster by far than one by one.
            if gzip -dc < accounts.part > accounts.new 2> /dev/null; then
                mv accounts.new accounts.whole
                restart
            fi
            rm -f accounts.part
            ;;
    esac
}

# What Workers sends, one line each, through a pipe without a name.
subscribe() {
    trap 'kill "$client" 2> /dev/null; exit 0' TERM
    while :; do
        cd "$folder" && XDG_CONFIG_HOME=client mosquitto_sub \
            -h 127.0.0.1 -p "$port" -i os2iot-broker -q 1 -F '%t %p' -t 'os2iot/broker/#' >&3 2> /dev/null &
        client=$!
        wait "$client" || :
        sleep 1
    done
}

listen() { while read -r topic payload; do receive "$topic" "$payload" || :; done <&3; }

# The folder may be removed under us, and the operator's certificate be renewed.
watch() {
    while sleep 3; do
        if ! cd "$folder" 2> /dev/null || [ ! -s dynamic-security.json ]; then
            restart
        elif copy_certificate; then
            reload
        elif configure; then
            restart
        fi
    done
}

stop() {
    stopping=1
    kill -TERM $helpers "$running" 2> /dev/null || :
}

stopping='' again='' running='' helpers=''
trap stop TERM INT
trap 'again=1; kill -TERM "$running" 2> /dev/null || :' USR1
trap 'kill -HUP "$running" 2> /dev/null || :' HUP

pipe=$(mktemp -d)
mkfifo "$pipe/pipe"
exec 3<> "$pipe/pipe"
rm -r "$pipe"

while [ -z "$stopping" ]; do
    again=''
    prepare || exit 1
    if is_root && command -v setpriv > /dev/null; then
        setpriv --reuid=mosquitto --regid="$(id -g mosquitto)" --init-groups mosquitto -c mosquitto.conf 3>&- &
    else
        mosquitto -c mosquitto.conf 3>&- & # started as root, it changes to its own user by itself
    fi
    running=$!
    if [ -n "$again$stopping" ]; then kill -TERM "$running" 2> /dev/null || :; fi # asked while it was not there yet
    if [ -z "$helpers" ]; then
        subscribe &
        helpers=$!
        listen &
        helpers="$helpers $!"
        watch &
        helpers="$helpers $!"
    fi

    code=0
    while kill -0 "$running" 2> /dev/null; do wait "$running" || code=$?; done # a signal ends a wait early, not the broker
    if [ -z "$stopping" ] && [ "$code" -ne 0 ] && [ "$code" -lt 128 ]; then
        kill -TERM $helpers 2> /dev/null || :
        exit "$code"
    fi
    if [ -z "$again$stopping" ]; then sleep 1; fi
done
