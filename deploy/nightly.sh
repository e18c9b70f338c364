#!/bin/sh
# nightly.sh INBOX BACKUPS: imports the files that lie in INBOX (roster.csv, badges.csv …) as one upload, makes a verified
# backup in BACKUPS, whatever came, and keeps the newest 14 (KEEP); a lake is tidied up. Exit 2: no files came, or they were
# refused; these then lie in INBOX-refused-TIME, and HR gets a mail where the app can send one. Exit 1: nobody has judged the
# files, as where the app was started anew meanwhile or the disk is full. That is tried three times, RETRY (300) seconds
# apart; then the files lie in INBOX again, for the next night.
set -eu
inbox=$1 backups=$2 keep=${KEEP:-14} retry=${RETRY:-300}
PATH=/opt/skilltrack/bin:$PATH
now=$(date -u +%Y%m%dT%H%M%SZ)
taken=$inbox-done/$now
code=0

imported() { # 0: stored, or stored before. 2: the files were refused, and the outcome says so. 1: anything else.
    outcome=$(skilltrack import "$taken" --careful --by nightly --notify --json) && ended=0 || ended=1
    printf '%s\n' "$outcome"
    case $outcome in *'"status": "refused"'*) ended=2 ;; esac
    return "$ended"
}

if [ -n "$(ls "$inbox")" ]; then
    mkdir -p "$taken" # what comes meanwhile waits for the next night
    mv "$inbox"/* "$taken/"
    for wait in 0 "$retry" "$retry"; do
        sleep "$wait"
        imported && code=0 || code=$?
        [ "$code" = 1 ] || break
    done
    if [ "$code" = 2 ]; then
        mv "$taken" "$inbox-refused-$now"
    elif [ "$code" = 1 ]; then
        mv -n "$taken"/* "$inbox/" || true
        if rmdir "$taken" 2>/dev/null; then
            echo "Nothing was imported: the files are in $inbox again." >&2
        else
            mv "$taken" "$inbox-older-$now"
            echo "Nothing was imported. Newer files have come to $inbox: the older ones are in $inbox-older-$now." >&2
        fi
    fi
else
    echo "The inbox $inbox is empty: no feed has come." >&2
    code=2
fi

failed=0
skilltrack backup "$backups/skilltrack-$now.duckdb" || failed=$?
ls -1 "$backups"/skilltrack-*Z.duckdb | sort -r | tail -n "+$((keep + 1))" | xargs -r rm --
case ${SKILLTRACK_DB:-} in
    ducklake:*) skilltrack lake maintain || failed=2 ;;
esac
[ "$code" != 0 ] || code=$failed
exit "$code"
