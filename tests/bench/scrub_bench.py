# SPDX-License-Identifier: Apache-2.0
"""A full scrub of a clean catalogue over the servers: seconds for 10,000 entries, slope and memory.

`make bench-scrub`. Each entry is listed and enriched: 13 episodes, 8 characters, 24 points, 4 images, a
listing, two pages, its event, audit copy and vectors. The catalogue is written past the product, in bulk; the
scrub is the command as its pod runs it, timed as a whole. Bar: 60 s for 10,000 entries. Beside it is what the
three servers used, and how long they waited for a core that others had. The last line is the exponent of the
slope, 1 if the time grows as the entries do.
"""

import argparse
import asyncio
import hashlib
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import pymongo  # noqa: E402 - after the path is set
from qdrant_client.http.models import PointStruct  # noqa: E402 - after the path is set

from drill import records  # noqa: E402 - tests are not installed
from otakube.adapters.stores.mongodb.catalogue import url_key  # noqa: E402 - after the path is set
from otakube.adapters.stores.mongodb.listings import listing_document  # noqa: E402 - after the path is set
from otakube.bootstrap.stores.servers import ServerStores  # noqa: E402 - after the path is set
from otakube.commit.recovery import audit_copy  # noqa: E402 - after the path is set
from otakube.domain.record import handover  # noqa: E402 - after the path is set
from otakube.domain.record.golden import AnimeStatus, GoldenRecord  # noqa: E402 - after the path is set
from otakube.domain.record.listing import Listing, ListingSource  # noqa: E402 - after the path is set
from otakube.ports.catalogue import LiveEntry, MirroredImage  # noqa: E402 - after the path is set
from otakube.ports.ledger import Event  # noqa: E402 - after the path is set
from otakube.ports.listings import ListedEntry  # noqa: E402 - after the path is set
from otakube_api.contract import AnimeType  # noqa: E402 - after the path is set
from stores import Server, Stores, running_stores  # noqa: E402 - after the path is set

SIZES, SECONDS, PER = (1_250, 2_500, 5_000, 10_000), 60.0, 10_000
OTAKUBE = str(Path(sys.executable).with_name("otakube"))
NOW = datetime.now(UTC).replace(microsecond=0)
EPISODES, CHARACTERS, IMAGES, BATCH = 12, 8, 4, 200
Json = dict[str, Any]


class Used(NamedTuple):
    """Seconds on a core, and seconds in which a thread was ready and other processes had the cores."""

    cpu: float
    waited: float


class Scrubbed(NamedTuple):
    """One `otakube scrub --full`, its start included."""

    seconds: float
    cpu: float
    megabytes: float  # at the peak
    servers: dict[str, Used]  # meanwhile, by name


class Entry(NamedTuple):
    """One entry as the product would have written it."""

    live: LiveEntry
    event: Event
    listed: ListedEntry
    points: list[Json]


