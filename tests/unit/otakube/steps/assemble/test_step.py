# SPDX-License-Identifier: Apache-2.0
"""Mirroring: what is downloaded, and what is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.catalogue import SqliteImageMap
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.ports.images import CleanImage, ImageRefused
from otakube.steps.assemble.step import mirror_all

POSTER, BANNER = "https://images.example/poster.png", "https://images.example/banner.png"


class Web:
    """A stand-in for the web: every picture shows its URL, those that are gone are refused for good."""

    def __init__(self, *gone: str) -> None:
        self.gone, self.asked = gone, list[str]()

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[CleanImage]:
        self.asked.append(url)
        if url in self.gone:
            raise ImageRefused("the server answered 404", lasting=True)
        yield CleanImage(
            body=url.encode(), content_type="image/png", extension="png", width=1, height=1, phash="0" * 16
        )


async def mirrored(web: Web, folder: Path) -> dict[str, str | None]:
    images = SqliteImageMap(SqliteDocuments(folder))
    mirror = await mirror_all(web, FolderObjects(folder), images, [POSTER, BANNER])
    return {url: image.key for url, image in mirror.items()}


async def test_an_image_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    web = Web()
    first = await mirrored(web, tmp_path)
    assert await mirrored(web, tmp_path) == first
    assert sorted(web.asked) == [BANNER, POSTER]


async def test_an_image_that_the_bucket_lost_is_mirrored_anew(tmp_path: Path) -> None:
    web = Web()
    keys = await mirrored(web, tmp_path)
    lost = tmp_path / str(keys[POSTER])
    lost.unlink()
    assert await mirrored(web, tmp_path) == keys
    assert lost.read_bytes() == POSTER.encode()
    assert web.asked.count(BANNER) == 1


async def test_an_image_that_was_refused_is_not_asked_for_soon(tmp_path: Path) -> None:
    web = Web(POSTER)
    assert (await mirrored(web, tmp_path))[POSTER] is None
    await mirrored(web, tmp_path)
    assert web.asked.count(POSTER) == 1
