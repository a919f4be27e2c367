#!/bin/sh
# Make .venv hold exactly what a lock says; does nothing when it already does.
# Usage: tools/install.sh requirements.lock|requirements-dev.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/.installed
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

# The development lock holds everything the other one does.
for known in "$lock" requirements-dev.lock; do
  if cmp -s "$known" "$stamp" && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi
done

fit() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14; do
    if fit "$candidate"; then echo "$candidate"; return; fi
  done
  say "Python 3.11 or newer isn't here. Install it, or name it: PYTHON=/path/to/python3 make up"
  return 1
}

make_venv() {
  python=$(find_python)
  if ! "$python" -c 'import ensurepip' 2>/dev/null && ! command -v uv >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "Installing Python's venv module …"
      apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3-venv >/dev/null
    else
      say "Python's venv module isn't here. As root: apt-get install python3-venv"
      return 1
    fi
  fi
  if "$python" -c 'import ensurepip' 2>/dev/null; then
    "$python" -m venv --clear .venv
  else
    uv venv -q --clear --python "$python" .venv
  fi
}

# Prints the path of the pinned uv, installing it beside the packages; fails quietly.
find_uv() {
  home=.venv/.uv-$(cksum < requirements-uv.lock | cut -d ' ' -f 1)
  if [ ! -x "$home/bin/uv" ]; then
    .venv/bin/python -m pip install -q --no-deps --require-hashes --target "$home" \
      -r requirements-uv.lock >&2 || return 1
  fi
  echo "$home/bin/uv"
}

install_lock() {
  if uv=$(find_uv 2>/dev/null) || uv=$(command -v uv); then
    "$uv" pip sync -q --python .venv/bin/python --require-hashes "$lock" && return
    say "uv could not install the packages; trying with pip, which takes a minute …"
  fi
  .venv/bin/python -m pip install -q --require-hashes -r "$lock"
}

fit .venv/bin/python || make_venv
say "Installing the packages of $lock …"
rm -f "$stamp"
install_lock
cp "$lock" "$stamp"
