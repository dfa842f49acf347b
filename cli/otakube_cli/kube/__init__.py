# SPDX-License-Identifier: Apache-2.0
"""Way to an API server: the kubeconfig, its credentials, and HTTP, with the standard library alone."""
