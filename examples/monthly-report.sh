#!/bin/sh
# Last month's report for everybody who gets it, from cron on the first of the month:
#   0 8 1 * *  AFTERSERVICE=/opt/afterservice/bin/afterservice /path/to/monthly-report.sh /srv/desk/afterservice.db /srv/reports
# Writes REPORTS/2026-10.txt for people and REPORTS/2026-10.json for spreadsheets and scripts; a third word names another
# month. AFTERSERVICE says where the program is, since cron's PATH rarely has it; AFTERSERVICE_LANG=zh|en the language.
set -eu

afterservice=${AFTERSERVICE:-afterservice}
db=$1
reports=$2
month=${3:-$(date -d "$(date +%Y-%m-01) -1 day" +%Y-%m 2>/dev/null || date -v-1m +%Y-%m)}

command -v "$afterservice" >/dev/null || {
    echo "monthly-report.sh: there is no $afterservice here; say where it is: AFTERSERVICE=/…/bin/afterservice" >&2
    exit 127
}

# A report from a history that does not hold together is worth nothing.
"$afterservice" --db "$db" check
"$afterservice" --db "$db" report --month "$month" >"$reports/$month.txt"
"$afterservice" --db "$db" report --month "$month" --json >"$reports/$month.json"
echo "$reports/$month.txt"
