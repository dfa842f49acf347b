# SPDX-License-Identifier: Apache-2.0
"""`otakube snapshot restore` over the servers, killed at random requests, ends as a quiet one if given again.

The documents and the points are lost, the bucket stays. `make drill-restore N=50 SEED=...` cuts more; FIRST=7
N=1 repeats the seventh. Each cut is a request over a store's own protocol: the command dies before the store
has it, with it in hand, or with the answer on its way.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import pytest

from drill.proxy import Proxy, Trap
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.maintenance.audit import audit
from otakube.maintenance.scrub import Damage, Scrub, finish
from otakube.maintenance.snapshots.contents import SnapshotFile
from otakube.maintenance.snapshots.manifest import SnapshotManifest
from shop import Shop
from shop import own_settings as own_settings
from shop import shop as shop
from snapshot_shop import contents, erase_points, filled, hits, snapshot
from stores import Stores

OTAKUBE = str(Path(sys.executable).with_name("otakube"))
SEED = os.environ.get("SEED", "20261127")
NUMBER = int(os.environ.get("N", "3"))
FIRST = int(os.environ.get("FIRST", "0"))
SERVERS = ("documents", "vectors", "objects")
ANY = b"."
QUERY = "a story about a fire drill"


class Cut(NamedTuple):
    """The request at which the command dies, as a share of a quiet one's, and whether the store has it."""

    server: str
    when: Literal["received", "forwarded", "answered"]
    share: float


def drawn(number: int) -> Cut:
    """The cut of a number; most requests are the documents'."""
    draw = random.Random(f"{SEED}/{number}")
    server = draw.choice(("documents", "documents", "vectors", "objects"))
    return Cut(server, draw.choice(("received", "forwarded", "answered")), draw.random())


class Restores:
    """The command over proxies of the three servers."""

    def __init__(self, shop: Shop, stores: Stores, folder: Path) -> None:
        self.proxies = {name: Proxy(getattr(stores, name).port) for name in SERVERS}
        self._shop, self._secrets, self._stores = shop, folder / "secrets", stores

    def run(self, server: str, trap: Trap | None) -> int:
        """Exit status; the trap kills the process."""
        settings = self._shop.settings
        urls = {name: f"http://127.0.0.1:{self.proxies[name].port}" for name in SERVERS}
        environment = self._stores.environment(
            self._secrets,
            mongodb_database=settings.mongodb_database,
            qdrant_collection=settings.qdrant_collection,
            s3_bucket=settings.s3_bucket,
            mongodb_uri=urls["documents"].replace("http:", "mongodb:") + "/",
            qdrant_url=urls["vectors"],
            s3_endpoint=urls["objects"],
        )
        process = subprocess.Popen(
            [OTAKUBE, "snapshot", "restore"], env=environment, stdout=subprocess.DEVNULL
        )
        if trap:
            trap.action = lambda: process.send_signal(signal.SIGKILL)
            self.proxies[server].arm(trap)
        try:
            return process.wait()
        finally:
            self.proxies[server].disarm()

    def count(self) -> dict[str, int]:
        """Requests of a quiet restore, by server."""
        traps = {
            name: Trap(ANY, lambda: None, "received", withhold=False, skip=1_000_000) for name in SERVERS
        }
        for name, trap in traps.items():
            self.proxies[name].arm(trap)
        assert self.run("documents", None) == 0
        for proxy in self.proxies.values():
            proxy.disarm()
        return {name: trap.passed for name, trap in traps.items()}


@contextmanager
def restores(shop: Shop, stores: Stores, folder: Path) -> Iterator[Restores]:
    made = Restores(shop, stores, folder)
    try:
        yield made
    finally:
        for proxy in made.proxies.values():
            proxy.close()


async def lose(shop: Shop) -> None:
    await shop.raw.erase()
    await erase_points(shop)


async def scrubbed(shop: Shop) -> set[Damage]:
    """Damages that a full scrub finds, but for images of earlier versions and a lease that the clock ends."""
    scrub = Scrub(stores=shop.stores, clock=shop.clock, dry_run=True)
    await finish(scrub)
    await audit(scrub, blobs_older_than=timedelta(days=-1))
    return {found.damage for found in scrub.report.findings} - {Damage.BLOB_ORPHANED, Damage.LEASE_STALE}


def same_rows(before: SnapshotManifest, after: SnapshotManifest) -> None:
    """Versions that were drawn and never went live are none of a snapshot's business."""
    names = [name for name in contents(before) if name != SnapshotFile.COUNTERS]
    assert {name: contents(after)[name] for name in names} == {name: contents(before)[name] for name in names}


@pytest.mark.parametrize("shop", ["servers"], indirect=True)
async def test_killed_at_a_random_request_and_given_again_it_ends_the_same(
    shop: Shop, stores: Stores, tmp_path: Path, tally: "Counter[str]"
) -> None:
    await filled(shop)
    manifest, found = await snapshot(shop), await hits(shop, QUERY)
    with restores(shop, stores, tmp_path) as made:
        await lose(shop)
        requests = await asyncio.to_thread(made.count)
        assert all(requests.values()), requests
        for number in range(FIRST, FIRST + NUMBER):
            cut = drawn(number)
            await lose(shop)
            trap = Trap(ANY, lambda: None, cut.when, True, skip=int(cut.share * requests[cut.server]))
            status = await asyncio.to_thread(made.run, cut.server, trap)
            tally.update(drills=1, effective=int(trap.sprung.is_set()))
            assert status == (-signal.SIGKILL if trap.sprung.is_set() else 0), (SEED, number, cut)
            assert await asyncio.to_thread(made.run, cut.server, None) == 0, (SEED, number, cut)
            after = await snapshot(shop, FolderObjects(tmp_path / str(number)))
            same_rows(manifest, after)
            assert await scrubbed(shop) == set(), (SEED, number, cut)
            assert await hits(shop, QUERY) == found, (SEED, number, cut)
