# SPDX-License-Identifier: Apache-2.0
"""Ingests over the embedded stores of a folder, and a web of pictures to take them from."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.images import (
    SqliteBlobUses,
    SqliteImageFailures,
    SqliteImageMap,
    SqliteTakeDowns,
)
from otakube.ingest.ingester import ImageStores, Ingester
from otakube.ingest.retries import Patience
from otakube.ports.images import CleanImage, ImageRefused, ImageSource

AT_ONCE = Patience(first=0)


class Web:
    """A stand-in for the web: every picture shows its URL, unless `shows` has another.

    Those that are gone are refused for good; those in `failing` are away as often as it says.
    """

    def __init__(self, *gone: str) -> None:
        self.gone, self.asked = list(gone), list[str]()
        self.failing: dict[str, int] = {}
        self.shows: dict[str, bytes] = {}

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[CleanImage]:
        self.asked.append(url)
        if url in self.gone:
            raise ImageRefused("the server answered 404", lasting=True)
        if self.failing.get(url, 0) > 0:
            self.failing[url] -= 1
            raise ImageRefused("the server answered 503", lasting=False)
        body = self.shows.get(url, url.encode())
        yield CleanImage(
            body=body, content_type="image/png", extension="png", width=1, height=1, phash="0" * 16
        )


class Hours:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


def embedded_stores(folder: Path) -> ImageStores:
    """The stores of an ingest in one folder."""
    documents = SqliteDocuments(folder)
    return ImageStores(
        objects=FolderObjects(folder),
        image_map=SqliteImageMap(documents),
        blob_uses=SqliteBlobUses(documents),
        failures=SqliteImageFailures(documents),
        take_downs=SqliteTakeDowns(documents),
    )


def an_ingester(
    source: ImageSource, folder: Path, *, clock: Callable[[], datetime] | None = None, **options: object
) -> Ingester:
    """One that waits for nothing."""
    return Ingester(
        **{
            "source": source,
            "stores": embedded_stores(folder),
            "clock": clock or Hours(),
            "patience": AT_ONCE,
        }
        | options
    )
