#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Creates the virtual environment with uv in it; installs the few Debian packages that this needs.
set -euo pipefail
venv=$1
uv_version=$2

fail() { echo "setup: $1" >&2; exit 2; }

find_python() {
  for candidate in python3.13 python3.12 python3.11 python3; do
    command -v "$candidate" >/dev/null || continue
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null || continue
    echo "$candidate"
    return
  done
}

install_packages() {
  [ "$(id -u)" = 0 ] || fail "$1 is missing; install it with: apt-get install $2"
  command -v apt-get >/dev/null || fail "$1 is missing and this machine has no apt-get; install $2 and run again"
  echo "setup: installing $2"
  apt-get update -qq >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 >/dev/null
}

python=$(find_python)
if [ -z "$python" ]; then
  install_packages "Python 3.11 to 3.13" "python3 python3-venv"
  python=$(find_python)
fi
[ -n "$python" ] || fail "Python 3.11 to 3.13 is needed; found $(python3 --version 2>&1)"
"$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages "the venv module of $python" python3-venv

# One that an interrupted set-up left half made is made anew.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip show uv 2>/dev/null | grep -q "^Version: $uv_version$" \
  || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
