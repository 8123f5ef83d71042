#!/bin/bash
# As the official image's: tells Odoo the database server that HOST, PORT, USER and PASSWORD name (or the file
# PASSWORD_FILE), but for what its configuration or libpq's variables say already; waits for it; anything but Odoo and
# its options is a command to run.
set -e
[ -z "${PASSWORD_FILE+set}" ] || PASSWORD=$(cat "$PASSWORD_FILE")

server=()
option() { # name, libpq's variable, value
  if [ -z "${!2+set}" ] && ! grep --quiet --extended-regexp "^[[:space:]]*$1[[:space:]]*=" "$ODOO_RC"; then
    server+=("--$1" "$3")
  fi
}
option db_host PGHOST "${HOST:-db}"
option db_port PGPORT "${PORT:-5432}"
option db_user PGUSER "${USER:-odoo}"
option db_password PGPASSWORD "${PASSWORD:-odoo}"

case "${1:-}" in
  odoo | --) shift ;;
  -*) ;;
  *) exec "$@" ;;
esac
if [ "${1:-}" = scaffold ]; then
  exec odoo "$@"
fi
wait-for-psql.py "${server[@]}" --timeout=30
exec odoo "$@" "${server[@]}"
