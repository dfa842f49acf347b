# SPDX-License-Identifier: Apache-2.0
"""Clusters of these tests' own, removed at the end whatever happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cluster import LocalCluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster_lifecycle)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    made = LocalCluster(name="otakube-lifecycle", data=tmp_path_factory.mktemp("lifecycle"))
    yield made
    made.run("down", "--purge")


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    made = LocalCluster(name="otakube-neighbour", data=tmp_path_factory.mktemp("neighbour"))
    yield made
    made.run("down", "--purge")
