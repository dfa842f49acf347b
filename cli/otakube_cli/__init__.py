# SPDX-License-Identifier: Apache-2.0
"""The commands for people: they talk to a cluster with the rights of the person's own kubeconfig."""
