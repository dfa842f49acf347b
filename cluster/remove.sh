#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Takes back what `make demo` made.
set -euo pipefail
cd "$(dirname "$0")/.."

case $1 in
  local) .venv/bin/otakube cluster down --purge ;;
  kind) kind delete cluster --name otakube ;;
  current)
    .venv/bin/otakube demo --delete
    helm uninstall otakube --namespace otakube --ignore-not-found
    helm uninstall otakube-dev --namespace otakube-dev --ignore-not-found
    helm uninstall otakube-crds --namespace otakube --ignore-not-found
    echo "Left: the CRDs of otakube.dev (each carries its objects), the namespaces otakube and otakube-dev, the stand-ins' volumes."
    ;;
  *) echo "CLUSTER is '$1'; it must be local, kind or current" >&2; exit 2 ;;
esac
