#!/bin/sh
# /usr/local/bin/skilltrack: a command by the app's account and with the app's settings, for root: sudo skilltrack doctor
if [ "$(id -u)" != 0 ]; then
    echo "This reads the settings of the app, as only root can. Write: sudo skilltrack $*" >&2
    exit 2
fi
set -a
HOME=/var/lib/skilltrack SKILLTRACK_DB=/var/lib/skilltrack/skilltrack.duckdb
. /etc/skilltrack/skilltrack.env
umask 077
exec setpriv --reuid=skilltrack --regid=skilltrack --clear-groups /opt/skilltrack/bin/skilltrack "$@"
