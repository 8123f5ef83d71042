# Sourced by the commands: the checkout's folder, and a Python that can run Odoo 19.
# shellcheck shell=bash

# shellcheck disable=SC2034 # the commands that source this use it
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "Python 3.10 to 3.13 with its venv module is missing: install python3 and python3-venv, or name one in PYTHON." >&2
  return 1
}
