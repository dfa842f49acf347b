# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests run on the cluster that `make install` prepared."""

import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e import kube
from e2e.people import OTAKUBE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session", autouse=True)
def cluster() -> None:
    """Fail at once, with the cure, when Otakube is not installed."""
    done = subprocess.run(
        [
            "kubectl",
            "-n",
            kube.NAMESPACE,
            "rollout",
            "status",
            "deployment/otakube-operator",
            "--timeout=120s",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, (
        f"Otakube is not installed on this cluster; run `make install`\n{done.stderr}"
    )


@pytest.fixture
def name() -> Iterator[str]:
    """Name of an AnimeEnrichment that is gone after the test."""
    chosen = f"e2e-{uuid.uuid4().hex[:8]}"
    yield chosen
    kube.delete(chosen)


@pytest.fixture
def names() -> Iterator[Callable[[], str]]:
    """As `name`, for tests that need several."""
    made: list[str] = []

    def another() -> str:
        made.append(f"e2e-{uuid.uuid4().hex[:8]}")
        return made[-1]

    yield another
    for chosen in made:
        kube.delete(chosen)


@pytest.fixture
def daemons() -> dict[str, int]:
    """Process ids of the local cluster's own processes."""
    done = subprocess.run([OTAKUBE, "cluster", "status", "--output", "json"], capture_output=True, text=True)
    report = json.loads(done.stdout)
    if report["node"] is None:  # a cluster elsewhere: kills are of processes of this machine
        pytest.skip("not the local cluster: its processes cannot be killed from here")
    assert report["running"], f"a process of the cluster does not run: {report['daemons']}"
    return report["daemons"]
