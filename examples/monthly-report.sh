#!/bin/sh
# Last month's report for everybody who gets it, from cron on the first of the month:
#   0 8 1 * *  AFTERSERVICE=/opt/afterservice/bin/afterservice /path/to/monthly-report.sh /srv/desk/afterservice.db /srv/reports
# Writes REPORTS/2026-10.html and .txt to read, .xlsx for Excel, .md, .csv and .json for other programs, and says so; a
# third word names another month. AFTERSERVICE says where the program is, since cron's PATH rarely has it;
# AFTERSERVICE_LANG=zh|en the language.
set -eu

if [ -z "${1:-}" ] || [ -z "${2:-}" ]; then # REPORTS that is empty would be the root of the disk
    echo "monthly-report.sh: usage: monthly-report.sh DESK REPORTS [MONTH]" >&2
    exit 2
fi
afterservice=${AFTERSERVICE:-afterservice}
db=$1
reports=$2
month=${3:-last} # by the desk's clock, not by this machine's

command -v "$afterservice" >/dev/null || {
    echo "monthly-report.sh: there is no $afterservice here; say where it is: AFTERSERVICE=/…/bin/afterservice" >&2
    exit 127
}

# A report from a history that does not hold together is worth nothing.
"$afterservice" --db "$db" check
"$afterservice" --db "$db" report --month "$month" --output "$reports/"
