# SPDX-License-Identifier: Apache-2.0
"""Real processes on loopback for the integration tests."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from control_plane import ControlPlane, running_control_plane
from otakube_cluster import binaries, settings

CRDS = Path(__file__).parents[2] / "crds"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def kubernetes_binary() -> Path:
    """The multi-call binary that the environment names, else the local cluster's, built if missing."""
    named = os.environ.get("OTAKUBE_KUBERNETES_BINARY")
    return Path(named) if named else binaries.program("kubernetes", settings.load().cache)


@pytest.fixture(scope="session")
def control_plane(
    kubernetes_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ControlPlane]:
    """A real API server without any of our kinds."""
    with running_control_plane(tmp_path_factory.mktemp("control-plane"), kubernetes_binary) as plane:
        yield plane


@pytest.fixture(scope="session")
def otakube_api(control_plane: ControlPlane) -> ControlPlane:
    """The same API server, with our CRDs."""
    manifests = sorted(CRDS.glob("otakube.dev_*.yaml"))
    control_plane.apply(*manifests)
    control_plane.wait_for_crds(
        "animeenrichments.otakube.dev",
        "episodeschedules.otakube.dev",
        "datasetsyncs.otakube.dev",
        "catalogrestores.otakube.dev",
    )
    return control_plane


@pytest.fixture(scope="session")
def api(otakube_api: ControlPlane) -> Iterator[httpx2.Client]:
    """A client of the API server that has our CRDs."""
    with otakube_api.client() as client:
        yield client


@pytest.fixture
def namespace(api: httpx2.Client) -> str:
    """A namespace of the test's own; it goes with the API server."""
    name = f"test-{secrets.token_hex(4)}"
    api.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
    return name
