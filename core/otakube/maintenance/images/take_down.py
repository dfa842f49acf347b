# SPDX-License-Identifier: Apache-2.0
"""Takes an image down: out of the bucket, the map, live records and audit copies. It can be repeated.

The order stands before anything is removed. Then a commit that does not know it has an open intent, and one
whose intent opens later meets the order: so after intents and live versions are looked at, in this order, no
entry shows the image, or it is in the report as `Held`.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import orjson
from pydantic import ValidationError

from otakube.commit.lease import Fenced
from otakube.commit.recovery import CommitStores
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.images import without_images
from otakube.errors import Damaged, Fatal
from otakube.maintenance.images.republish import Republisher
from otakube.maintenance.snapshots.progress import Progress
from otakube.ports.catalogue import LiveEntry
from otakube.ports.image_failures import ImageFailures
from otakube.ports.images import EXTENSIONS
from otakube.ports.ledger import OPEN_STATES, Intent
from otakube.ports.objects import ObjectStore, Prefix
from otakube.ports.rows import StoredRows
from otakube.ports.take_downs import Refusals, TakeDown

_AT_ONCE = 16  # audit copies that are read


class Removal(StrEnum):
    """Outcomes of an entry that shows the image."""

    REMOVED = "Removed"
    HELD = "Held"  # a commit is at work: the same call again, or the next sweep
    FAILED = "Failed"  # a person must act; the detail says how


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedFrom:
    """One entry, and its outcome."""

    entry_id: str
    outcome: Removal
    detail: str = ""


@dataclass(slots=True)
class TakeDownReport:
    """All places that images were removed from."""

    blobs: int = 0
    urls: int = 0
    audit_copies: int = 0
    letters: int = 0
    entries: list[RemovedFrom] = field(default_factory=list)

    def has(self, outcome: Removal) -> bool:
        """True if an entry ended so."""
        return any(one.outcome is outcome for one in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remover:
    """Removes what is refused; `places` are the catalogue's bucket, and another one of its snapshots."""

    stores: CommitStores
    failures: ImageFailures
    rows: StoredRows
    places: Sequence[ObjectStore]
    publisher: Republisher
    report: TakeDownReport = field(default_factory=TakeDownReport)

    async def remove(self, order: TakeDown, progress: Progress) -> None:
        """Remove one image everywhere; its order stands already."""
        refusals = Refusals.of([order])
        open_now = await self._open_intents(refusals)
        await self.remove_blobs(order)
        async for stored in self.rows.entries():
            progress.add()
            if stored.live:
                await self.redact(stored.live, refusals)
            elif any(map(refusals.covers_key, stored.state.blobs)):
                self._note(
                    stored.state.entry_id, Removal.FAILED, f"{stored.damage}; then the same call again"
                )
        for intent in open_now:
            await self._look_again(intent, refusals)
        await self._redact_copies(order)

    async def remove_blobs(self, order: TakeDown) -> None:
        """Out of the buckets and the map, with the dead letters about it."""
        rows = await self.stores.image_map.of_content(order.sha256) if order.sha256 else []
        known = await self.stores.image_map.get_many(list(order.urls))
        urls = [*{*known, *(row.source_url for row in rows)}]
        await self.stores.image_map.delete(urls)
        letters = await self.failures.of_urls([*{*urls, *order.urls}])
        await self.failures.delete(letters)
        for place in self.places if order.sha256 else ():
            for key in (f"{Prefix.IMAGES}{order.sha256}.{extension}" for extension in EXTENSIONS):
                if await place.exists(key):
                    await place.delete(key)
                    self.report.blobs += 1
        self.report.urls += len(urls)
        self.report.letters += len(letters)

    async def redact(self, live: LiveEntry, refusals: Refusals) -> None:
        """The next version of an entry goes without what is refused."""
        left = without_images(live.record, refusals.covers)
        if left is live.record:
            return
        try:
            await self.publisher.publish(live, left, note="images that were taken down were removed")
        except Fenced as error:
            self._note(live.entry_id, Removal.HELD, str(error))
        except Fatal as error:
            self._note(live.entry_id, Removal.FAILED, str(error))
        else:
            self._note(live.entry_id, Removal.REMOVED)

    async def redact_live(self, entry_ids: Collection[str], refusals: Refusals) -> None:
        """The same for entries by their ids."""
        for entry_id in entry_ids:
            try:
                live = await self.stores.catalogue.entry(entry_id)
            except Damaged as error:
                self._note(entry_id, Removal.FAILED, str(error))
                continue
            if live:
                await self.redact(live, refusals)

    async def _open_intents(self, refusals: Refusals) -> list[Intent]:
        """Commits that may not know the order; without a content's hash, an intent does not tell."""
        return [
            intent
            async for intent in self.stores.ledger.open_intents()
            if not refusals.contents or any(map(refusals.covers_key, intent.blobs))
        ]

    async def _look_again(self, intent: Intent, refusals: Refusals) -> None:
        now = await self.stores.ledger.intent(intent.commit_key)
        if now and now.state in OPEN_STATES and now.nonce == intent.nonce:
            self._note(intent.entry_id, Removal.HELD, f"{intent.run} is committing")
        else:
            await self.redact_live([intent.entry_id], refusals)

    async def _redact_copies(self, order: TakeDown) -> None:
        """Audit copies of every version that showed it; one that cannot be read loses its record."""
        needles = [text.encode() for text in (order.sha256,) if text]
        needles += [orjson.dumps(url)[1:-1] for url in order.urls]
        slots = asyncio.Semaphore(_AT_ONCE)
        refusals, objects = Refusals.of([order]), self.stores.objects

        async def redact(key: str) -> None:
            async with slots:
                try:
                    body = await objects.get(key)
                except KeyError:
                    return
                if any(needle in body for needle in needles):
                    self.report.audit_copies += await _without(objects, key, body, refusals)

        async for keys in _batches(objects.list(Prefix.AUDIT), _AT_ONCE * 16):
            await asyncio.gather(*map(redact, keys))

    def _note(self, entry_id: str, outcome: Removal, detail: str = "") -> None:
        self.report.entries.append(RemovedFrom(entry_id=entry_id, outcome=outcome, detail=detail))


async def _without(objects: ObjectStore, key: str, body: bytes, refusals: Refusals) -> int:
    """Write a copy without what is refused; 1 if it had some."""
    copy = orjson.loads(body)
    if copy["record"] is None:
        return 0
    try:
        record = GoldenRecord.model_validate_json(orjson.dumps(copy["record"]))
        left = without_images(record, refusals.covers)
        if left is record:
            return 0
        copy["record"] = left.model_dump(mode="json")
    except ValidationError:
        copy["record"] = None
    await objects.put(key, orjson.dumps(copy, option=orjson.OPT_SORT_KEYS))
    return 1


async def _batches(keys: AsyncIterator[str], size: int) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for key in keys:
        batch.append(key)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
