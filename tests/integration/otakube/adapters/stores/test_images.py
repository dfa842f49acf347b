# SPDX-License-Identifier: Apache-2.0
"""What the stores keep of images: the map, uses of blobs, dead letters, take-downs, and the blobs."""

from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from otakube.adapters.stores.s3.objects import S3Objects
from otakube.ports.blob_uses import BlobRemoval, UnusedBlob
from otakube.ports.catalogue import MirroredImage
from otakube.ports.image_failures import ImageFailure
from otakube.ports.take_downs import Refusals, TakeDown
from otakube.settings import Settings
from shop import Shop

URLS = [f"https://cdn.example.org/{number}.png" for number in range(5)]
KEYS = [f"images/{digit * 64}.png" for digit in "abc"]


def failed(shop: Shop, url: str, minutes: int) -> MirroredImage:
    later = shop.now + timedelta(minutes=minutes)
    return MirroredImage(source_url=url, error="503", retry_after=later, last_attempt=shop.now, attempts=1)


async def test_failures_are_due_when_their_time_is_over_and_page_by_page(shop: Shop) -> None:
    there = MirroredImage(source_url=URLS[4], sha256="a" * 64, key=KEYS[0], fetched_at=shop.now)
    images = [failed(shop, url, minutes) for url, minutes in zip(URLS[:4], (-3, -2, 0, 5), strict=True)]
    await shop.stores.image_map.put([*images, there])
    first = await shop.stores.image_map.due(shop.now, limit=2)
    rest = await shop.stores.image_map.due(shop.now, after=first[-1].source_url, limit=2)
    assert len(first) == 2
    assert sorted(one.source_url for one in [*first, *rest]) == URLS[:3]
    assert await shop.stores.image_map.due(shop.now, after=rest[-1].source_url, limit=2) == []
    assert await shop.stores.image_map.of_content("a" * 64) == [there]
    await shop.stores.image_map.delete([*URLS[:3], "https://absent"])
    assert set(await shop.stores.image_map.get_many(URLS)) == set(URLS[3:])


def removal(shop: Shop, key: str = KEYS[0], nonce: str = "mine") -> BlobRemoval:
    return BlobRemoval(key=key, nonce=nonce, at=shop.now)


async def begun(shop: Shop, wanted: BlobRemoval) -> bool:
    """Removed unless it was used in the last hour; another's removal is taken over after a minute."""
    return await shop.stores.blob_uses.begin_removal(
        wanted,
        unless_used_after=shop.now - timedelta(hours=1),
        stale_before=shop.now - timedelta(minutes=1),
    )


async def test_a_blob_that_was_used_since_is_not_removed(shop: Shop) -> None:
    uses = shop.stores.blob_uses
    assert await uses.claim(KEYS, at=shop.now) == set()
    shop.later(3599)
    assert not await begun(shop, removal(shop))
    shop.later(2)
    assert await begun(shop, removal(shop))
    assert await begun(shop, removal(shop, "images/unheard-of.png"))


async def test_what_is_being_removed_is_nobodys_and_afterwards_anybodys(shop: Shop) -> None:
    uses, mine = shop.stores.blob_uses, removal(shop)
    assert await begun(shop, mine)
    assert not await begun(shop, removal(shop, nonce="another's"))
    assert await uses.claim(KEYS, at=shop.now) == {KEYS[0]}
    await uses.end_removal(replace(mine, nonce="another's"))
    assert await uses.claim(KEYS, at=shop.now) == {KEYS[0]}
    await uses.end_removal(mine)
    assert await uses.claim(KEYS, at=shop.now) == set()


async def test_a_removal_that_was_left_is_taken_over_and_its_first_owner_cannot_end_it(shop: Shop) -> None:
    left = removal(shop)
    assert await begun(shop, left)
    shop.later(61)
    assert await shop.stores.blob_uses.removals(before=shop.now) == [left]
    taken = removal(shop, nonce="another's")
    assert await begun(shop, taken)
    await shop.stores.blob_uses.end_removal(left)
    assert await shop.stores.blob_uses.claim(KEYS[:1], at=shop.now) == {KEYS[0]}


async def test_the_first_mark_stands_until_the_blob_is_claimed(shop: Shop) -> None:
    uses, began = shop.stores.blob_uses, shop.now
    await uses.claim(KEYS[:1], at=shop.now)
    await uses.mark_unused(KEYS, at=shop.now)
    shop.later(60)
    await uses.mark_unused(KEYS, at=shop.now)
    assert sorted(await uses.unused()) == [UnusedBlob(key, began) for key in KEYS]
    await uses.claim(KEYS[1:], at=shop.now)
    assert await uses.unused() == [UnusedBlob(KEYS[0], began)]


async def test_dead_letters_are_one_an_entry_and_image(shop: Shop) -> None:
    failures = await shop.ports.image_failures()
    letters = [
        ImageFailure(
            anime_id=entry, image_url=url, error_message="404", timestamp=shop.now, retry_count=1, context="w"
        )
        for entry in ("ani_1", "ani_2")
        for url in URLS[:2]
    ]  # fmt: skip
    again = replace(letters[0], retry_count=2, timestamp=shop.now + timedelta(hours=1))
    await failures.put(letters)
    await failures.put([again])
    assert (await failures.newest(1)) == [again]
    assert len(await failures.of_urls(URLS[:1])) == 2
    first = await failures.page(limit=3)
    rest = await failures.page(after=first[-1], limit=3)
    key = lambda one: (one.anime_id, one.image_url)  # noqa: E731 - of this test alone
    assert sorted([*first, *rest], key=key) == [again, *letters[1:]]
    assert [one.anime_id for one in [*first, *rest]] == ["ani_1", "ani_1", "ani_2", "ani_2"]
    await failures.delete([again, replace(again, anime_id="ani_3")])
    assert len(await failures.newest(9)) == 3


async def test_an_order_that_is_lifted_stays_lifted_whichever_copy_comes_last(shop: Shop) -> None:
    take_downs = shop.stores.take_downs
    order = TakeDown(id="1", sha256="a" * 64, urls=(URLS[0],), reason="asked", by="ada", at=shop.now)
    await take_downs.put([order])
    assert Refusals.of(await take_downs.all()) == Refusals(frozenset(URLS[:1]), frozenset(["a" * 64]))
    lifted = replace(order, lifted_at=shop.now, lifted_by="bob", lifted_reason="a mistake")
    await take_downs.put([lifted])
    await take_downs.put([order])
    assert await take_downs.all() == [lifted]
    assert Refusals.of(await take_downs.all()) == Refusals()


@pytest.mark.parametrize("url", [URLS[0], "https://cdn.example.org/a%20b.png?size=1&x='y'"])
async def test_a_blob_carries_its_source_and_type(own_settings: Settings, url: str) -> None:
    objects = S3Objects(own_settings)
    assert await objects.put_new(KEYS[0], b"png", content_type="image/png", metadata={"source-url": url})
    s3 = boto3.client(
        "s3",
        endpoint_url=own_settings.s3_endpoint,
        aws_access_key_id=own_settings.s3_access_key_id.get_secret_value(),
        aws_secret_access_key=own_settings.s3_secret_access_key.get_secret_value(),
        region_name="us-east-1",
    )
    found = s3.head_object(Bucket=own_settings.s3_bucket, Key=KEYS[0])
    assert (found["ContentType"], found["Metadata"]) == ("image/png", {"source-url": url})
