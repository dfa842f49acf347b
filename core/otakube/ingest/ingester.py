# SPDX-License-Identifier: Apache-2.0
"""Mirrors images into the bucket by content: what the map knows is not downloaded again, a failure is noted.

Every image ends in the answer with a blob or with the failure, and never ends the caller's work. One that was
taken down is not in the answer. In which order claims, blobs and refusals are looked at: docs/images.md.
"""

import asyncio
from collections.abc import Iterable, Sequence, Set
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

import stamina

from otakube import logs
from otakube.ingest.retries import PATIENCE, Patience, retry_after
from otakube.ports.blob_uses import BlobUses
from otakube.ports.catalogue import ImageMap, MirroredImage
from otakube.ports.clock import Clock
from otakube.ports.image_failures import ImageFailure, ImageFailures
from otakube.ports.images import CleanImage, ImageRefused, ImageSource
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.take_downs import Refusals, TakeDowns

CONCURRENCY = 32
_BATCH = 256  # URLs whose outcomes are written together: what a process that dies has to download again
_LONGEST_HEADER = 1500  # S3 keeps two kibibytes of metadata
_REMOVED = "the same image is being removed as unused at this moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStores:
    """All that an ingest touches."""

    objects: ObjectStore
    image_map: ImageMap
    blob_uses: BlobUses
    failures: ImageFailures
    take_downs: TakeDowns


class Arrival(NamedTuple):
    """Outcome of one download; `created` if the blob was not in the bucket before."""

    image: MirroredImage
    created: bool = False


@dataclass(slots=True, kw_only=True)
class Ingester:
    """Mirrors with the same limits whoever calls; `concurrency` images at once."""

    source: ImageSource
    stores: ImageStores
    clock: Clock
    patience: Patience = PATIENCE
    concurrency: int = CONCURRENCY
    _downloads: asyncio.Semaphore = field(init=False)
    _uploads: asyncio.Semaphore = field(init=False)
    _puts: dict[str, "asyncio.Task[bool]"] = field(default_factory=dict)  # by key, of one batch

    def __post_init__(self) -> None:
        self._downloads = asyncio.Semaphore(self.concurrency)
        self._uploads = asyncio.Semaphore(self.concurrency)

    async def ingest(
        self, urls: Iterable[str], *, anime_id: str = "", context: str = ""
    ) -> dict[str, MirroredImage]:
        """Mirror each URL once; those that were taken down are not in the answer.

        With `anime_id`, each failure leaves a dead letter of that entry, by which the sweep repairs it.
        """
        wanted, mirrored = list(dict.fromkeys(urls)), dict[str, MirroredImage]()
        for start in range(0, len(wanted), _BATCH):
            mirrored |= await self._ingest(wanted[start : start + _BATCH])
        failed = [image for image in mirrored.values() if image.key is None]
        if anime_id and failed:
            await self.stores.failures.put([letter(one, anime_id, context, self.clock()) for one in failed])
        return mirrored

    async def _ingest(self, urls: Sequence[str]) -> dict[str, MirroredImage]:
        refusals = Refusals.of(await self.stores.take_downs.all())
        urls = [url for url in urls if url not in refusals.urls]
        known = await self.stores.image_map.get_many(urls)
        held = await self._known(known, refusals)
        missing = [url for url in urls if url not in held]
        fetched = await asyncio.gather(*(self._fetch(url, known.get(url), refusals) for url in missing))
        self._puts.clear()
        fresh = await self._claimed([one for one in fetched if one is not None])
        await self.stores.image_map.put(fresh)
        failed = sum(one.key is None for one in fresh)
        logs.logger().info("images mirrored", known=len(held), fetched=len(fresh) - failed, failed=failed)
        return await self._without_refused(held | {one.source_url: one for one in fresh})

    async def _known(self, known: dict[str, MirroredImage], refusals: Refusals) -> dict[str, MirroredImage]:
        """Those by which the map is still right: a bucket may have lost a blob, a failure may be over."""
        now = self.clock()
        blobs = {url: one for url, one in known.items() if one.key and not refusals.covers(one)}
        held = {
            url: one
            for url, one in known.items()
            if one.key is None and one.retry_after is not None and one.retry_after > now
        }
        there = await self._there([one.key for one in blobs.values() if one.key])
        return held | {url: one for url, one in blobs.items() if one.key in there}

    async def _there(self, keys: Iterable[str], created: Set[str] = frozenset()) -> set[str]:
        """Those of the keys that may be shown: claimed first, so that what is there then stays."""
        wanted = sorted(set(keys))
        removed = await self.stores.blob_uses.claim(wanted, at=self.clock())
        looked_for = [key for key in wanted if key not in removed and key not in created]
        found = await asyncio.gather(*map(self._exists, looked_for))
        return {*(created - removed), *(key for key, exists in zip(looked_for, found, strict=True) if exists)}

    async def _exists(self, key: str) -> bool:
        async with self._uploads:
            return await self.stores.objects.exists(key)

    async def _fetch(self, url: str, before: MirroredImage | None, refusals: Refusals) -> Arrival | None:
        """Download one image and store it by its content; None for a content that was taken down."""
        attempts = before.attempts if before else 0
        try:
            async with AsyncExitStack() as held:
                async with self._downloads:
                    image = await self._arrived(url, held)  # it takes memory until it is stored
                    await held.enter_async_context(self._uploads)
                return await self._store(url, image, refusals)
        except ImageRefused as error:
            logs.logger().warning("image refused", url=url[:200], message=str(error))
            return Arrival(failed_form(url, error, attempts=attempts + 1, now=self.clock()))

    async def _arrived(self, url: str, held: AsyncExitStack) -> CleanImage:
        limits = self.patience
        async for attempt in stamina.retry_context(
            on=_may_pass,
            attempts=limits.attempts,
            timeout=limits.total,
            wait_initial=limits.first,
            wait_max=limits.longest,
            wait_jitter=limits.first,
        ):
            with attempt:
                return await held.enter_async_context(self.source.fetch(url))
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _store(self, url: str, image: CleanImage, refusals: Refusals) -> Arrival | None:
        stored = stored_form(url, image, self.clock())
        if refusals.covers(stored):
            return None
        return Arrival(stored, await self._put(url, str(stored.key), image))

    async def _put(self, url: str, key: str, image: CleanImage) -> bool:
        """Put a content once, whatever the number of its addresses; True if the bucket did not have it."""
        if key not in self._puts:
            put = self.stores.objects.put_new(
                key, image.body, content_type=image.content_type, metadata=metadata_of(url)
            )
            self._puts[key] = asyncio.ensure_future(put)
        return await asyncio.shield(self._puts[key])

    async def _claimed(self, fetched: Sequence[Arrival]) -> list[MirroredImage]:
        """Claim what was stored; a blob that was there before may be going at this moment."""
        keys = {one.image.key for one in fetched if one.image.key}
        there = await self._there(keys, {one.image.key for one in fetched if one.created and one.image.key})
        now = self.clock()
        gone = ImageRefused(_REMOVED, lasting=False)
        return [
            one.image
            if one.image.key is None or one.image.key in there
            else failed_form(one.image.source_url, gone, attempts=1, now=now)
            for one in fetched
        ]

    async def _without_refused(self, mirrored: dict[str, MirroredImage]) -> dict[str, MirroredImage]:
        """Withdraw what was taken down meanwhile: an order that comes later finds the blob and deletes it."""
        refusals = Refusals.of(await self.stores.take_downs.all())
        gone = {url: one for url, one in mirrored.items() if refusals.covers(one)}
        if gone:
            for key in {one.key for one in gone.values() if one.key and one.sha256 in refusals.contents}:
                await self.stores.objects.delete(key)
            await self.stores.image_map.delete(list(gone))
        return {url: one for url, one in mirrored.items() if url not in gone}


