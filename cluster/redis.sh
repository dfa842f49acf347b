#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs redis-server, which tests and benchmarks start themselves; says what to do where it may not.
set -euo pipefail
command -v redis-server >/dev/null && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "redis: redis-server is missing, tests that need it are skipped; install it with: apt-get install redis-server"
  exit 0
fi
echo "redis: installing redis-server"
# The package would start a service; tests start servers of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get update -qq >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
