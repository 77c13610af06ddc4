#!/bin/bash
# One of two servers of PostgreSQL: the one that POSTGRES_PRIMARY names takes writes, the other one follows it.
#   postgres.sh               starts it; an empty folder is filled from the primary first
#   postgres.sh promote       makes this one the primary, unless it is that; the other one is gone, so nothing waits for it any more
#   postgres.sh synchronous   waits until somebody follows; from then on nothing is acknowledged before it is there too
set -euo pipefail
data=${PGDATA:-/var/lib/postgresql/data} name=${POSTGRES_NAME:?} other=${POSTGRES_OTHER:?} primary=${POSTGRES_PRIMARY:?}
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"; }

copy_of_primary() {
  find "$data" -mindepth 1 -delete
  # Into a folder beside, and PG_VERSION last: a copy that was interrupted is never taken for a whole one. The password is written
  # into the copy's own settings, by which it follows.
  PGPASSWORD=$POSTGRES_PASSWORD pg_basebackup --pgdata "$data/copy" --wal-method stream --checkpoint fast --write-recovery-conf \
    --dbname "host=$primary port=${OTHER_PORT:-5432} user=replica application_name=$name"
  find "$data/copy" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
  mv "$data/copy/PG_VERSION" "$data"
  rmdir "$data/copy"
}

case ${1:-start} in
start)
  if [ "$name" != "$primary" ]; then
    if [ ! -s "$data/PG_VERSION" ]; then
      copy_of_primary
    elif [ ! -e "$data/standby.signal" ]; then
      echo "$name took writes once, and now $primary does: what is here may differ. Delete this volume, and it is copied anew." >&2
      exit 1
    fi
    chmod 700 "$data"
  elif [ ! -s "$data/PG_VERSION" ] && pg_isready --quiet --host "$other" --port "${OTHER_PORT:-5432}"; then
    echo "$name is to take writes and has nothing, while $other has a database: set POSTGRES_PRIMARY=$other, and it is copied from there." >&2
    exit 1
  fi
  exec docker-entrypoint.sh postgres -c wal_keep_size=1024 -c wal_log_hints=on
  ;;
promote)
  until pg_isready --quiet; do sleep 1; done
  sql --command 'select pg_promote() where pg_is_in_recovery()' \
    --command "alter system set synchronous_standby_names = ''" --command 'select pg_reload_conf()'
  ;;
synchronous)
  until [ "$(sql --command "select count(*) from pg_stat_replication where state = 'streaming'")" -gt 0 ]; do sleep 1; done
  sql --command "alter system set synchronous_standby_names = '*'" --command 'select pg_reload_conf()'
  ;;
*)
  echo "postgres.sh [start|promote|synchronous]" >&2
  exit 2
  ;;
esac
