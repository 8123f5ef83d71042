# Sourced by the commands: the checkout's folder, and a Python that can run Odoo 19.
# shellcheck shell=bash

# shellcheck disable=SC2034 # the commands that source this use it
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What the person called, for messages.
DRIVE_COMMAND=script/$(basename "$0")
export DRIVE_COMMAND

find_python() {
  local candidate right=
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
      right=$candidate
      if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
        command -v "$candidate"
        return
      fi
    fi
  done
  if [ -n "$right" ]; then
    echo "$right has no venv module: install the package python3-venv." >&2
  else
    echo "Python 3.10 to 3.13 is missing: install python3 and python3-venv, or name one in PYTHON." >&2
  fi
  return 1
}

# Starts a program of script/lib in the private environment, which is made first if need be
# (its parts: $2); what that says goes to stderr, for a program's own output may be read by
# another. To read a program's help no environment is needed, if its imports allow.
start() {
  local program=$root/script/lib/$1.py part=$2
  shift 2
  if [ "${1:-}" = --help ] && [ ! -d "$root/.odoo" ] && "$(find_python)" "$program" --help 2>/dev/null; then
    return
  fi
  "$root/script/setup" --quiet ${part:+"$part"} >&2
  exec "$root/.odoo/venv/bin/python" "$program" "$@"
}

# The same for what is also done to an Odoo that is installed: where ODOO_RC names a configuration
# that is not ours (Odoo's container sets it), nothing is set up, and that Odoo's Python is used.
start_beside() {
  local program=$root/script/lib/$1.py python=${PYTHON:-python3}
  if [ -z "${ODOO_RC:-}" ] || [ "$ODOO_RC" -ef "$root/.odoo/odoo.conf" ]; then
    start "$1" "" "${@:2}"
    return
  fi
  if ! "$python" -c 'import sys, psycopg2; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    echo "$DRIVE_COMMAND: ODOO_RC names an Odoo whose Python $python is not: name its Python in PYTHON." >&2
    return 1
  fi
  export DRIVE_ODOO_RC=$ODOO_RC
  exec "$python" "$program" "${@:2}"
}
