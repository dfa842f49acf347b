# SPDX-License-Identifier: Apache-2.0
"""A real API server with Argo's types, and a console connected to it."""

from collections.abc import AsyncIterator

import pytest

from control_plane import ControlPlane
from otakube_cli.cluster import Cluster
from otakube_cli.connection import connected
from otakube_cluster import binaries
from otakube_cluster import settings as cluster_settings


@pytest.fixture(scope="module")
def argo_crds(otakube_api: ControlPlane) -> None:
    """Argo's own CRDs: what they prune or refuse shows here."""
    home = binaries.built(binaries.ARGO_WORKFLOWS, cluster_settings.load().cache)
    otakube_api.apply(home / "crds" / "argoproj.io_workflows.yaml")
    otakube_api.wait_for_crds("workflows.argoproj.io")


@pytest.fixture
async def cluster(otakube_api: ControlPlane, argo_crds: None, namespace: str) -> AsyncIterator[Cluster]:
    async with connected(
        kubeconfig=str(otakube_api.kubeconfig), context="", namespace=namespace
    ) as connection:
        yield connection


@pytest.fixture
async def other(otakube_api: ControlPlane, argo_crds: None, namespace: str) -> AsyncIterator[Cluster]:
    """The same namespace through a login and connections of its own."""
    async with connected(
        kubeconfig=str(otakube_api.kubeconfig), context="", namespace=namespace
    ) as connection:
        yield connection
