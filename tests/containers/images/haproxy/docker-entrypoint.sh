#!/bin/sh
# As the official image's: HAProxy in the foreground, as a master with a worker; options alone are HAProxy's.
set -e
case "$1" in
  haproxy) shift ;;
  -*) ;;
  *) exec "$@" ;;
esac
exec haproxy -W -db "$@"
