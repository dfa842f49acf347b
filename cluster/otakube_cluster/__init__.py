# SPDX-License-Identifier: Apache-2.0
"""A real one-node Kubernetes cluster assembled from packages, for machines without a container engine."""
