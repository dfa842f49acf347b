# SPDX-License-Identifier: Apache-2.0
from e2e.conftest import cluster, name

__all__ = ["cluster", "name"]