def _may_pass(error: Exception) -> bool:
    return isinstance(error, ImageRefused) and not error.lasting


def metadata_of(url: str) -> dict[str, str]:
    """The blob's own memory of where it came from: of several URLs the first."""
    name = quote(url, safe=":/?#[]@!$&'()*+,;=%~")
    if len(name) <= _LONGEST_HEADER:
        return {"source-url": name}
    return {"source-url-sha256": sha256(url.encode()).hexdigest()}


def failed_form(url: str, error: ImageRefused, *, attempts: int, now: datetime) -> MirroredImage:
    """An image that cannot be had, and when to ask for it again."""
    return MirroredImage(
        source_url=url,
        error=str(error)[:500],
        retry_after=retry_after(now, attempts=attempts, lasting=error.lasting),
        last_attempt=now,
        attempts=attempts,
    )


def stored_form(url: str, image: CleanImage, now: datetime) -> MirroredImage:
    """An image under the name of its content."""
    digest = sha256(image.body).hexdigest()
    return MirroredImage(
        source_url=url,
        sha256=digest,
        key=f"{Prefix.IMAGES}{digest}.{image.extension}",
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=len(image.body),
        phash=image.phash,
        fetched_at=now,
        last_attempt=now,
    )


def letter(image: MirroredImage, anime_id: str, context: str, now: datetime) -> ImageFailure:
    """The dead letter of an image that an entry lacks."""
    return ImageFailure(
        anime_id=anime_id,
        image_url=image.source_url,
        error_message=image.error or "",
        timestamp=image.last_attempt or now,
        retry_count=image.attempts,
        context=context,
    )


def tried_again(failure: ImageFailure, image: MirroredImage, now: datetime) -> ImageFailure:
    """The same letter after another failure."""
    fresh = letter(image, failure.anime_id, failure.context, now)
    return replace(failure, **{name: getattr(fresh, name) for name in _FRESH})


_FRESH = ("error_message", "timestamp", "retry_count")
