#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the images of images.yaml and brings them where the cluster finds them.
set -euo pipefail
cd "$(dirname "$0")/.."

case $1 in
  local) .venv/bin/otakube cluster build-image ;;
  kind) skaffold build --profile kind && kind load docker-image --name otakube $(sed -n 's/.*name: \(otakube-[a-z]*\).*/\1:dev/p' images/images.yaml) ;;
  current) echo "CLUSTER=current: nothing is built here; the cluster must find every image of images/images.yaml as \$OTAKUBE_REGISTRY/NAME:dev (now ${OTAKUBE_REGISTRY:-unset})" ;;
esac
