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
