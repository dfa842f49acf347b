# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from pathlib import Path

import pytest

from otakube.adapters.stores.qdrant import connection
from otakube.adapters.stores.qdrant.connection import LocalQdrant, Qdrant
from otakube.adapters.stores.qdrant.vectors import QdrantVectors
from otakube.domain.record.handover import Point
from otakube.ports.vectors import Version
from otakube.settings import Settings


async def test_one_that_stops_waiting_for_the_import_stops_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported = threading.Event()
    monkeypatch.setattr(connection.importlib, "import_module", lambda _: imported.wait(60))
    async with Qdrant(Settings()) as qdrant:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(qdrant.client(), 0.01)
        imported.set()
        assert await qdrant.client()


def files(folder: Path) -> set[str]:
    return {one.name for one in folder.rglob("*.sqlite*")}


async def test_points_of_a_bulk_write_are_in_the_folder_when_it_ends(tmp_path: Path) -> None:
    version = Version(entry_id="ani_a", version=1, digest="d")
    points = [Point(kind="title", number=one, text="t", vector=[1.0, 0.0]) for one in range(9)]
    async with LocalQdrant(Settings(), tmp_path) as qdrant:
        vectors = QdrantVectors(qdrant)
        with qdrant.bulk():
            await vectors.ensure(model="m@1", dimension=2)
            await vectors.insert(version, points, payload={})
        assert files(tmp_path) == {"storage.sqlite"}  # no log beside it that holds some
    async with LocalQdrant(Settings(), tmp_path) as again:
        assert await QdrantVectors(again).count("ani_a") == 9
