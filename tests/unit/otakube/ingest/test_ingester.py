# SPDX-License-Identifier: Apache-2.0
"""Mirroring: what is downloaded, what is not, and what is remembered of a failure."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingests import Hours, Web, an_ingester
from otakube.ingest.ingester import Ingester, metadata_of
from otakube.ingest.retries import PATIENCE
from otakube.ports.blob_uses import BlobRemoval
from otakube.ports.catalogue import MirroredImage, MirrorStatus
from otakube.ports.take_downs import TakeDown

POSTER, BANNER = "https://images.example/poster.png", "https://images.example/banner.png"


async def mirrored(ingester: Ingester) -> dict[str, str | None]:
    mirror = await ingester.ingest([POSTER, BANNER])
    return {url: image.key for url, image in mirror.items()}


def order(clock: Hours, *urls: str, sha256: str | None = None) -> TakeDown:
    return TakeDown(id="1", sha256=sha256, urls=urls, reason="asked for", by="ada", at=clock())


async def test_an_image_that_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    web = Web()
    first = await mirrored(an_ingester(web, tmp_path))
    assert await mirrored(an_ingester(web, tmp_path)) == first
    assert sorted(web.asked) == [BANNER, POSTER]


async def test_an_image_that_the_bucket_lost_is_mirrored_anew(tmp_path: Path) -> None:
    web = Web()
    keys = await mirrored(an_ingester(web, tmp_path))
    lost = tmp_path / str(keys[POSTER])
    lost.unlink()
    assert await mirrored(an_ingester(web, tmp_path)) == keys
    assert lost.read_bytes() == POSTER.encode()
    assert web.asked.count(BANNER) == 1


async def test_two_addresses_of_one_content_are_one_blob(tmp_path: Path) -> None:
    web = Web()
    web.shows = {POSTER: b"same", BANNER: b"same"}
    keys = await mirrored(an_ingester(web, tmp_path))
    assert keys[POSTER] == keys[BANNER]
    assert len(list((tmp_path / "images").iterdir())) == 1


async def test_an_image_that_was_refused_is_asked_for_once_and_after_its_time_again(tmp_path: Path) -> None:
    web, clock = Web(POSTER), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    assert (await mirrored(ingester))[POSTER] is None
    await mirrored(ingester)
    assert web.asked.count(POSTER) == 1
    clock.later(days=1)
    failed = (await ingester.ingest([POSTER]))[POSTER]
    assert web.asked.count(POSTER) == 2
    assert (failed.status, failed.attempts, failed.last_attempt) == (
        MirrorStatus.DOWNLOAD_FAILED, 2, clock.now
    )  # fmt: skip
    clock.later(days=1)
    await ingester.ingest([POSTER])
    assert web.asked.count(POSTER) == 2  # the second failure is believed twice as long


async def test_a_server_that_is_away_is_asked_again_at_once_and_a_refusal_is_not(tmp_path: Path) -> None:
    web = Web(BANNER)
    web.failing = {POSTER: PATIENCE.attempts - 1}
    keys = await mirrored(an_ingester(web, tmp_path))
    assert keys[POSTER]
    assert (web.asked.count(POSTER), web.asked.count(BANNER)) == (PATIENCE.attempts, 1)


async def test_a_server_that_stays_away_is_left_after_a_few_attempts_and_for_minutes(tmp_path: Path) -> None:
    web, clock = Web(), Hours()
    web.failing = {POSTER: PATIENCE.attempts}
    ingester = an_ingester(web, tmp_path, clock=clock)
    assert (await mirrored(ingester))[POSTER] is None
    assert web.asked.count(POSTER) == PATIENCE.attempts
    clock.later(minutes=10)
    assert (await mirrored(ingester))[POSTER]


async def test_a_failure_leaves_the_dead_letter_of_each_entry_that_lacks_the_image(tmp_path: Path) -> None:
    web, clock = Web(POSTER), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    for entry in ("ani_1", "ani_2"):  # the second does not ask for it: the failure is believed
        await ingester.ingest([POSTER, BANNER], anime_id=entry, context=f"work/{entry}")
    letters = await ingester.stores.failures.newest(9)
    assert [(one.anime_id, one.image_url, one.retry_count, one.context) for one in letters] == [
        ("ani_1", POSTER, 1, "work/ani_1"),
        ("ani_2", POSTER, 1, "work/ani_2"),
    ]
    assert {one.error_message for one in letters} == {"the server answered 404"}
    assert {one.timestamp for one in letters} == {clock.now}


async def test_an_address_that_was_taken_down_is_not_asked_for(tmp_path: Path) -> None:
    web, clock = Web(), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    await ingester.stores.take_downs.put([order(clock, POSTER)])
    assert (await mirrored(ingester)).keys() == {BANNER}
    assert web.asked == [BANNER]


async def test_a_content_that_was_taken_down_is_not_stored_whatever_its_address(tmp_path: Path) -> None:
    web, clock = Web(), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    first = (await ingester.ingest([POSTER]))[POSTER]
    await ingester.stores.objects.delete(str(first.key))
    await ingester.stores.image_map.delete([POSTER])
    await ingester.stores.take_downs.put([order(clock, sha256=first.sha256)])
    web.shows = {BANNER: POSTER.encode()}
    assert await ingester.ingest([POSTER, BANNER]) == {}
    assert list((tmp_path / "images").iterdir()) == []
    assert await ingester.stores.image_map.get_many([POSTER, BANNER]) == {}


async def test_an_image_that_is_taken_down_while_it_is_mirrored_does_not_stay(tmp_path: Path) -> None:
    web, clock = Web(), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    stores = ingester.stores

    class Meanwhile:
        """An image map after whose writes the content is taken down."""

        async def put(self, images: Sequence[MirroredImage]) -> None:
            await stores.image_map.put(images)
            await stores.take_downs.put([order(clock, sha256=images[0].sha256)])

        def __getattr__(self, name: str) -> Any:
            return getattr(stores.image_map, name)

    ingester.stores = replace(stores, image_map=Meanwhile())
    assert await ingester.ingest([POSTER]) == {}
    assert list((tmp_path / "images").iterdir()) == []
    assert await stores.image_map.get_many([POSTER]) == {}


async def test_a_blob_that_is_being_removed_is_shown_by_nobody(tmp_path: Path) -> None:
    web, clock = Web(), Hours()
    ingester = an_ingester(web, tmp_path, clock=clock)
    key = str((await ingester.ingest([POSTER]))[POSTER].key)
    clock.later(days=1)
    removal = BlobRemoval(key=key, nonce="n", at=clock())
    assert await ingester.stores.blob_uses.begin_removal(
        removal, unless_used_after=clock(), stale_before=clock()
    )
    clock.later(minutes=1)
    assert (await ingester.ingest([POSTER]))[POSTER].key is None
    await ingester.stores.objects.delete(key)
    await ingester.stores.blob_uses.end_removal(removal)
    clock.later(minutes=10)
    assert (await ingester.ingest([POSTER]))[POSTER].key == key
    assert await ingester.stores.objects.exists(key)


@pytest.mark.parametrize(
    ("url", "metadata"),
    [
        (POSTER, {"source-url": POSTER}),
        ("https://images.example/ポ.png", {"source-url": "https://images.example/%E3%83%9D.png"}),
    ],
)
def test_a_blob_remembers_its_address_in_letters_that_headers_have(url: str, metadata: object) -> None:
    assert metadata_of(url) == metadata


def test_an_address_that_no_header_holds_is_remembered_by_its_hash() -> None:
    assert list(metadata_of("https://images.example/" + "a" * 2000)) == ["source-url-sha256"]
