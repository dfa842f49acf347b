# SPDX-License-Identifier: Apache-2.0
"""The sweep of images and take-downs, over both kinds of stores."""

from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ingests import AT_ONCE, Web
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.commit.lease import take
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image
from otakube.domain.record.handover import Commit
from otakube.domain.record.images import images_of, with_changed_images
from otakube.errors import Fatal
from otakube.ingest.ingester import ImageStores, Ingester
from otakube.ingest.orders import copy_orders, give, lifted, new_order, read_copies, read_subject
from otakube.maintenance.images.failures import FailureSweep
from otakube.maintenance.images.orphans import OrphanCollector
from otakube.maintenance.images.republish import Republisher
from otakube.maintenance.images.sweep import Sweep
from otakube.maintenance.images.take_down import Remover
from otakube.maintenance.snapshots.progress import Progress
from otakube.ports.catalogue import MirroredImage
from otakube.ports.take_downs import TakeDown
from shop import LEASE_SECONDS, Shop
from snapshot_shop import erase, pictured, restored, snapshot

UNUSED_FOR = timedelta(days=30)


async def ingester(shop: Shop, web: Web, **ports: Any) -> Ingester:
    own = {
        "objects": shop.stores.objects,
        "image_map": shop.stores.image_map,
        "blob_uses": shop.stores.blob_uses,
        "failures": await shop.ports.image_failures(),
        "take_downs": shop.stores.take_downs,
    }
    return Ingester(source=web, stores=ImageStores(**own | ports), clock=shop.clock, patience=AT_ONCE)


def publisher(shop: Shop) -> Republisher:
    return Republisher(
        stores=shop.stores,
        collection=shop.settings.qdrant_collection,
        lease_seconds=LEASE_SECONDS,
        clock=shop.clock,
    )


async def remover(shop: Shop, *others: Any) -> Remover:
    return Remover(
        stores=shop.stores,
        failures=await shop.ports.image_failures(),
        rows=await shop.ports.rows(),
        places=[shop.stores.objects, *others],
        publisher=publisher(shop),
    )


async def sweep(shop: Shop, web: Web, **options: Any) -> Sweep:
    dry_run = options.get("dry_run", False)
    return Sweep(
        stores=shop.stores,
        remover=await remover(shop),
        failures=FailureSweep(
            ingester=await ingester(shop, web),
            publisher=publisher(shop),
            monotonic=lambda: 0.0,
            dry_run=dry_run,
        ),
        orphans=OrphanCollector(
            stores=shop.stores, clock=shop.clock, unused_for=UNUSED_FOR, dry_run=dry_run
        ),
        dry_run=dry_run,
    )  # fmt: skip


def committed(wanted: Commit, record: GoldenRecord) -> Commit:
    """The same commit of another record."""
    digest = handover.digest(record)
    vectors = wanted.vectors.model_copy(update={"golden_digest": digest})
    return wanted.model_copy(update={"record": record, "digest": digest, "vectors": vectors})


def failed(image: Image) -> Image:
    """The image as a run shows it that could not have it."""
    gone = dict.fromkeys(("sha256", "key", "content_type", "width", "height", "size_bytes", "phash"))
    return image.model_copy(update=gone | {"error": "the server answered 503"})


async def shown(shop: Shop, entry_id: str) -> list[Image]:
    live = await shop.stores.catalogue.entry(entry_id)
    assert live is not None
    return list(images_of(live.record))


