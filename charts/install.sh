#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs or upgrades the CRDs, the stand-ins and Otakube, and waits until all of them serve.
# OTAKUBE_REGISTRY: where the cluster finds the images, as OTAKUBE_REGISTRY/otakube-steps:dev; without it, on its nodes.
# OTAKUBE_VALUES: a file of values for the chart otakube, over values-dev.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."

release() { # NAME NAMESPACE [ARGS...]
  local name=$1 namespace=$2
  shift 2
  echo "charts: $name"
  helm upgrade --install "$name" "charts/$name" --namespace "$namespace" --timeout 5m "$@" >/dev/null
}

# The local cluster's tags stay the same, so a word of their contents tells which pods run old images.
revision=
if [ "$1" = local ]; then
  revision=$(cat "$(dirname "$KUBECONFIG")"/images/* | sha256sum | cut -c1-12)
fi

for namespace in otakube otakube-dev; do
  kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace" >/dev/null
  kubectl label namespace "$namespace" --overwrite pod-security.kubernetes.io/enforce=restricted >/dev/null
done

release otakube-crds otakube
images=(--set-string "image.revision=$revision" --set-string "image.registry=${OTAKUBE_REGISTRY:-}")
release otakube-dev otakube-dev "${images[@]}" --wait
release otakube otakube --values charts/otakube/values-dev.yaml "${images[@]}" ${OTAKUBE_VALUES:+--values "$OTAKUBE_VALUES"} --wait
sound=$(.venv/bin/otakube doctor --namespace otakube 2>&1) || echo "$sound" >&2
