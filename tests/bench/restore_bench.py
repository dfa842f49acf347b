# SPDX-License-Identifier: Apache-2.0
"""A restore of a whole snapshot against one entry after another: into a folder, and into servers afar.

`make bench-restore`. Both restore the same entries of 17 passages into empty stores, in one run; the bucket
has the vectors, so that no text model is timed. The servers are those of the tests, each behind a proxy that
holds bytes back by `--latency` milliseconds a way. Bar: 5 times as fast, with the same digests.
"""

import argparse
import asyncio
import hashlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from distant_server import distant

from drill import records
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.bootstrap.stores.choice import SERVERS, choose
from otakube.commit.embedding import vectors_of
from otakube.commit.recovery import vectors_key
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import VectorSet
from otakube.maintenance.snapshots.blobs import Blobs
from otakube.maintenance.snapshots.entry_rows import read_entries
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from otakube.maintenance.snapshots.progress import Progress
from otakube.maintenance.snapshots.restore import CONCURRENCY, Restore
from otakube.maintenance.snapshots.restore_entry import EntryRestorer
from otakube.maintenance.snapshots.verify import entry_parts
from otakube.maintenance.snapshots.write import SnapshotWriter, Source
from otakube.ports.catalogue import LiveEntry
from otakube.ports.ledger import EntryState, Event
from otakube.ports.rows import StoredEntry
from otakube.settings import Settings
from snapshot_shop import WordEmbedder
from stores import Stores, running_stores

BAR, DIMENSION, EPISODES = 5.0, 384, 12


class Made:
    """Entries that nobody committed, as the stores of a catalogue would give them."""

    def __init__(self, entries: list[StoredEntry]) -> None:
        self._entries = entries

    async def live_entries(self) -> int:
        return len(self._entries)

    async def entries(self, *, after: str = "") -> AsyncIterator[StoredEntry]:
        for one in self._entries:
            if one.state.entry_id > after:
                yield one

    async def rows(self, *_: object, **__: object) -> AsyncIterator[Any]:
        for nothing in ():
            yield nothing

    async def generation(self) -> int:
        return 0

    async def after(self, *_: object) -> list[Any]:
        return []


class Embedder(WordEmbedder):
    """Vectors as long as the product's."""

    dimension = DIMENSION

    def embed(self, texts: Any) -> list[list[float]]:
        found = []
        for text in texts:
            vector = [byte - 127.5 for byte in hashlib.shake_256(text.encode()).digest(DIMENSION)]
            length = sum(x * x for x in vector) ** 0.5
            found.append([round(x / length, 6) for x in vector])
        return found


