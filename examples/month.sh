#!/bin/sh
# A month at the desk of 青禾, an invented maker of smart home devices: import, triage, what is due, the report.
# The clock stands at 6 November 2026, 18:00, so that everybody sees the same month.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
desk=$(mktemp -d "${TMPDIR:-/tmp}/afterservice-example.XXXXXX")
export AFTERSERVICE_DB="$desk/afterservice.db"
run() {
    echo
    echo "\$ afterservice $*"
    afterservice --now "2026-11-06 18:00" "$@"
}

run init --rules customer-feedback
run import "$here/october.csv" --profile "$here/profiles/october.yaml"
run classify --yes
run assign --yes
run due --format table
run show 202610-004
run report --month 2026-10
run check && echo "(silent: all is well)"

echo
echo "The desk is in $desk. Look around: afterservice --db $AFTERSERVICE_DB list"
