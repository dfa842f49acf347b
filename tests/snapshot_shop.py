# SPDX-License-Identifier: Apache-2.0
"""A catalogue with pictures and merge locks, its snapshots, and all of its stores erased."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drill import records
from lock_builders import add, different
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.commit.embedding import vectors_of
from otakube.domain.dataset.flags import FlaggedField
from otakube.domain.record import handover
from otakube.domain.record.golden import AnimeStatus, GoldenRecord
from otakube.domain.record.handover import Commit
from otakube.domain.record.listing import Listing, ListingSource
from otakube.errors import Retriable
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.files import lines, read_part
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from otakube.maintenance.snapshots.progress import Progress
from otakube.maintenance.snapshots.restore import Restore
from otakube.maintenance.snapshots.restore_entry import EntryRestorer
from otakube.maintenance.snapshots.restore_plan import RestoreReport
from otakube.maintenance.snapshots.verify import verify
from otakube.maintenance.snapshots.write import SnapshotWriter, Source
from otakube.ports.catalogue import Binding, MirroredImage
from otakube.ports.embedding import TextEmbedder
from otakube.ports.flags import Flag, flag_id
from otakube.ports.listings import ListedEntry, SyncRecord
from otakube_api.contract import AnimeType, FailureReason
from shop import LEASE_SECONDS, Shop

ENTRIES = 5
PART_BYTES = 4_000  # so that a few entries fill several files


class WordEmbedder:
    """A text model of hashes: the same text gives the same vector."""

    name, dimension, max_tokens = records.MODEL, records.DIMENSION, 256

    def floor(self, text: str) -> float:
        return 0.0

    def count(self, text: str) -> int:
        return len(text.split())

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        digests = (hashlib.sha256(text.encode()).digest() for text in texts)
        vectors = ([byte - 127.5 for byte in digest[: self.dimension]] for digest in digests)
        return [[x / sum(y * y for y in vector) ** 0.5 for x in vector] for vector in vectors]


def embedder() -> TextEmbedder:
    return WordEmbedder()


async def pictured(shop: Shop, name: str, revision: int = 1) -> Commit:
    """A run's record and vectors as the steps make them, with an image whose key is its content's."""
    body = f"picture {name} {revision}".encode()
    sha = hashlib.sha256(body).hexdigest()
    key = f"images/{sha}.png"
    await shop.stores.objects.put(key, body, content_type="image/png")
    made = records.golden(records.made_id("ani", name), revision, images={sha: key})
    record = GoldenRecord.model_validate_json(records.body(made))
    for image in record.entry.images:
        mirrored = MirroredImage(source_url=image.source_url, sha256=image.sha256, key=image.key)
        await shop.stores.image_map.put([mirrored])
    digest = handover.digest(record)
    return Commit(
        record=record,
        vectors=vectors_of(record, embedder(), digest=digest),
        digest=digest,
        run=f"work/{name}/{revision}-1",
        decision="automatic",
        note="",
        reviewer="",
    )


def a_listed_entry(shop: Shop) -> ListedEntry:
    """An entry that the dataset lists, without a live version."""
    source = ListingSource(repository="d", licence="l", licence_url="https://example.org")
    page = "https://anilist.co/anime/77"
    listing = Listing(
        title="Listed", type=AnimeType.TV, status=AnimeStatus.FINISHED, sources=[page], listed_by=source
    )
    entry_id = records.made_id("ani", "listed")
    return ListedEntry(entry_id=entry_id, key="00", pages=(page,), listing=listing, updated_at=shop.now)


def a_flag(shop: Shop) -> Flag:
    """A title in which the first entry and the dataset differ."""
    entry_id, field = records.made_id("ani", "snapshot 0"), next(iter(FlaggedField))
    return Flag(
        id=flag_id(entry_id, field), entry_id=entry_id, title="Drill", field=field, ours="a", theirs="b",
        flagged_at=shop.now,
    )  # fmt: skip


async def filled(shop: Shop, *, entries: int = ENTRIES) -> list[str]:
    """Entries of one to three versions, and a merge lock; the entries' ids."""
    for number in range(entries):
        for revision in range(1 + number % 3):
            await shop.commit(await pictured(shop, f"snapshot {number}", number * 3 + revision))
    await add(shop.stores.locks, different(1, 2))
    listed = a_listed_entry(shop)
    await (await shop.ports.listings()).put([listed])
    mine = Binding(entry_id=listed.entry_id, since=shop.now)
    await shop.stores.identities.bind_free(dict.fromkeys(listed.pages, mine))
    await (await shop.ports.flags()).put([a_flag(shop)])
    sync = SyncRecord(revision="2026-48", dataset="d", last_update=None, started_at=shop.now, rows=1)
    await (await shop.ports.sync_history()).put(sync)
    return [records.made_id("ani", f"snapshot {number}") for number in range(entries)]