def main() -> int:
    """Print the report; 0 if the bar is met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, nargs="*", default=SIZES)
    given = options.parse_args()
    times = {}
    with (
        tempfile.TemporaryDirectory(prefix="otakube-bench-", dir=memory()) as folder,
        running_stores(Path(folder)) as stores,
    ):
        for entries in sorted(given.entries):
            asyncio.run(fill(stores, Path(folder), entries))
            times[entries] = scrub(stores, Path(folder), entries)
            print_scrubbed(entries, times[entries])
    largest = max(times)
    rate = times[largest].seconds / largest * PER
    print(f"{rate:.0f} s for {PER:,} entries (bar {SECONDS:.0f})")
    if len(times) > 1:
        small = min(times)
        exponent = math.log(times[largest].seconds / times[small].seconds) / math.log(largest / small)
        print(f"time grows by entries to the power of {exponent:.2f}")
    return 0 if rate <= SECONDS else 1


def memory() -> str | None:
    """A folder in memory, where there is one: the disk's waits are not what is measured."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def made(number: int) -> Entry:
    """The entry of a number."""
    entry_id = records.made_id("ani", f"bench {number}")
    shas = [hashlib.sha256(f"{number}/{one}".encode()).hexdigest() for one in range(IMAGES)]
    body = records.golden(entry_id, 1, episodes=EPISODES, images={sha: f"images/{sha}.png" for sha in shas})
    sources = [f"https://{site}/anime/{number + 1}" for site in ("anidb.net", "kitsu.app")]
    body["entry"]["sources"] = sources
    body["characters"] = [
        {"id": records.made_id("char", f"{number}/{one}"), "name": f"Warden {one}", "role": "Main"}
        for one in range(CHARACTERS)
    ]
    record = GoldenRecord.model_validate_json(records.body(body))
    digest, key = handover.digest(record), hashlib.sha256(entry_id.encode()).hexdigest()
    live = LiveEntry(
        entry_id=entry_id, version=1, commit_key=key, digest=digest, model=records.MODEL, record=record,
        committed_at=NOW,
    )  # fmt: skip
    event = Event(
        id=f"{entry_id}/1-{key}", entry_id=entry_id, version=1, commit_key=key, digest=digest,
        run=f"work/{number}/1-1", decision="automatic", note="", reviewer="", committed_at=NOW,
    )  # fmt: skip
    listing = Listing(
        title=f"No. {number}", type=AnimeType.TV, status=AnimeStatus.FINISHED, sources=sources,
        listed_by=ListingSource(repository="d", licence="l", licence_url="https://example.org"),
    )  # fmt: skip
    listed = ListedEntry(entry_id=entry_id, key="00", pages=tuple(sources), listing=listing, updated_at=NOW)
    points = records.vectors(record.model_dump(mode="json"), digest)["points"]
    return Entry(live, event, listed, points)


async def fill(stores: Stores, folder: Path, entries: int) -> None:
    """Write a catalogue of so many entries."""
    name = f"bench-{entries}"
    (folder / "objects" / name).mkdir()
    settings = stores.settings(mongodb_database=name, qdrant_collection=name, s3_bucket=name)
    async with AsyncExitStack() as stack:
        ports = ServerStores(lambda: settings, stack)
        await (await ports.ledger()).prepare()
        await (await ports.listings()).prepare()
        await (await ports.vectors()).ensure(model=records.MODEL, dimension=records.DIMENSION)
        client = await (await ports.qdrant()).client()
        database = pymongo.MongoClient[Json](f"mongodb://127.0.0.1:{stores.documents.port}/")[name]
        for start in range(0, entries, BATCH):
            batch = [made(number) for number in range(start, min(start + BATCH, entries))]
            insert(database, batch)
            put(folder / "objects" / name, batch)
            await client.upsert(
                name, [PointStruct(**point) for one in batch for point in stamped(one)], wait=True
            )


def stamped(entry: Entry) -> Iterator[Json]:
    """Its points as they are stored."""
    live = entry.live
    for point in entry.points:
        stamp = {"entry_id": live.entry_id, "version": 1, "digest": live.digest}
        name = f"{live.entry_id}/{point['kind']}/{point['number']}"
        yield {
            "id": str(uuid5(NAMESPACE_URL, name)),
            "vector": {point["kind"]: point["vector"]},
            "payload": stamp | {"kind": point["kind"], "number": point["number"], "text": point["text"]},
        }


def insert(database: Any, batch: list[Entry]) -> None:
    """All documents of some entries."""
    found: dict[str, list[Json]] = {}
    for entry in batch:
        for name, document in documents(entry):
            found.setdefault(name, []).append(document)
    for name, many in found.items():
        database[name].insert_many(many, ordered=False)


