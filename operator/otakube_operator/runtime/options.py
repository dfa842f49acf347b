# SPDX-License-Identifier: Apache-2.0
"""Parameters of the runtime. An installation has no reason to change most of them; tests do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeOptions:
    """Limits and addresses of one process."""

    workers: int = 16
    """Objects of one kind that are worked on at once."""
    writes_at_once: int = 16
    writes_per_second: float = 50
    """The rate once write_burst is spent."""
    write_burst: int = 1000
    resync_seconds: float = 600
    """Interval at which everything is listed and looked at again, with a tenth of jitter."""
    clock_offset_seconds: float = 0
    """The operator's clock is so much ahead of the machine's."""
    probe_host: str = "0.0.0.0"  # noqa: S104 - the kubelet probes the pod's address
    probe_port: int = 8080
    watch_age_limit: float = 120
    """Seconds without event or bookmark after which /healthz turns red; bookmarks come every minute."""
    loop_lag_limit: float = 10
