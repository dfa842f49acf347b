# SPDX-License-Identifier: Apache-2.0
"""Settings and facts of an ordinary machine, to be changed in one place by each test."""

import os

import pytest

from otakube_cluster.preflight import DISK_TO_BUILD, MEMORY, MachineFacts
from otakube_cluster.settings import ClusterSettings
from otakube_cluster.settings import load as load_here
from unit.otakube_cluster.loading import Load


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    def loaded(environment: dict[str, str], **flags: str | bool | None) -> ClusterSettings:
        for name in [name for name in os.environ if name.startswith("OTAKUBE_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load_here(**flags)

    return loaded


@pytest.fixture
def settings(load: Load) -> ClusterSettings:
    return load({"OTAKUBE_DATA_DIR": "/data", "OTAKUBE_CACHE_DIR": "/cache"})


@pytest.fixture
def facts() -> MachineFacts:
    return MachineFacts(
        system="Linux x86_64",
        free_disk=DISK_TO_BUILD,
        memory=MEMORY,
        filesystems=frozenset({"ext4", "overlay"}),
        controllers=frozenset({"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids"}),
        missing_programs=(),
        can_install=True,
        unbuilt=(),
        go="go1.26.8",
        routes=(("192.168.1.0/24", "eth0"),),
        namespaces_refused=None,
        neighbours=(),
        running_with={},
    )
