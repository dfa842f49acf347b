# SPDX-License-Identifier: Apache-2.0
"""A catalogue in a folder that has a snapshot, and the loss of everything else."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from drill import records
from otakube.bootstrap.stores.choice import choose
from otakube.ports.catalogue import Binding
from otakube.settings import Settings
from raw_documents import SqliteRaw
from shop import Shop
from snapshot_shop import erase_points, filled, snapshot

FIRST = records.made_id("ani", "snapshot 0")
PAGE = "https://anilist.co/anime/101"
"""Page of the first entry."""


def over(folder: Path, work: Callable[[Shop], Awaitable[Any]]) -> Any:
    """Work at the stores, which are closed behind it."""

    async def run() -> Any:
        uri = f"file:{folder / 'stores'}"
        async with AsyncExitStack() as stack:
            ports = choose(uri, Settings, stack)
            raw = SqliteRaw(folder / "stores/documents.sqlite3")
            stores = await ports.scrub_stores()
            return await work(Shop(settings=Settings(), ports=ports, raw=raw, stores=stores, uri=uri))

    return asyncio.run(run())


def whole_and_lost(whole: Path, lost: Path) -> None:
    """Make a catalogue with a snapshot in one folder, and in the other what is left after a loss."""
    over(whole, _kept)
    shutil.copytree(whole, lost, dirs_exist_ok=True)
    over(lost, _lost)


async def _kept(shop: Shop) -> None:
    await filled(shop)
    await shop.stores.identities.bind_free({PAGE: Binding(entry_id=FIRST, since=shop.now)})
    await snapshot(shop)


async def _lost(shop: Shop) -> None:
    """All documents and all points are gone."""
    await shop.raw.erase()
    await erase_points(shop)
