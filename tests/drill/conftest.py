# SPDX-License-Identifier: Apache-2.0
"""One site for all drills of a session, and the tally of faults that really fell into a commit."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drill.site import Site, running_site

TALLY = pytest.StashKey[Counter[str]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.drill)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Counter()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tally"] = dict(session.config.stash[TALLY])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what the workers of a parallel run counted."""
    node.config.stash[TALLY].update(node.workeroutput.get("tally", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tally = config.stash[TALLY]
    if tally["drills"]:
        terminalreporter.write_line(
            f"drills: {tally['effective']} effective of {tally['drills']}, {tally['repeated']} steps run "
            f"again, {tally['samples']} reads meanwhile"
        )


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> "Counter[str]":
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("drill")) as running:
        yield running


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: a disk's waits are not what is drilled."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
