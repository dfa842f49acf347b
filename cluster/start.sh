#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Brings up the cluster that CLUSTER names: local (from packages), kind, or current (already there).
set -euo pipefail
cd "$(dirname "$0")/.."
argo=v4.1.4

case $1 in
  local) .venv/bin/otakube cluster up ;;
  current) kubectl cluster-info >/dev/null || { echo "CLUSTER=current: kubectl reaches no cluster; check its context" >&2; exit 2; } ;;
  kind)
    for program in docker kind kubectl helm; do
      command -v "$program" >/dev/null || { echo "CLUSTER=kind needs $program on the PATH" >&2; exit 2; }
    done
    kind get clusters 2>/dev/null | grep -qx otakube || kind create cluster --name otakube --config cluster/kind.yaml
    kubectl config use-context kind-otakube >/dev/null
    kubectl create namespace argo --dry-run=client -o yaml | kubectl apply -f - >/dev/null
    kubectl apply --server-side -n argo -f "https://github.com/argoproj/argo-workflows/releases/download/$argo/install.yaml" >/dev/null
    kubectl -n argo patch configmap workflow-controller-configmap --type merge \
      --patch '{"data": {"workflowRestrictions": "templateReferencing: Secure"}}' >/dev/null
    kubectl -n argo set env deployment/workflow-controller DEFAULT_REQUEUE_TIME=1s >/dev/null
    kubectl -n argo rollout status deployment/workflow-controller --timeout=300s
    ;;
  *) echo "CLUSTER is '$1'; it must be local, kind or current" >&2; exit 2 ;;
esac
