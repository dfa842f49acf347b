# SPDX-License-Identifier: Apache-2.0
"""The cluster's control groups, on version 1 and version 2."""

from pathlib import Path

from otakube_cluster import processes
from otakube_cluster.settings import ClusterSettings

ROOT = Path("/sys/fs/cgroup")


def of_pods(settings: ClusterSettings) -> str:
    """The group below which the kubelet works; two kubelets that shared one would end each other's pods."""
    return f"otakube-{settings.name}"


def of_daemons(settings: ClusterSettings) -> str:
    """The group of the node's daemons."""
    return f"{of_pods(settings)}-system"


def hierarchies() -> list[Path]:
    """The roots of all hierarchies: one in version 2, one per controller and the unified one in version 1."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return [path for path in ROOT.iterdir() if path.is_dir() and not path.is_symlink()]


def make(settings: ClusterSettings) -> None:
    """Make both groups in every hierarchy."""
    _enable_controllers()
    for root in hierarchies():
        for name in (of_pods(settings), of_daemons(settings)):
            (root / name).mkdir(exist_ok=True)
            # Version 1: a cpuset without processors and memory nodes accepts no process.
            for file in ("cpuset.cpus", "cpuset.mems"):
                if root.name == "cpuset":
                    (root / name / file).write_text((root / file).read_text())


def _enable_controllers() -> None:
    """Version 2: a group has the controllers that its parent hands on."""
    available = ROOT / "cgroup.controllers"
    for name in available.read_text().split() if available.exists() else ():
        (ROOT / "cgroup.subtree_control").write_text(f"+{name}")


def remove(settings: ClusterSettings) -> None:
    """Remove both groups with everything below; the processes in them have ended."""
    for root in hierarchies():
        for name in (of_pods(settings), of_daemons(settings)):
            below = sorted((root / name).glob("**/"), key=lambda path: len(path.parts), reverse=True)
            for folder in below:
                processes.wait_for(lambda folder=folder: _removed(folder), timeout=5)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def left(settings: ClusterSettings) -> list[Path]:
    """The groups that are still there."""
    names = (of_pods(settings), of_daemons(settings))
    return [root / name for root in hierarchies() for name in names if (root / name).exists()]


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