async def test_an_image_that_comes_later_is_put_into_the_record_that_lacks_it(shop: Shop) -> None:
    wanted = await pictured(shop, "late")
    entry_id, url = wanted.record.entry.id, wanted.record.entry.images[0].source_url
    await shop.commit(committed(wanted, with_changed_images(wanted.record, failed)))
    await shop.stores.image_map.delete([url])
    web = Web()
    web.failing = {url: AT_ONCE.attempts}
    await (await ingester(shop, web)).ingest([url], anime_id=entry_id, context="work/late/1-1")
    report = await (await sweep(shop, web)).run()
    assert (report.failures.tried, report.failures.entries_repaired) == (0, 0)  # the failure is believed
    shop.later(600)
    dry = await (await sweep(shop, web, dry_run=True)).run()
    assert (dry.failures.tried, [one.key for one in await shown(shop, entry_id)]) == (1, [None])
    report = await (await sweep(shop, web)).run()
    assert (report.failures.mirrored, report.failures.entries_repaired) == (1, 1)
    [image] = await shown(shop, entry_id)
    assert image.key is not None
    assert await shop.stores.objects.get(image.key) == url.encode()
    assert await (await shop.ports.image_failures()).newest(9) == []
    again = await (await sweep(shop, web)).run()
    assert (again.failures.tried, again.failures.entries_repaired) == (0, 0)


async def test_a_repair_waits_for_the_run_that_holds_the_entry(shop: Shop) -> None:
    wanted = await pictured(shop, "late")
    entry_id, url = wanted.record.entry.id, wanted.record.entry.images[0].source_url
    await shop.commit(committed(wanted, with_changed_images(wanted.record, failed)))
    await shop.stores.image_map.delete([url])
    web = Web()
    web.failing = {url: AT_ONCE.attempts}
    await (await ingester(shop, web)).ingest([url], anime_id=entry_id)
    shop.later(600)
    held = await take(shop.stores.ledger, entry_id, owner="work/other/1-1", seconds=60, clock=shop.clock)
    report = await (await sweep(shop, web)).run()
    assert (report.failures.mirrored, report.failures.entries_held) == (1, 1)
    await shop.stores.ledger.release_lease(entry_id, held.lease)
    report = await (await sweep(shop, web)).run()
    assert (report.failures.entries_repaired, report.failures.letters_closed) == (1, 1)


ORPHAN = b"nobody shows this"
KEY = f"images/{sha256(ORPHAN).hexdigest()}.png"
URL = "https://images.example/orphan.png"


async def an_orphan(shop: Shop) -> None:
    """A blob that the map knows, and nothing shows; its bucket is as old as the test says."""
    web = Web()
    web.shows = {URL: ORPHAN}
    await (await ingester(shop, web)).ingest([URL])
    shop.later(2 * 86400)


async def collected(shop: Shop, **options: Any) -> dict[str, int]:
    work = OrphanCollector(stores=shop.stores, clock=shop.clock, unused_for=UNUSED_FOR, **options)
    count = await work.collect()
    return {"marked": count.marked, "removed": count.removed, "taken up": count.taken_up}


async def test_an_image_that_nothing_names_is_removed_by_the_second_sweep_that_finds_it(shop: Shop) -> None:
    await shop.commit(await pictured(shop, "shown"))
    await an_orphan(shop)
    assert await collected(shop, dry_run=True) == {"marked": 1, "removed": 0, "taken up": 0}
    assert await collected(shop) == {"marked": 1, "removed": 0, "taken up": 0}
    shop.later(29 * 86400)
    assert await collected(shop) == {"marked": 0, "removed": 0, "taken up": 0}
    shop.later(86400)
    assert (await collected(shop, dry_run=True))["removed"] == 1
    assert await collected(shop) == {"marked": 0, "removed": 1, "taken up": 0}
    assert not await shop.stores.objects.exists(KEY)
    assert await shop.stores.image_map.get_many([URL]) == {}
    assert len([key async for key in shop.stores.objects.list("images/")]) == 1


async def named_by_a_run_in_review(shop: Shop) -> None:
    await shop.stores.objects.put("work/entry/1-1/golden.json", f'{{"key":"{KEY}"}}'.encode())


async def named_by_a_live_record(shop: Shop) -> None:
    wanted = await pictured(shop, "orphan")
    shown = wanted.record.entry.images[0].model_copy(
        update={"key": KEY, "sha256": sha256(ORPHAN).hexdigest()}
    )
    await shop.commit(committed(wanted, with_changed_images(wanted.record, lambda _: shown)))


