# SPDX-License-Identifier: Apache-2.0
"""Images that entries lack: asked for again when their time has come, and put into the records."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from otakube import logs
from otakube.commit.lease import Fenced
from otakube.domain.record.golden import GoldenRecord, Image
from otakube.domain.record.images import images_of, with_changed_images
from otakube.errors import Damaged, Fatal
from otakube.ingest.ingester import Ingester, tried_again
from otakube.ingest.record_image import as_image
from otakube.maintenance.images.republish import Republisher
from otakube.maintenance.snapshots.progress import Monotonic, Progress
from otakube.ports.catalogue import LiveEntry, MirroredImage
from otakube.ports.image_failures import ImageFailure

_PAGE = 256
KEPT = timedelta(days=45)
"""A letter whose image no version shows is kept so long: its run may wait 30 days for a review."""


@dataclass(slots=True)
class FailureCount:
    """Images and entries by what became of them."""

    tried: int = 0
    mirrored: int = 0
    failed: int = 0
    refused: int = 0  # taken down meanwhile
    entries_repaired: int = 0
    entries_held: int = 0  # a run is at them: the next sweep looks again
    entries_failed: int = 0
    letters_closed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureSweep:
    """One sweep over the failures; cut off anywhere, the next goes on with what is due still."""

    ingester: Ingester
    publisher: Republisher
    monotonic: Monotonic
    dry_run: bool = False

    async def run(self) -> FailureCount:
        """Ask again for what is due, then repair the entries."""
        count = FailureCount()
        await self._retry(count)
        async for letters in self._by_entry():
            await self._repair(letters, count)
        return count

    async def _retry(self, count: FailureCount) -> None:
        image_map, now, after = self.ingester.stores.image_map, self.ingester.clock(), ""
        progress = Progress("asking for images again", 0, self.monotonic)
        while page := await image_map.due(now, after=after, limit=_PAGE):
            after = page[-1].source_url
            count.tried += len(page)
            if not self.dry_run:
                await self._ask_again([one.source_url for one in page], count)
            progress.add(len(page))

    async def _ask_again(self, urls: Sequence[str], count: FailureCount) -> None:
        stores, found = self.ingester.stores, await self.ingester.ingest(urls)
        failed = {url: image for url, image in found.items() if image.key is None}
        refused = [url for url in urls if url not in found]
        letters = await stores.failures.of_urls([*failed, *refused])
        await stores.failures.delete([one for one in letters if one.image_url in refused])
        now = self.ingester.clock()
        again = [tried_again(one, failed[one.image_url], now) for one in letters if one.image_url in failed]
        await stores.failures.put(again)
        await stores.image_map.delete(refused)
        count.failed += len(failed)
        count.refused += len(refused)
        count.mirrored += len(found) - len(failed)

    async def _by_entry(self) -> AsyncIterator[list[ImageFailure]]:
        """Letters of one entry after the other."""
        begun: list[ImageFailure] = []
        after: ImageFailure | None = None
        while page := await self.ingester.stores.failures.page(after=after, limit=_PAGE):
            after = page[-1]
            groups = [list(group) for _, group in groupby([*begun, *page], key=lambda one: one.anime_id)]
            begun = groups.pop()
            for letters in groups:
                yield letters
        if begun:
            yield begun

    async def _repair(self, letters: Sequence[ImageFailure], count: FailureCount) -> None:
        """One entry: its record gets the images that came since; letters that are answered are closed."""
        stores, urls = self.ingester.stores, [one.image_url for one in letters]
        mirrored = {url: one for url, one in (await stores.image_map.get_many(urls)).items() if one.key}
        old = [one for one in letters if one.timestamp + KEPT < self.ingester.clock()]
        if not (mirrored or old):
            return
        try:
            live = await self.publisher.stores.catalogue.entry(letters[0].anime_id)
        except Damaged:
            count.entries_failed += 1
            return
        shown = {image.source_url: image for image in images_of(live.record)} if live else {}
        lacking = {url: one for url, one in mirrored.items() if url in shown and shown[url].key is None}
        closed = [one for one in letters if one.image_url in shown and shown[one.image_url].key]
        closed += [one for one in old if one.image_url not in shown]
        if live and lacking and await self._publish(live, lacking, count):
            closed += [one for one in letters if one.image_url in lacking]
        count.letters_closed += len(closed)
        if not self.dry_run:
            await stores.failures.delete(closed)

    async def _publish(self, live: LiveEntry, lacking: dict[str, MirroredImage], count: FailureCount) -> bool:
        """Publish the entry with the images that it lacked; False if that is for another time."""
        if self.dry_run:
            count.entries_repaired += 1
            return True
        keys = sorted({one.key for one in lacking.values() if one.key})
        removed = await self.ingester.stores.blob_uses.claim(keys, at=self.ingester.clock())
        found = {url: one for url, one in lacking.items() if one.key not in removed}
        try:
            note = f"{len(found)} images that were missing have come"
            await self.publisher.publish(live, repaired(live.record, found), note=note)
        except Fenced:
            count.entries_held += 1
            return False
        except Fatal as error:
            logs.logger().error("entry not repaired", entry=live.entry_id, message=str(error))
            count.entries_failed += 1
            return False
        count.entries_repaired += 1
        return not removed


def repaired(record: GoldenRecord, found: dict[str, MirroredImage]) -> GoldenRecord:
    """The record with the images that were found since."""

    def change(image: Image) -> Image:
        one = found.get(image.source_url)
        return image if one is None or image.key else as_image(one, kind=image.kind, provider=image.provider)

    return with_changed_images(record, change)
