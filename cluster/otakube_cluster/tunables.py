# SPDX-License-Identifier: Apache-2.0
"""Kernel settings of the whole machine that the kubelet or egress change: remembered and put back."""

import json
from pathlib import Path

from otakube_cluster.settings import ClusterSettings

# The kubelet sets the first three (pkg/kubelet/cm setupKernelTunables), egress the last.
CHANGED = ("vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward")
SYSCTLS = Path("/proc/sys")


def remember(settings: ClusterSettings) -> None:
    """Write down the values of now."""
    values = {name: (SYSCTLS / name).read_text() for name in CHANGED}
    (settings.run / "sysctls.json").write_text(json.dumps(values))


def put_back(settings: ClusterSettings) -> None:
    """Restore what was written down."""
    record = settings.run / "sysctls.json"
    if not record.exists():
        return
    for name, value in json.loads(record.read_text()).items():
        if (SYSCTLS / name).read_text() != value:
            (SYSCTLS / name).write_text(value)
    record.unlink()