async def a_writer(shop: Shop, target: Any, **options: Any) -> SnapshotWriter:
    return SnapshotWriter(
        source=Source(rows=await shop.ports.rows(), locks=shop.stores.locks),
        target=target,
        release="1",
        clock=shop.clock,
        monotonic=lambda: 0.0,
        **options,
    )


async def snapshot(shop: Shop, target: Any = None, **options: Any) -> SnapshotManifest:
    """A snapshot of this moment; the clock goes on, so that the next has another name."""
    writer = await a_writer(shop, target or shop.stores.objects, **options)
    manifest, _ = await writer.run()
    shop.later(1)
    return manifest


async def a_restore(
    shop: Shop, manifest: SnapshotManifest, source: Any = None, *, chosen: Sequence[str] = (), **options: Any
) -> Restore:
    locks_too = options.pop("locks_too", False)
    return Restore(
        snapshot=source or shop.stores.objects,
        manifest=manifest,
        entries=EntryRestorer(
            **{
                "stores": shop.stores,
                "rows": await shop.ports.rows(),
                "clock": shop.clock,
                "lease_seconds": LEASE_SECONDS,
                "collection": shop.settings.qdrant_collection,
                "run": f"restore/{manifest.name}/{shop.now:%H%M%S}",
                "embedder": embedder,
            }
            | options
        ),
        progress=Progress("restore", 1, lambda: 0.0),
        chosen=chosen,
        locks_too=locks_too,
    )


async def restored(
    shop: Shop, manifest: SnapshotManifest, source: Any = None, **options: Any
) -> RestoreReport:
    return await (await a_restore(shop, manifest, source, **options)).run()


def contents(manifest: SnapshotManifest) -> dict[str, list[str]]:
    """Digests of the lines, by collection."""
    return {name: [part.content_sha256 for part in held.parts] for name, held in manifest.collections.items()}


async def rows_of(objects: Any, manifest: SnapshotManifest, file: SnapshotFile) -> list[dict[str, Any]]:
    parts = manifest.collections[file].parts
    return [json.loads(line) for part in parts for line in lines(await read_part(objects, part))]


async def faults(objects: Any, manifest: SnapshotManifest) -> list[str]:
    return (await verify(objects, manifest, progress=Progress("", 1, lambda: 0.0))).faults


async def keys(objects: Any, *prefixes: str) -> set[str]:
    return {key for prefix in prefixes for key in [one async for one in objects.list(prefix)]}


async def blobs(shop: Shop) -> dict[str, str]:
    """Digest of each image and each audit copy."""
    found = await keys(shop.stores.objects, "images/", "audit/")
    return {key: hashlib.sha256(await shop.stores.objects.get(key)).hexdigest() for key in sorted(found)}


async def hits(shop: Shop, text: str) -> list[tuple[Any, ...]]:
    """Answers of the search to a text, whatever the order of equals."""
    search = await shop.ports.vector_search(embedder())
    [vector] = embedder().embed([text])
    kinds = ("title", "synopsis")
    found = [one for kind in kinds for one in await search.nearest(vector, kind=kind, limit=50)]
    return sorted(
        (one.entry_id, one.version, one.digest, one.kind, one.number, round(one.score, 5)) for one in found
    )


async def erase(shop: Shop) -> None:
    """Wipe all stores: documents, points, and every object."""
    await shop.raw.erase()
    await erase_points(shop)
    for key in await keys(shop.stores.objects, ""):
        await shop.stores.objects.delete(key)


async def erase_points(shop: Shop) -> None:
    qdrant = await shop.ports.qdrant()
    await (await qdrant.client()).delete_collection(qdrant.collection)


class Cut(FolderObjects):
    """A bucket that goes away after some writes."""

    def __init__(self, root: Path, writes: int) -> None:
        super().__init__(root)
        self.writes = writes

    async def put(self, key: str, body: bytes, *, content_type: str = "") -> None:
        if self.writes == 0:
            raise Retriable(FailureReason.STORE_UNAVAILABLE, "away")
        self.writes -= 1
        await super().put(key, body, content_type=content_type)
