# SPDX-License-Identifier: Apache-2.0
"""Build Argo's own web page from the sources in its Go module, which brings them unbuilt; decision 0039."""

import os
import re
import shutil
from pathlib import Path

from otakube_cluster.commands import attempt, run
from otakube_cluster.errors import ClusterError

NODE_VERSION = 20
"""Major version of Node.js that Argo's sources ask for."""

INSTALL = ("npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund")
"""By the lock's hashes, from the registry of the user's npm configuration; no package runs anything."""

BUNDLE = ("node_modules/.bin/webpack", "--mode", "production", "--config", "webpack.page.js")
CONFIGURATION = "webpack.config.js"
OURS = ("package.json", "package-lock.json", "webpack.page.js", "logs-viewer.js")


def obstacle() -> str | None:
    """Why the page cannot be built on this machine; None where it can."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return f"Node.js {NODE_VERSION} or newer with npm was not found"
    version = attempt(["node", "--version"]).stdout.strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < NODE_VERSION:
        return f"Node.js {NODE_VERSION} or newer is needed, and `node` is {version or 'broken'}"
    return None


def build(argo: Path, ours: Path, work: Path, version: str) -> Path:
    """The folder with the page of the Argo whose Go module lies in `argo`; ClusterError if it cannot be."""
    if (reason := obstacle()) is not None:
        raise ClusterError(reason)
    ui = work / "ui"
    _copy(argo / "ui/src", ui / "src")
    for folder in ("api/openapi-spec", "api/jsonschema"):
        _copy(argo / folder, work / folder)
    for file in (argo / "ui" / CONFIGURATION, argo / "ui/tsconfig.json", *(ours / name for name in OURS)):
        shutil.copyfile(file, ui / file.name)
    run(INSTALL, folder=ui, timeout=1200)
    run(BUNDLE, folder=ui, environment={"NODE_ENV": "production", "VERSION": version}, timeout=1200)
    return ui / "dist"


def _copy(source: Path, target: Path) -> None:
    """Without the modes of Go's module cache, which are read-only."""
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)
