#!/bin/bash
# Once, when the database is made: the role of who copies it, and of who follows it.
set -euo pipefail
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$POSTGRES_PASSWORD" <<'SQL'
create role replica with replication login password :'password';
create extension if not exists pg_trgm;
SQL
echo 'host replication replica all scram-sha-256' >>"$PGDATA/pg_hba.conf"
