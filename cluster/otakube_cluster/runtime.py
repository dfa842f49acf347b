# SPDX-License-Identifier: Apache-2.0
"""containerd's configuration: a store, a socket and a state of the cluster's own."""

import json
from pathlib import Path

from otakube_cluster.network import PLUGINS
from otakube_cluster.settings import ClusterSettings

PAUSE_IMAGE = "localhost/otakube-node:1"


def socket(settings: ClusterSettings) -> Path:
    """The socket of containerd."""
    return settings.run / "containerd.sock"


UNUSED_PLUGINS = [
    *(f"io.containerd.snapshotter.v1.{name}" for name in ("btrfs", "zfs", "aufs", "devmapper")),
    "io.containerd.internal.v1.opt",
]


def config(settings: ClusterSettings, networks: Path) -> str:
    """containerd's TOML; runc may not lower OOM scores where the machine withholds CAP_SYS_RESOURCE."""
    cri = 'plugins."io.containerd.grpc.v1.cri"'
    return f"""version = 2
root = "{settings.data / "containerd"}"
state = "{settings.run / "containerd"}"
oom_score = 0
disabled_plugins = {json.dumps(UNUSED_PLUGINS)}
[grpc]
address = "{socket(settings)}"
[ttrpc]
address = "{socket(settings)}.ttrpc"
[{cri}]
sandbox_image = "{PAUSE_IMAGE}"
restrict_oom_score_adj = true
disable_apparmor = true
netns_mounts_under_state_dir = true
max_concurrent_downloads = 1
[{cri}.containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"
[{cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[{cri}.containerd.runtimes.runc.options]
SystemdCgroup = false
[{cri}.cni]
bin_dir = "{PLUGINS}"
conf_dir = "{networks}"
"""
