#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks Debian's Prometheus into the cache, for the tests of alerts and of the dashboard; it needs no root and starts no service.
set -euo pipefail
if command -v prometheus >/dev/null && command -v promtool >/dev/null; then exit 0; fi
cache=${OTAKUBE_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/otakube}
if [ -x "$cache/prometheus/usr/bin/promtool" ]; then exit 0; fi
mkdir -p "$cache"
folder=$(mktemp -d "$cache/prometheus.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
download() { apt-get download -qq prometheus >/dev/null 2>&1; }
refresh() { [ "$(id -u)" = 0 ] && apt-get update -qq >/dev/null; }
if ! command -v apt-get >/dev/null || ! { download || { refresh && download; }; }; then
  echo "prometheus: it is missing, tests that need it are skipped; put prometheus and promtool on the PATH"
  exit 0
fi
echo "prometheus: unpacking $(basename -- *.deb)"
dpkg-deb -x ./*.deb files
mv files "$cache/prometheus" 2>/dev/null || [ -x "$cache/prometheus/usr/bin/promtool" ]  # another was first
