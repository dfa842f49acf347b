#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs or upgrades the CRDs, the stand-ins and Otakube, and waits until all of them serve.
set -euo pipefail
cd "$(dirname "$0")/.."

release() { # NAME NAMESPACE [ARGS...]
  local name=$1 namespace=$2
  shift 2
  echo "charts: $name"
  helm upgrade --install "$name" "charts/$name" --namespace "$namespace" --timeout 5m "$@" >/dev/null
}

for namespace in otakube otakube-dev; do
  kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
  kubectl label namespace "$namespace" --overwrite pod-security.kubernetes.io/enforce=restricted >/dev/null
done

release otakube-crds otakube
release otakube-dev otakube-dev --wait
release otakube otakube --values charts/otakube/values-dev.yaml ${OTAKUBE_VALUES:+--values "$OTAKUBE_VALUES"} --wait
