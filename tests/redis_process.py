# SPDX-License-Identifier: Apache-2.0
"""A real Redis as a process on loopback: started, killed, restarted on its data, stopped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ports import free_port
from stores import Server

PROGRAM = "redis-server"
MISSING = f"{PROGRAM} is missing: `make redis-server` installs it where it may"


class RedisProcess:
    """One server; `url` stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        command = [
            PROGRAM, "--port", "{port}", "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
            "--appendonly", "yes", "--appendfsync", "always",
        ]  # fmt: skip
        self.server = Server("redis", command, folder / "redis.log", free_port())
        self.url = f"redis://127.0.0.1:{self.server.port}/0"


@contextmanager
def running_redis(folder: Path) -> Iterator[RedisProcess]:
    """Start one that keeps its data in `folder`."""
    redis = RedisProcess(folder)
    try:
        redis.server.start()
        yield redis
    finally:
        redis.server.stop()


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisProcess]:
    """A Redis of the module's own; skipped where the program is not installed."""
    if not shutil.which(PROGRAM):
        pytest.skip(MISSING)  # a machine where nobody may install it
    with running_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running
