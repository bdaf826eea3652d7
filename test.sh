#!/usr/bin/env bash
# Sets up what is missing, then builds everything and runs every test. Ends with one line: N passed, N failed, N skipped.
#   ./test.sh            everything; other arguments go to dotnet test
#   ./test.sh --faults   the long form of the tests of faults instead, and "lost: 0" above the last line
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source scripts/setup.sh
setup_for_tests

projects=(OS2iot.Tests OS2iot.IntegrationTests OS2iot.BrowserTests)
if [ "${1:-}" = --faults ]; then
    shift
    projects=(OS2iot.IntegrationTests)
    set -- --filter "FullyQualifiedName~IntegrationTests.Faults" "$@"
    export OS2IOT_FAULTS=long
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export OS2IOT_FAULTS_REPORT=$results/faults.txt

dotnet build OS2iot.sln -v quiet

status=0
for project in "${projects[@]}"; do
    dotnet test "tests/$project" --no-build --results-directory "$results" \
        --logger "trx;LogFileName=$project.trx" --logger "console;verbosity=normal" "$@" || status=1
done

# Each .trx has one line with the counts of its project.
count() {
    local sum=0 number
    for number in $(grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' || true); do
        sum=$((sum + number))
    done
    echo "$sum"
}

passed=$(count passed)
failed=$(count failed)
skipped=$(($(count total) - $(count executed)))
if [ "$failed" -eq 0 ] && [ "$status" -ne 0 ]; then
    echo "A test run ended without a result; see above." >&2
    failed=1
fi
# Told once more at the end, where a log that was cut short still has them.
awk '
    /<UnitTestResult / { name = ""; if (/outcome="Failed"/ && match($0, / testName="[^"]*"/)) name = substr($0, RSTART + 11, RLENGTH - 12) }
    name != "" && /<(Message|StackTrace)>/ { if (/<Message>/) print "failed: " name; left = 8 }
    name != "" && left > 0 { line = $0; gsub(/<[^>]*>/, "", line); print "    " line; left-- }
    /<\/(Message|StackTrace)>/ { left = 0 }
' "$results"/*.trx 2>/dev/null || true
if [ -s "$OS2IOT_FAULTS_REPORT" ]; then
    cat "$OS2IOT_FAULTS_REPORT"
    echo "lost: $(awk '/^seed .*, lost [0-9]+$/ { lost += $NF } END { print lost + 0 }' "$OS2IOT_FAULTS_REPORT")"
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
