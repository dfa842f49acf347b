# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading

import pytest

from otakube.adapters.stores.qdrant import connection
from otakube.adapters.stores.qdrant.connection import Qdrant
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
