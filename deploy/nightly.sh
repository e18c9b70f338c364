#!/bin/sh
# nightly.sh INBOX BACKUPS: imports the files that lie in INBOX (roster.csv, badges.csv …) as one upload, makes a verified
# backup in BACKUPS and keeps the newest 14; a lake is tidied up. Exit 2 where the files were refused: they then lie in
# INBOX-refused-TIME, and HR gets a mail where the app can send one. The backup is made all the same.
set -eu
inbox=$1 backups=$2 keep=${KEEP:-14}
PATH=/opt/skilltrack/bin:$PATH
now=$(date -u +%Y%m%dT%H%M%SZ)
code=0

if [ -n "$(ls "$inbox")" ]; then
    mkdir -p "$inbox-done/$now" # what comes meanwhile waits for the next night
    mv "$inbox"/* "$inbox-done/$now/"
    if ! skilltrack import "$inbox-done/$now" --careful --by nightly --notify; then
        code=2
        mv "$inbox-done/$now" "$inbox-refused-$now"
    fi
else
    echo "The inbox $inbox is empty: no feed has come." >&2
    code=2
fi

skilltrack backup "$backups/skilltrack-$now.duckdb"
ls -1 "$backups"/skilltrack-*Z.duckdb | sort -r | tail -n "+$((keep + 1))" | xargs -r rm --
case ${SKILLTRACK_DB:-} in
    ducklake:*) skilltrack lake maintain || code=2 ;;
esac
exit "$code"
