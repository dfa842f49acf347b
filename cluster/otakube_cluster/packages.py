# SPDX-License-Identifier: Apache-2.0
"""The Debian packages that the cluster stands on, installed when their programs are missing."""

import shutil
from collections.abc import Callable
from pathlib import Path

from otakube_cluster.commands import run

# What is looked for -> the package that brings it.
PROGRAMS = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "nft": "nftables",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "mount": "mount",
    "sysctl": "procps",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
IMAGE_PROGRAMS = {"buildah": "buildah", "mmdebstrap": "mmdebstrap"}


def missing_programs(programs: dict[str, str] = PROGRAMS) -> list[str]:
    """The programs that are not there."""
    return [name for name in programs if not (Path(name).exists() if "/" in name else shutil.which(name))]


def install_missing(detail: Callable[[str], None], programs: dict[str, str] = PROGRAMS) -> None:
    """Install the packages of the missing programs, asking nothing."""
    wanted = sorted({programs[name] for name in missing_programs(programs)})
    if not wanted:
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    detail("reading the package lists")
    run(["apt-get", "update", "-qq"], environment=quiet)
    detail(", ".join(wanted))
    run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted],
        environment=quiet,
        timeout=1800,
    )
