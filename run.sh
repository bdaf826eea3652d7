#!/usr/bin/env bash
# Starts the whole system: ./run.sh [--Ports:Portal=8081 ...]. Ctrl+C stops it.
set -euo pipefail
cd "$(dirname "$0")"
source scripts/setup.sh

setup_for_run
dotnet build OS2iot.AppHost --nologo --verbosity quiet -clp:ErrorsOnly

export DOTNET_ENVIRONMENT="${DOTNET_ENVIRONMENT:-Development}"
exec dotnet OS2iot.AppHost/bin/Debug/net10.0/OS2iot.AppHost.dll "$@"
