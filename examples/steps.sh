# What the scripts of the months share; each month.sh begins by reading this file. 各月脚本共用的部分。
# The first word is the folder for the desk, or a temporary one is made. AFTERSERVICE says where the program is, since
# cron's PATH rarely has it. Nothing else of the environment counts: the words are Chinese, the clock is the script's.
set -eu

afterservice=${AFTERSERVICE:-afterservice}
command -v "$afterservice" >/dev/null || {
    echo "$0: there is no $afterservice here; say where it is: AFTERSERVICE=/…/bin/afterservice" >&2
    exit 127
}
case $afterservice in
    /*) ;;
    */*) afterservice=$PWD/$afterservice ;;
esac

here=$(cd "$(dirname "$0")" && pwd)
desk=${1:-$(mktemp -d "${TMPDIR:-/tmp}/afterservice-month.XXXXXX")}
mkdir -p "$desk"
cd "$desk"
desk=$(pwd)
cp "$here/month.profile.yaml" .
export AFTERSERVICE_DB="$desk/afterservice.db" AFTERSERVICE_LANG=zh
unset AFTERSERVICE_OUTBOX AFTERSERVICE_AS

# step TIME TEXT: the time at which the next commands run, and what happens.
step() {
    clock=$1
    printf '\n── %s  %s\n' "$clock" "$2"
}

# run WORD…: show a command as one types it, and run it under the step's clock.
run() {
    printf '\n$ afterservice'
    for word in "$@"; do
        case $word in
            *[[:space:]\&\|\;\(\)\<\>\*\?\$]* | "") printf ' "%s"' "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    echo
    "$afterservice" --now "$clock" "$@"
}

# refused WORD…: the same, for what the rules refuse. The script ends if they do not.
refused() {
    code=0
    run "$@" || code=$?
    echo "[退出码 $code]"
    test "$code" -eq 6
}

# finish: the history holds together, and where the desk is.
finish() {
    run check
    echo "（没有输出就是一切正常）"
    printf '\n台账在 %s，可以接着看：\nafterservice --db %s list\n' "$desk" "$AFTERSERVICE_DB"
}
