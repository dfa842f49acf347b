# SPDX-License-Identifier: Apache-2.0
"""The edge to kopf."""

from pathlib import Path

import otakube_operator


def test_only_one_module_uses_kopfs_decorators() -> None:
    folder = Path(otakube_operator.__path__[0])
    users = {path.name for path in folder.rglob("*.py") if "kopf.on." in path.read_text()}
    assert users == {"handlers.py"}