def main() -> int:
    """Print the report; 0 if each ratio meets the bar."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=120)
    options.add_argument("--latency", type=float, default=5.0, help="milliseconds a way to each server")
    options.add_argument("--concurrency", type=int, default=CONCURRENCY)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="otakube-bench-") as name:
        folder = Path(name)
        place = FolderObjects(folder / "snapshot")
        manifest, vectors = asyncio.run(written(place, given.entries))
        ratios = [
            asyncio.run(_compare("a folder", place, manifest, vectors, partial(_folder, folder), given))
        ]
        with running_stores(folder) as stores:
            afar = f"servers {given.latency:g} ms away"
            servers = partial(_servers, stores, given.latency / 1000)
            ratios.append(asyncio.run(_compare(afar, place, manifest, vectors, servers, given)))
    return 0 if min(ratios) >= BAR else 1


async def written(place: FolderObjects, entries: int) -> tuple[SnapshotManifest, dict[str, VectorSet]]:
    """A snapshot with images, and the vectors of its entries."""
    embedder, stored, vectors = Embedder(), [], {}
    for number in range(entries):
        body = f"picture {number}".encode() * 2000
        sha = hashlib.sha256(body).hexdigest()
        key = f"images/{sha}.png"
        await place.put(key, body)
        entry_id = records.made_id("ani", str(number))
        made = records.golden(entry_id, number, episodes=EPISODES, images={sha: key})
        record = GoldenRecord.model_validate_json(records.body(made))
        one = _stored(record, key, vectors_of(record, embedder, digest=handover.digest(record)))
        assert one[0].live is not None
        vectors[vectors_key(one[0].live)] = one[1]
        stored.append(one[0])
    source: Any = Made(sorted(stored, key=lambda one: one.state.entry_id))
    writer = SnapshotWriter(
        source=Source(rows=source, locks=source),
        target=place,
        release="bench",
        clock=lambda: datetime.now(UTC).replace(microsecond=0),
        monotonic=time.monotonic,
        blobs=Blobs(place, place),
    )
    return (await writer.run())[0], vectors


def _stored(record: GoldenRecord, key: str, vectors: VectorSet) -> tuple[StoredEntry, VectorSet]:
    digest, entry_id = handover.digest(record), record.entry.id
    live = LiveEntry(
        entry_id=entry_id, version=1, commit_key=digest[:16], digest=digest, model=records.MODEL,
        record=record, committed_at=datetime.now(UTC),
    )  # fmt: skip
    event = Event(
        id=f"{entry_id}/1-{digest[:16]}", entry_id=entry_id, version=1, commit_key=digest[:16], digest=digest,
        run="work/bench/1-1", decision="automatic", note="", reviewer="", committed_at=datetime.now(UTC),
    )  # fmt: skip
    state = EntryState(
        entry_id=entry_id, live_version=1, commit_key=digest[:16], digest=digest, next_version=1, lease=None,
        blobs=[key], points=len(vectors.points), collection="bench", outbox=[event],
    )  # fmt: skip
    return StoredEntry(state=state, live=live), vectors


@asynccontextmanager
async def _folder(folder: Path, name: str) -> AsyncIterator[tuple[str, Settings]]:
    yield f"file:{folder / name}", Settings(qdrant_collection="bench")


@asynccontextmanager
async def _servers(stores: Stores, delay: float, name: str) -> AsyncIterator[tuple[str, Settings]]:
    import boto3

    place = f"bench-{name}"
    boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{stores.objects.port}", region_name="us-east-1",
        aws_access_key_id=stores.access_key_id, aws_secret_access_key=stores.secret_access_key,
    ).create_bucket(Bucket=place)  # fmt: skip
    async with AsyncExitStack() as stack:
        ports = {}
        for server in ("documents", "vectors", "objects"):
            upstream = getattr(stores, server)
            port = await stack.enter_async_context(distant(upstream.port, delay))
            ports[server] = replace(upstream, port=port)
        afar = replace(stores, **ports)
        yield SERVERS, afar.settings(mongodb_database=place, qdrant_collection=place, s3_bucket=place)


async def _compare(
    where: str,
    place: FolderObjects,
    manifest: SnapshotManifest,
    vectors: dict[str, VectorSet],
    opened: Any,
    given: argparse.Namespace,
) -> float:
    """Restore both ways into stores of their own; the ratio."""
    took, digests = [], []
    for name, concurrency in (("alone", 0), ("together", given.concurrency)):
        async with opened(name) as (uri, settings), AsyncExitStack() as stack:
            ports = choose(uri, lambda settings=settings: settings, stack)
            objects = await ports.objects()
            for key, body in vectors.items():
                await objects.put(key, body.model_dump_json().encode())
            restorer = EntryRestorer(
                stores=await ports.commit_stores(), rows=await ports.rows(), clock=lambda: datetime.now(UTC),
                lease_seconds=120, collection=settings.qdrant_collection, run="restore/bench",
                images=Blobs(place, objects),
            )  # fmt: skip
            began = time.monotonic()
            if concurrency:
                progress = Progress("restore", manifest.entries, time.monotonic)
                work = Restore(
                    snapshot=place, manifest=manifest, entries=restorer, progress=progress,
                    concurrency=concurrency,
                )  # fmt: skip
                async with ports.bulk():
                    await work.run()
            else:
                await restorer.stores.ledger.prepare()
                for parts in entry_parts(manifest):
                    for stored in await read_entries(place, parts):
                        await restorer.restore(stored)
            took.append(time.monotonic() - began)
            assert restorer.report.outcomes == {"Restored": manifest.entries}, restorer.report.entries[:3]
            digests.append([(one.entry_id, one.digest) async for one in restorer.stores.ledger.states()])
    assert sorted(digests[0]) == sorted(digests[1])
    ratio = took[0] / took[1]
    print(
        f"{manifest.entries:,} entries into {where}: one by one {took[0]:.1f} s "
        f"({manifest.entries / took[0]:.1f}/s), {given.concurrency} at a time {took[1]:.1f} s "
        f"({manifest.entries / took[1]:.1f}/s): {ratio:.1f} times as fast (bar {BAR:g}), same digests",
        flush=True,
    )
    return ratio


if __name__ == "__main__":
    sys.exit(main())
