#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the MongoDB stand-in into a cache folder and prints that folder; does nothing if it is there.
# usage: images/documents/build.sh [FOLDER]
# FOLDER defaults to a folder of the user's cache, named by what goes in. Start it with FOLDER/documents.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
inputs=$(cd "$here" && cat build.sh Documents.java pom.xml jars.sha256 | sha256sum | cut -c1-12)
target=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/otakube/documents/$inputs}
[ ! -x "$target/documents" ] || { echo "$target"; exit 0; }

fail() { echo "documents: $1" >&2; exit 2; }
require() { # COMMAND PACKAGE
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || fail "$1 is missing; install the package $2"
  echo "documents: installing $2" >&2
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >&2
}
require javac openjdk-17-jdk-headless
require mvn maven

mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "documents: fetching the jars (about 6 MB, and Maven's own plugin once)" >&2
(cd "$here" && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/jars" >&2) || fail "Maven could not fetch the jars"
(cd "$work/jars" && sha256sum --quiet --strict -c "$here/jars.sha256" >&2) || fail "a jar differs from jars.sha256"
extra=$(ls "$work/jars" | grep -vxFf <(awk '{print $2}' "$here/jars.sha256") || true)
[ -z "$extra" ] || fail "jars that jars.sha256 does not name: $extra"
javac --release 17 -cp "$work/jars/*" -d "$work/classes" "$here/Documents.java"
cat > "$work/documents" <<'START'
#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
home=$(dirname "$(readlink -f "$0")")
exec java -Xmx"${DOCUMENTS_HEAP:-400m}" -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
  -Djava.io.tmpdir="${TMPDIR:-/tmp}" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dio.netty.noUnsafe=true \
  -cp "$home/classes:$home/jars/*" Documents "$@"
START
chmod 755 "$work" "$work/documents"
[ ! -e "$target" ] || rm -rf "$target"
mv "$work" "$target"
trap - EXIT
echo "$target"
