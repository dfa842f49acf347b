# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every tier shares, and the samples of the matrices."""

import os
from collections import Counter

import hypothesis
import pytest

from stores import stores as stores

# CI tries the same examples each time, so that red means the change; by hand, each run looks further.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "explore")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="try every cell of each matrix, not a sample")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep each n-th cell of a test marked `matrix(every=n)`, unless all, or some by name, are asked for."""
    if config.getoption("--whole") or any("::" in each for each in config.args):
        return
    seen: Counter[str] = Counter()
    left = [item for item in items if not _sampled(item, seen)]
    items[:] = [item for item in items if item not in set(left)]
    config.hook.pytest_deselected(items=left)


def _sampled(item: pytest.Item, seen: "Counter[str]") -> bool:
    """Whether this cell is of the sample; counts the cells of its test in `seen`."""
    marker = item.get_closest_marker("matrix")
    if marker is None:
        return True
    test = item.nodeid.partition("[")[0]
    seen[test] += 1
    return (seen[test] - 1) % int(marker.kwargs["every"]) == 0
