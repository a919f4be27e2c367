#!/bin/sh
# What the tests need and Python packages don't bring: PostgreSQL, Redis, Chromium.
# Installed with apt when they are missing and we are root; otherwise says what is missing.
set -eu

has_postgres() {
  if [ -n "${DATABASE_URL:-}" ]; then return; fi
  if [ -n "${PG_BIN:-}" ]; then [ -x "$PG_BIN/initdb" ]; return; fi
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

missing=
has_postgres || missing="$missing postgresql"
[ -n "${REDIS_URL:-}" ] || command -v redis-server >/dev/null || command -v valkey-server >/dev/null ||
  missing="$missing redis-server"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
  command -v google-chrome >/dev/null || missing="$missing chromium fonts-liberation"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need these, which aren't here:$missing" >&2
  echo "On Debian, as root: apt-get install$missing" >&2
  exit 1
fi
echo "Installing for the tests:$missing …" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 # a list of names
apt-get -qq install -y --no-install-recommends $missing >/dev/null
