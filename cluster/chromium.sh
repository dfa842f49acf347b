#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs Debian's Chromium, which the tests of Argo's page drive; says what to do where it may not.
set -euo pipefail
if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "chromium: it is missing, tests that need it are skipped; install it with: apt-get install chromium"
  exit 0
fi
echo "chromium: installing it"
apt-get update -qq >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