def documents(entry: Entry) -> Iterator[tuple[str, Json]]:
    """Documents of an entry, with their collections."""
    live = entry.live
    record = live.record.model_dump(mode="json")
    blobs = sorted(image["key"] for image in record["entry"]["images"])
    beside = {"live_version": 1, "next_version": 1, "fence": 1, "points": len(entry.points), "outbox": []}
    yield "animes", {
        "_id": live.entry_id, "commit_key": live.commit_key, "digest": live.digest, "model": live.model,
        "record": record, "committed_at": NOW, "blobs": blobs, **beside,
    }  # fmt: skip
    yield "events", {"_id": entry.event.id, **asdict(entry.event)}
    yield "listings", {"_id": live.entry_id, **listing_document(entry.listed)}
    for url in entry.listed.pages:
        yield (
            "identities",
            {"_id": url_key(url), "source_url": url, "entry_id": live.entry_id, "since": NOW, "token": 1},
        )
    for image in record["entry"]["images"]:
        mirrored = MirroredImage(source_url=image["source_url"], sha256=image["sha256"], key=image["key"])
        yield "image_map", {"_id": url_key(image["source_url"]), **asdict(mirrored)}
    for name in ("episodes", "characters"):
        for one in record[name]:
            key = f"{live.entry_id}/{one['id']}"
            yield name, {"_id": key, "entry_id": live.entry_id, "version": 1, "record": one}


def put(bucket: Path, batch: list[Entry]) -> None:
    """All objects of some entries, as files of the server's folder."""
    for entry in batch:
        live = entry.live
        written = {
            f"vectors/{live.entry_id}/1-{live.commit_key}.json": b"{}",
            f"audit/{entry.event.id}.json": audit_copy(entry.event, live),
            **{image.key: b"png" for image in live.record.entry.images if image.key},
        }
        for key, body in written.items():
            (bucket / key).parent.mkdir(parents=True, exist_ok=True)
            (bucket / key).write_bytes(body)


def scrub(stores: Stores, folder: Path, entries: int) -> Scrubbed:
    """Run the command, and ask the kernel what it took."""
    name, out = f"bench-{entries}", folder / "report.json"
    names = {"mongodb_database": name, "qdrant_collection": name, "s3_bucket": name}
    environment = stores.environment(folder / "secrets", **names)
    servers = {"documents": stores.documents, "vectors": stores.vectors, "objects": stores.objects}
    before = {each: used_by(server) for each, server in servers.items()}
    begin = time.monotonic()
    with out.open("wb") as file:
        command = [OTAKUBE, "scrub", "--full", "--dry-run", "--output=json"]
        redirect = [(os.POSIX_SPAWN_DUP2, file.fileno(), 1)]
        process = os.posix_spawn(OTAKUBE, command, environment, file_actions=redirect)
        _, status, used = os.wait4(process, 0)
    seconds = time.monotonic() - begin
    report = json.loads(out.read_bytes()) if not status else {}
    if status or report["findings"] or report["entries"] != entries:
        raise SystemExit(f"the scrub of {entries} clean entries ended with {status}: {str(report)[:2000]}")
    after = {each: used_by(server) for each, server in servers.items()}
    shares = {
        each: Used(after[each].cpu - before[each].cpu, after[each].waited - before[each].waited)
        for each in servers
    }
    return Scrubbed(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, shares)


def used_by(server: Server) -> Used:
    """Of all threads of a server's process that live now, as the kernel counts."""
    assert server.process is not None
    threads = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    counted = [[int(number) for number in thread.read_text().split()] for thread in threads]
    return Used(sum(one[0] for one in counted) / 1e9, sum(one[1] for one in counted) / 1e9)


def print_scrubbed(entries: int, one: Scrubbed) -> None:
    """A line, and one with the servers' shares."""
    print(
        f"{entries:8,} entries {one.seconds:6.1f} s, CPU {one.cpu:6.1f} s, "
        f"{one.cpu / entries * 1000:.2f} ms an entry, peak {one.megabytes:4.0f} MB",
    )
    shares = (f"{name} {used.cpu:.1f} s ({used.waited:.1f} s)" for name, used in one.servers.items())
    print(f"{'':8} servers' CPU (and wait for a core): {', '.join(shares)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
