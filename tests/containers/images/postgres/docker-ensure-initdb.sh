#!/usr/bin/env bash
# As the official image's: a cluster in PGDATA, and no server.
set -Eeuo pipefail
exec docker-entrypoint.sh --initialise-alone "$@"