@pytest.mark.parametrize("name", [named_by_a_run_in_review, named_by_a_live_record])
async def test_an_image_that_is_named_again_stays(
    shop: Shop, name: Callable[[Shop], Awaitable[None]]
) -> None:
    await an_orphan(shop)
    await collected(shop)
    await name(shop)
    shop.later(31 * 86400)
    found = await collected(shop)
    assert (found["removed"], found["taken up"]) == (0, 1)
    assert await shop.stores.objects.exists(KEY)


class Interrupted:
    """A store that lets somebody else go first at the n-th call of all."""

    def __init__(self, port: Any, left: list[int], meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._port, self._left, self._meanwhile = port, left, meanwhile

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if name in ("list", "aged", "states", "open_intents", "blobs"):
            return self._iterating(method)

        async def call(*arguments: Any, **options: Any) -> Any:
            await self._turn()
            return await method(*arguments, **options)

        return call

    def _iterating(self, method: Any) -> Any:
        async def iterate(*arguments: Any, **options: Any) -> Any:
            await self._turn()
            async for one in method(*arguments, **options):
                yield one
            await self._turn()

        return iterate

    async def _turn(self) -> None:
        self._left[0] -= 1
        if self._left[0] == 0:
            await self._meanwhile()


async def take_up(shop: Shop, got: list[str | None]) -> None:
    """A run that meets the orphan's content at another address, and what it may show."""
    web = Web()
    web.shows = {f"{URL}?run": ORPHAN}
    found = await (await ingester(shop, web)).ingest([f"{URL}?run"])
    got.append(found[f"{URL}?run"].key)


async def test_a_run_that_takes_an_image_up_between_any_two_calls_of_a_sweep_keeps_it(shop: Shop) -> None:
    played, taken_up = 0, 0
    for call in range(1, 40):
        await an_orphan(shop)
        await collected(shop)
        shop.later(31 * 86400)
        got: list[str | None] = []
        a_run = partial(take_up, shop, got)
        left = [call]
        ports = {
            one.name: Interrupted(getattr(shop.stores, one.name), left, a_run) for one in fields(shop.stores)
        }
        await OrphanCollector(
            stores=replace(shop.stores, **ports), clock=shop.clock, unused_for=UNUSED_FOR
        ).collect()
        played += 1
        if not got:
            break  # the sweep has no further calls
        assert got[0] is None or await shop.stores.objects.exists(got[0]), f"lost at call {call}"
        taken_up += got[0] is not None
        shop.later(86400)
    assert (played > 8, taken_up > 3) == (True, True)


async def a_take_down(shop: Shop, subject: str, *others: Any) -> tuple[TakeDown, Remover]:
    """What the command does."""
    wanted, image_map = read_subject(subject, ""), shop.stores.image_map
    content = wanted.sha256
    if wanted.url and (known := (await image_map.get_many([wanted.url])).get(wanted.url)):
        content = known.sha256
    rows = await image_map.of_content(content) if content else []
    urls = [*([wanted.url] if wanted.url else []), *(row.source_url for row in rows)]
    order, work = (
        new_order(content, urls, reason="asked", by="ada", now=shop.now),
        await remover(shop, *others),
    )
    await give(shop.stores.take_downs, work.places, order)
    await work.remove(order, Progress("", 1, lambda: 0.0))
    return order, work


async def nowhere(shop: Shop, image: Image) -> bool:
    """True if neither bucket nor map nor a live record nor an audit copy has it."""
    needles = [str(image.sha256).encode(), image.source_url.encode()]
    copies = [
        await shop.stores.objects.get(key)
        for key in [one async for one in shop.stores.objects.list("audit/")]
    ]
    entries = [one async for one in (await shop.ports.rows()).entries()]
    bodies = [*copies, *(one.live.record.model_dump_json().encode() for one in entries if one.live)]
    return (
        not any(needle in body for needle in needles for body in bodies)
        and not await shop.stores.objects.exists(str(image.key))
        and not await shop.stores.image_map.get_many([image.source_url])
    )


@pytest.mark.parametrize("by_url", [True, False], ids=["by its URL", "by its hash"])
async def test_an_image_that_is_taken_down_is_nowhere_and_does_not_come_back(
    shop: Shop, by_url: bool
) -> None:
    old, new = await pictured(shop, "shown", 1), await pictured(shop, "shown", 2)
    image = old.record.entry.images[0]
    await shop.commit(old)
    same = with_changed_images(new.record, lambda _: image)
    await shop.commit(committed(new, same.model_copy(update={"findings": ["another version"]})))
    await map_knows(shop, image)
    _, work = await a_take_down(shop, image.source_url if by_url else str(image.sha256))
    assert [one.outcome.value for one in work.report.entries] == ["Removed"]
    assert (work.report.blobs, work.report.urls) == (1, 1)
    assert await nowhere(shop, image)
    with pytest.raises(Fatal, match="was taken down; apply again"):
        await shop.commit(await with_image_again(shop, old))
    web = Web()
    assert await (await ingester(shop, web)).ingest([image.source_url]) == {}
    assert (await (await sweep(shop, web)).run()).taken_down == 0


async def map_knows(shop: Shop, image: Image) -> None:
    """The image as the run that mirrored it noted it."""
    noted = {name: getattr(image, name) for name in ("source_url", "sha256", "key", "content_type")}
    await shop.stores.image_map.put([MirroredImage(**noted, fetched_at=shop.now)])


async def with_image_again(shop: Shop, wanted: Commit) -> Commit:
    """A run that assembled its record before the order, and whose blob somebody put back."""
    image = wanted.record.entry.images[0]
    await shop.stores.objects.put(str(image.key), b"png", content_type="image/png")
    record = wanted.record.model_copy(update={"findings": ["a run in review"]})
    return committed(wanted, record).model_copy(update={"run": "work/shown/9-1"})


async def test_a_take_down_waits_for_a_run_and_the_sweep_finishes_it(shop: Shop) -> None:
    wanted = await pictured(shop, "shown")
    image, entry_id = wanted.record.entry.images[0], wanted.record.entry.id
    await shop.commit(wanted)
    held = await take(shop.stores.ledger, entry_id, owner="work/other/1-1", seconds=60, clock=shop.clock)
    _, work = await a_take_down(shop, str(image.sha256))
    assert [one.outcome.value for one in work.report.entries] == ["Held"]
    await shop.stores.ledger.release_lease(entry_id, held.lease)
    assert (await (await sweep(shop, Web())).run()).taken_down == 1
    assert await shown(shop, entry_id) == []


async def test_a_snapshot_from_before_an_order_is_restored_without_the_image(
    shop: Shop, tmp_path: Path
) -> None:
    wanted = await pictured(shop, "shown")
    image, entry_id = wanted.record.entry.images[0], wanted.record.entry.id
    await shop.commit(wanted)
    place = FolderObjects(tmp_path / "backup")
    manifest = await snapshot(shop, place)
    await place.put(str(image.key), await shop.stores.objects.get(str(image.key)))
    order, _ = await a_take_down(shop, str(image.sha256), place)
    assert not await place.exists(str(image.key))
    await erase(shop)  # the order too: what is left of it lies beside the snapshot
    report = await restored(shop, manifest, place)
    assert {one.value: number for one, number in report.outcomes.items()} == {"Replaced": 1}
    assert await shown(shop, entry_id) == []
    assert [one.id for one in await shop.stores.take_downs.all()] == [order.id]
    again = await restored(shop, manifest, place)
    assert {one.value: number for one, number in again.outcomes.items()} == {"Same": 1}


async def test_a_lifted_order_is_lifted_in_every_place(shop: Shop, tmp_path: Path) -> None:
    place = FolderObjects(tmp_path / "backup")
    order = new_order(None, [URL], reason="asked", by="ada", now=shop.now)
    await give(shop.stores.take_downs, [shop.stores.objects], order)
    await copy_orders(shop.stores.take_downs, place)
    done = lifted(order, reason="a mistake", by="bob", now=shop.now)
    await give(shop.stores.take_downs, [shop.stores.objects, place], done)
    assert await read_copies(place) == await read_copies(shop.stores.objects) == [done]
    assert URL in await (await ingester(shop, Web())).ingest([URL])
