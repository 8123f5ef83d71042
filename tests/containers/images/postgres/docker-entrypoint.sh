#!/usr/bin/env bash
# As the official image's: makes a cluster in an empty PGDATA, with the superuser POSTGRES_USER, the database
# POSTGRES_DB, and what the files in /docker-entrypoint-initdb.d do, then becomes the server. A cluster that is there
# is taken as it is.
set -Eeo pipefail

from_file() { # name, default: the variable, or what is in the file that NAME_FILE names
  local file=$1_FILE
  if [ -n "${!1:-}" ] && [ -n "${!file:-}" ]; then
    echo "error: both $1 and $file are set (but are exclusive)" >&2
    exit 1
  fi
  local value=${!1:-$2}
  [ -z "${!file:-}" ] || value=$(cat "${!file}")
  export "$1=$value"
  unset "$file"
}

docker_process_sql() {
  PGHOST='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username="$POSTGRES_USER" \
    --dbname="$POSTGRES_DB" "$@"
}

initialise() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    exit 1
  fi
  initdb --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD")
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
  export PGPASSWORD=$POSTGRES_PASSWORD
  # On a socket alone: nobody else may come in before all is there.
  pg_ctl -D "$PGDATA" -w -o "$(printf '%q ' "$@" -c listen_addresses=)" start
  local name=$POSTGRES_DB
  POSTGRES_DB=postgres
  if [ -z "$(docker_process_sql -At -v name="$name" <<< "SELECT 1 FROM pg_database WHERE datname = :'name'")" ]; then
    docker_process_sql -v name="$name" <<< 'CREATE DATABASE :"name"'
  fi
  POSTGRES_DB=$name
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh)
        echo "$0: $file"
        # shellcheck disable=SC1090 # whatever is there
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) docker_process_sql -f "$file" ;;
      *) echo "$0: ignoring $file" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
}

alone=
if [ "$1" = --initialise-alone ]; then
  alone=$1
  shift
fi
[ "${1:0:1}" != - ] || set -- postgres "$@"
if [ "$1" = postgres ]; then
  from_file POSTGRES_PASSWORD ""
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  mkdir -p "$PGDATA"
  if [ "$(id -u)" = 0 ]; then
    chmod 700 "$PGDATA"
    find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
    exec gosu postgres "$0" ${alone:+"$alone"} "$@"
  fi
  if [ -s "$PGDATA/PG_VERSION" ]; then
    echo "PostgreSQL Database directory appears to contain a database; Skipping initialization"
  else
    initialise "${@:2}"
    echo "PostgreSQL init process complete; ready for start up."
  fi
fi
[ -z "$alone" ] || exit 0
exec "$@"
