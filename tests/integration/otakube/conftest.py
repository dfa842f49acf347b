# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that write into the real stores, or run steps against the stand-in upstream."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shop import own_settings as own_settings
from shop import shop as shop
from upstream_process import Upstream, Workbench, running_upstream


@pytest.fixture(scope="session")
def running() -> Iterator[Upstream]:
    """One stand-in for all tests here."""
    with running_upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(running: Upstream) -> Iterator[Upstream]:
    """The stand-in without faults, its counts at zero."""
    running.faults()
    running.forget()
    yield running
    running.faults()


@pytest.fixture
def bench(upstream: Upstream, tmp_path: Path) -> Workbench:
    """An empty bucket."""
    return Workbench(tmp_path, upstream)
