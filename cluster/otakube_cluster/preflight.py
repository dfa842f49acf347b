# SPDX-License-Identifier: Apache-2.0
"""Everything that can be known to go wrong, said before anything is changed."""

import ipaddress
import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from otakube_cluster import binaries, network, node, packages
from otakube_cluster.commands import attempt
from otakube_cluster.errors import ClusterError
from otakube_cluster.settings import PREFIX, ClusterSettings

GIB = 2**30
DISK_TO_RUN, DISK_TO_BUILD = 4 * GIB, 16 * GIB
MEMORY = 3 * GIB
CONTROLLERS = frozenset({"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """Facts found on the machine."""

    system: str
    free_disk: int
    memory: int
    filesystems: frozenset[str]
    controllers: frozenset[str]
    missing_programs: tuple[str, ...]
    can_install: bool
    unbuilt: tuple[str, ...]
    go: str | None
    routes: tuple[tuple[str, str], ...]
    namespaces_refused: str | None
    neighbours: tuple[tuple[str, int], ...]
    running_with: Mapping[str, str | int | bool]


def require_root() -> None:
    """ClusterError unless this process is root's."""
    if os.geteuid() != 0:
        raise ClusterError(
            "The cluster needs root, for it makes namespaces, mounts and devices: run the command with sudo."
        )


def gather(settings: ClusterSettings) -> MachineFacts:
    """Look at the machine; changes nothing."""
    go = binaries.toolchain()
    return MachineFacts(
        system=f"{platform.system()} {platform.machine()}",
        free_disk=shutil.disk_usage(_existing(settings.data)).free,
        memory=_memory(),
        filesystems=frozenset(Path("/proc/filesystems").read_text().split()),
        controllers=_controllers(),
        missing_programs=tuple(packages.missing_programs()),
        can_install=shutil.which("apt-get") is not None,
        unbuilt=tuple(
            module.name for module in binaries.missing(binaries.CLUSTER_MODULES, settings.cache, go)
        ),
        go=go,
        routes=tuple(network.routes()) if shutil.which("ip") else (),
        namespaces_refused=_try_namespaces(),
        neighbours=tuple(sorted(node.neighbours(settings).items())),
        running_with=node.recorded(settings.run) if node.running(settings) else {},
    )


def problems(facts: MachineFacts, settings: ClusterSettings) -> list[str]:
    """One sentence with its cure for each thing that stands in the way."""
    if facts.system != "Linux x86_64":
        return [f"This is {facts.system}; this cluster runs on Linux x86_64: use kind with Docker instead."]
    if facts.running_with:
        different = node.contradiction(settings, facts.running_with)
        return [different] if different else []
    sentences = [_disk(facts, settings), _memory_problem(facts), _kernel(facts), _programs(facts), _go(facts)]
    return [sentence for sentence in [*sentences, *_addresses(facts, settings)] if sentence]


def _disk(facts: MachineFacts, settings: ClusterSettings) -> str | None:
    needed = DISK_TO_BUILD if facts.unbuilt else DISK_TO_RUN
    if facts.free_disk >= needed:
        return None
    return (
        f"{settings.data} has {facts.free_disk / GIB:.1f} GiB free and {needed // GIB} GiB are needed: "
        "free some, or set OTAKUBE_DATA_DIR and OTAKUBE_CACHE_DIR to folders on a larger disk."
    )


def _memory_problem(facts: MachineFacts) -> str | None:
    if facts.memory >= MEMORY:
        return None
    has = f"The machine has {facts.memory / GIB:.1f} GiB of memory"
    return f"{has} and the cluster needs {MEMORY // GIB} GiB: use a larger one."


def _kernel(facts: MachineFacts) -> str | None:
    if "overlay" not in facts.filesystems:
        return (
            "The kernel offers no overlay file system: run `modprobe overlay`, or use a kernel that has it."
        )
    lacking = CONTROLLERS - facts.controllers
    if lacking:
        return (
            f"The kernel offers no control group for {', '.join(sorted(lacking))}: "
            "mount /sys/fs/cgroup, or start the kernel with these controllers enabled."
        )
    if facts.namespaces_refused:
        return (
            f"The kernel refused new mount, network and process namespaces ({facts.namespaces_refused}): "
            "run on the machine itself, or in a privileged container."
        )
    return None


def _programs(facts: MachineFacts) -> str | None:
    if not facts.missing_programs or facts.can_install:
        return None
    return (
        f"These programs are missing, and apt-get to install them too: {', '.join(facts.missing_programs)}. "
        "Install them with the machine's package manager."
    )


def _go(facts: MachineFacts) -> str | None:
    return binaries.without_go() if facts.unbuilt and not facts.go else None


def _addresses(facts: MachineFacts, settings: ClusterSettings) -> list[str]:
    for name, slot in facts.neighbours:
        if slot == settings.slot:
            return [
                f"The cluster {name} runs in slot {slot} too: set {PREFIX}SLOT to another number below 64."
            ]
    wanted = {
        "LINK_CIDR": settings.link_cidr,
        "POD_CIDR": settings.pod_cidr,
        "SERVICE_CIDR": settings.service_cidr,
    }
    sentences = []
    for variable, ours in wanted.items():
        for other, theirs in wanted.items():
            if variable < other and ours.overlaps(theirs):
                sentences.append(
                    f"{PREFIX}{variable} {ours} and {PREFIX}{other} {theirs} overlap: set one of them."
                )
        for destination, device in facts.routes:
            taken = ipaddress.ip_network(destination, strict=False)
            if device != settings.link and taken.overlaps(ours):
                sentences.append(
                    f"{ours} is taken: the machine has a route to {taken} by {device or 'another device'}. "
                    f"Set {PREFIX}{variable} to a free range, or {PREFIX}SLOT to another number below 64."
                )
    return sentences


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _controllers() -> frozenset[str]:
    unified = Path("/sys/fs/cgroup/cgroup.controllers")
    if unified.exists():
        # cgroup v2 accounts CPU time and filters devices without controllers of that name, and can freeze.
        return frozenset(unified.read_text().split()) | {"cpuacct", "devices", "freezer"}
    root = Path("/sys/fs/cgroup")
    return frozenset(folder.name for folder in root.iterdir()) if root.exists() else frozenset()


def _try_namespaces() -> str | None:
    done = attempt(["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "true"])
    return None if done.returncode == 0 else done.stderr.strip() or "no reason given"
