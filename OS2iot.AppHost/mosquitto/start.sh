#!/bin/sh
# Mosquitto, in the foreground; the same script in the container and as a process of this machine.
#
#   start.sh FOLDER PORT CERTIFICATE-PORT PASSWORD-PORT ADDRESS
#
# The account of our own services comes as MQTT_USERNAME and MQTT_PASSWORD. Its port listens on ADDRESS only.
set -eu
umask 077

folder=$1 port=$2 certificate_port=$3 password_port=$4 address=$5
settings=$(cd "$(dirname "$0")" && pwd)/mosquitto.conf
PATH=$PATH:/usr/sbin:/usr/local/sbin

if ! command -v mosquitto > /dev/null || ! command -v mosquitto_passwd > /dev/null; then
    echo "Mosquitto is not installed. ./run.sh installs it (Debian, Ubuntu: apt-get install mosquitto)." >&2
    exit 127
fi

mkdir -p "$folder"
cd "$folder" # the broker's own user may not be allowed into the folders above, so all names below are relative

{
    cat "$settings"
    printf 'listener %s %s\npassword_file accounts\n' "$port" "$address"
    printf 'listener %s\npassword_file devices\n' "$certificate_port"
    printf 'listener %s\npassword_file devices\n' "$password_port"
} > mosquitto.conf

printf '%s:%s\n' "$MQTT_USERNAME" "$MQTT_PASSWORD" > accounts
mosquitto_passwd -U accounts # turns the password into its hash
: > devices
unset MQTT_PASSWORD

if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null && id mosquitto > /dev/null 2>&1; then
    chown -R mosquitto .
    exec setpriv --reuid=mosquitto --regid="$(id -g mosquitto)" --init-groups mosquitto -c mosquitto.conf
fi
if [ "$(id -u)" = 0 ] && id mosquitto > /dev/null 2>&1; then
    chown -R mosquitto . # started as root, it changes to this user by itself
fi
exec mosquitto -c mosquitto.conf
