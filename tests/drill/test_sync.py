# SPDX-License-Identifier: Apache-2.0
"""A sync of the dataset cut at random writes, by whatever can die or lose an answer, ends as a quiet one.

`make drill-sync N=50 SEED=...` cuts more; FIRST=7 N=1 repeats the seventh. A reader polls all the while. The
catalogue is judged with raw clients.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pymongo
import pymongo.errors
import pytest

from drill import records, sync_process
from drill.proxy import Trap
from drill.site import RETRIABLE, Site
from unit.otakube.domain.dataset.weeks import json_lines, row

Json = dict[str, Any]
SEED = os.environ.get("SEED", "20261126")
NUMBER = int(os.environ.get("N", "4"))
FIRST = int(os.environ.get("FIRST", "0"))
ROWS, LIVE = 240, 8
WRITE = rb"\x02(update|insert|findAndModify|delete)\x00"  # the first field of a command of the wire protocol
TRIES = 8
TODAY = datetime.now(UTC).date()
COPIED = ("animes", "identities", "listings", "syncs", "flags")


class Cut(NamedTuple):
    """Who is struck at a write, when, and whether the answer is lost."""

    victim: Literal["sync", "sleeper", "documents", "vectors", "objects", "network"]
    when: Literal["received", "forwarded", "answered"]
    at: int


@dataclass
class Catalogue:
    """A database of its own behind the proxy, and syncs into it."""

    site: Site
    name: str
    seen: list[str] = field(default_factory=list)

    @property
    def db(self) -> Any:
        """The raw database."""
        return self.site.raw.mongo[self.name]

    def start(self, week: Path) -> "subprocess.Popen[str]":
        """Start a sync."""
        environment = self.site.environment() | {
            "OTAKUBE_MONGODB_DATABASE": self.name,
            "OTAKUBE_STORE_CONNECT_SECONDS": "5",
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        command = [sys.executable, sync_process.__file__, str(week)]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def sync(self, week: Path) -> Json:
        """Run it until it succeeds, as its retries do; the report."""
        for _ in range(TRIES):
            process = self.start(week)
            out, error = process.communicate(timeout=300)
            if process.returncode == 0:
                report: Json = json.loads(out)
                return report
            assert process.returncode == RETRIABLE, error
        raise AssertionError(f"the sync does not end: {error}")

    def fill(self, documents: dict[str, list[Json]]) -> None:
        """Put these documents in place of all."""
        for name in COPIED:
            self.db[name].delete_many({})
            if documents.get(name):
                self.db[name].insert_many(documents[name])

    def documents(self) -> dict[str, list[Json]]:
        """All documents of a sync."""
        return {name: list(self.db[name].find()) for name in COPIED}

    def state(self) -> Json:
        """All that a sync decides, without times and tokens."""
        facts = ("key", "pages", "orphaned", "merged_into", "split_from", "listing")
        return {
            "listings": {
                one["_id"]: [one["system_status"], *(one["entry"].get(name) for name in facts)]
                for one in self.db.listings.find()
            },
            "identities": {one["source_url"]: one["entry_id"] for one in self.db.identities.find()},
            "flags": {one["_id"]: (one["state"], one["flag"]["theirs"]) for one in self.db.flags.find()},
        }


@contextmanager
def reading(catalogue: Catalogue) -> Iterator[Counter[str]]:
    """A reader that polls: each listing that it sees is whole, and its sources lead somewhere."""
    client: pymongo.MongoClient[Json] = pymongo.MongoClient(
        f"mongodb://127.0.0.1:{catalogue.site.raw.at.mongodb_port}/", serverSelectionTimeoutMS=300
    )
    db, ended, seen, wrong = client[catalogue.name], threading.Event(), Counter[str](), list[str]()

    def poll() -> None:
        while not ended.wait(0.02):
            try:
                listings = list(db.listings.find())
                bound = {one["source_url"] for one in db.identities.find({}, {"source_url": 1})}
            except pymongo.errors.PyMongoError:
                continue  # the store is down
            seen["reads"] += 1
            wrong.extend(fault for one in listings for fault in faults(one, bound))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        yield seen
    finally:
        ended.set()
        reader.join()
        client.close()
    assert wrong == []


def faults(document: Json, bound: set[str]) -> Iterator[str]:
    """What no reader may see of a listing."""
    one = document["entry"]
    if one["entry_id"] != document["_id"] or len(one["pages"]) != len(one["listing"]["sources"]):
        yield f"{document['_id']} is half written"
    if (one["orphaned"] is None) != (document["system_status"] == "ACTIVE"):
        yield f"{document['_id']} is {document['system_status']} and {one['orphaned']}"
    if one["orphaned"] is None and not bound.issuperset(one["pages"]):
        yield f"{document['_id']} was visible without its sources"


class Weeks(NamedTuple):
    """Two weeks, each with the documents before it, how it ends, and its number of writes."""

    files: tuple[Path, Path]
    before: tuple[dict[str, list[Json]], dict[str, list[Json]]]
    reports: tuple[Json, Json]
    states: tuple[Json, Json]
    writes: tuple[int, int]


def enriched(number: int) -> Iterator[tuple[str, Json]]:
    """Documents of a live entry that has the pages of a row, and another title."""
    entry_id, pages = records.made_id("ani", f"live {number}"), pages_of(number)
    made = records.golden(entry_id, 1, images={})
    made["entry"]["sources"] = pages
    yield "animes", {
        "_id": entry_id, "next_version": 1, "live_version": 1, "commit_key": "a" * 64, "digest": "b" * 64,
        "model": records.MODEL, "record": made, "committed_at": datetime.now(UTC), "points": 0, "blobs": [],
        "outbox": [],
    }  # fmt: skip
    for url in pages:
        yield "identities", {
            "_id": hashlib.sha256(url.encode()).hexdigest(), "source_url": url, "entry_id": entry_id,
            "since": datetime(2026, 1, 1, tzinfo=UTC), "token": 1,
        }  # fmt: skip


def pages_of(number: int) -> list[str]:
    return [f"https://anidb.net/anime/{number}", f"https://kitsu.app/anime/{number}"]


def week_rows() -> tuple[list[Json], list[Json]]:
    """A first week, and one with merges, splits, changes, new rows, and rows that are gone."""
    first = [row(f"No. {number}", *pages_of(number)) for number in range(1, ROWS + 1)]
    pairs = zip(first[:60:2], first[1:60:2], strict=True)
    merged = [one | {"sources": one["sources"] + two["sources"]} for one, two in pairs]
    split = [one | {"sources": [url], "title": url} for one in first[60:80] for url in one["sources"]]
    changed = [one | {"episodes": 13} for one in first[110:170]]
    new = [row(f"New {number}", *pages_of(ROWS + number)) for number in range(1, 31)]
    return first, [*merged, *split, *changed, *new, *first[170:]]  # 30 are gone


@pytest.fixture(scope="module")
def weeks(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    """Both weeks, taken in quietly."""
    folder, files = tmp_path_factory.mktemp("weeks"), []
    for name, rows, day in zip(
        ("first", "later"), week_rows(), (TODAY - timedelta(days=7), TODAY), strict=True
    ):
        files.append(folder / f"{name}.jsonl")
        files[-1].write_bytes(json_lines(rows, day.isoformat()))
    quiet = Catalogue(site, "sync-quiet")
    live: dict[str, list[Json]] = {}
    for number in range(1, LIVE + 1):
        for name, document in enriched(number):
            live.setdefault(name, []).append(document)
    quiet.fill(live)
    before, reports, states, writes = [], [], [], []
    for file in files:
        before.append(quiet.documents())
        trap = Trap(marker=WRITE, action=lambda: None, when="forwarded", withhold=False, skip=1_000_000)
        site.proxies["documents"].arm(trap)
        reports.append(quiet.sync(file))
        site.proxies["documents"].disarm()
        states.append(quiet.state())
        writes.append(trap.passed)
        assert quiet.sync(file)["written"] == 0
    assert states[1]["flags"], "nothing is flagged"
    return Weeks(tuple(files), tuple(before), tuple(reports), tuple(states), tuple(writes))  # type: ignore[arg-type]  # two each


def drawn(source: random.Random, writes: int) -> list[Cut]:
    """One or two cuts of one sync."""
    victims: list[Any] = [
        "sync",
        "sync",
        "sleeper",
        "documents",
        "documents",
        "network",
        "network",
        "vectors",
        "objects",
    ]
    return [
        Cut(
            source.choice(victims),
            source.choice(("received", "forwarded", "answered")),
            source.randrange(writes) if not number else source.randrange(max(writes // 3, 1)),
        )
        for number in range(source.choice((1, 1, 2)))
    ]


def strike(catalogue: Catalogue, week: Path, cut: Cut) -> bool:
    """Run a sync and cut it; True if the cut fell into it."""
    site, process = catalogue.site, catalogue.start(week)
    server = site.server(cut.victim) if cut.victim in {"documents", "vectors", "objects"} else None
    actions = {"sync": process.kill, "sleeper": lambda: process.send_signal(signal.SIGSTOP)}
    trap = Trap(
        marker=WRITE,
        action=server.kill if server else actions.get(cut.victim, lambda: None),
        when=cut.when,
        withhold=cut.victim in {"network", "documents"},
        skip=cut.at,
    )
    site.proxies["documents"].arm(trap)
    while process.poll() is None and not trap.sprung.wait(0.02):
        continue
    site.proxies["documents"].disarm()
    if server and trap.sprung.is_set():
        server.start()
    if cut.victim == "sleeper" and trap.sprung.is_set():
        catalogue.sync(week)  # Argo has lost sight of the pod, and starts another
        process.send_signal(signal.SIGCONT)
    _, error = process.communicate(timeout=300)
    assert process.returncode in {0, RETRIABLE, -signal.SIGKILL}, error
    return trap.sprung.is_set()


@pytest.mark.parametrize("number", range(FIRST, FIRST + NUMBER))
def test_a_sync_that_is_cut_ends_in_the_digest_of_one_that_is_not(
    site: Site, weeks: Weeks, tally: "Counter[str]", number: int
) -> None:
    source = random.Random(f"{SEED}/{number}")
    which = source.choice((0, 1, 1))
    catalogue = Catalogue(site, "sync-cut")
    catalogue.fill(weeks.before[which])
    cuts = drawn(source, weeks.writes[which])
    with reading(catalogue) as seen:
        struck = [strike(catalogue, weeks.files[which], cut) for cut in cuts]
        report = catalogue.sync(weeks.files[which])
    again = f"{cuts}: make drill-sync SEED={SEED} FIRST={number} N=1"
    tally.update(drills=1, effective=any(struck), repeated=1, samples=seen["reads"])
    assert report["digest"] == weeks.reports[which]["digest"], again
    assert catalogue.state() == weeks.states[which], again
    assert catalogue.sync(weeks.files[which])["written"] == 0, again
