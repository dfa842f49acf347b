# SPDX-License-Identifier: Apache-2.0
"""The ports that the API answers from: the stores and one text model, loaded once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from otakube.bootstrap.places import place
from otakube.bootstrap.wiring import Wiring
from otakube.ports.catalogue import Catalogue, DeadLetters, Relatives
from otakube.ports.embedding import TextEmbedder
from otakube.ports.listings import Listings, SyncHistory
from otakube.ports.locks import Locks
from otakube.ports.objects import ObjectStore
from otakube.queries.search import SearchIndexes
from otakube.queries.titles import LiveTitleIndex
from otakube_services.catalogue.provider_metrics import ProviderMetrics, ReadStatus
from otakube_services.catalogue.upkeep_metrics import UpkeepMetrics
from otakube_services.kit.problems import Problem
from otakube_services.kit.readiness import Dependency

QUERIES_WAITING_LIMIT = 64
"""Queries that may wait for the model; at 5 ms each the last one waits a third of a second."""


class QueryEmbedder:
    """The model on one thread of its own, so that the event loop stays free and memory bounded."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self.floor: Callable[[str], float] = embedder.floor
        self.dimension = embedder.dimension
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
        self._waiting = 0

    async def embed(self, text: str) -> list[float]:
        """The query's vector; Problem 503 if too many wait."""
        if self._waiting >= QUERIES_WAITING_LIMIT:
            raise Problem(503, "Busy", f"{self._waiting} searches wait already; try again in a few seconds")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return (await loop.run_in_executor(self._thread, self._embedder.embed, [text]))[0]
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePorts:
    """The ports that the routes use."""

    catalogue: Catalogue
    listings: Listings
    relatives: Relatives
    objects: ObjectStore
    snapshots: ObjectStore
    syncs: SyncHistory
    locks: Locks
    dead_letters: DeadLetters
    indexes: SearchIndexes
    queries: QueryEmbedder
    images_url: str = ""
    """Address below which readers find the bucket's images; empty: nowhere."""
    rate_limit_status: ReadStatus | None = None
    """None where no Redis is named, so that nobody shares a state."""


@asynccontextmanager
async def connected() -> AsyncIterator[CataloguePorts]:
    """Join the ports to the stores of the settings."""
    async with Wiring("s3:") as wiring:
        embedder = wiring.text_embedder()
        yield CataloguePorts(
            catalogue=await wiring.stores.catalogue(),
            listings=await wiring.stores.listings(),
            relatives=await wiring.stores.relatives(),
            objects=await wiring.stores.objects(),
            snapshots=await place(wiring.stores, wiring.settings.snapshot_place),
            syncs=await wiring.stores.sync_history(),
            locks=await wiring.stores.locks(),
            dead_letters=await wiring.stores.dead_letters(),
            indexes=SearchIndexes(
                titles=LiveTitleIndex(await wiring.stores.live_titles()),
                vectors=await wiring.stores.vector_search(embedder),
                summaries=await wiring.stores.summaries(),
            ),
            queries=QueryEmbedder(embedder),
            images_url=wiring.settings.image_base_url,
            rate_limit_status=wiring.rate_limit_status if wiring.shares_rate_limits else None,
        )


def dependencies(
    ports: CataloguePorts, providers: ProviderMetrics, upkeep: UpkeepMetrics
) -> list[Dependency]:
    """The stores: without the documents nothing is answered; without the vectors, titles are searched.

    Of the snapshots and the providers' budgets there are metrics only, which each look brings up to date.
    """

    async def bucket() -> None:
        with suppress(KeyError):  # it answered, which is all that is asked
            await ports.objects.get("no-such-object")

    async def vectors() -> None:
        nowhere = [1.0, *[0.0] * (ports.queries.dimension - 1)]
        await ports.indexes.vectors.nearest(nowhere, kind="title", limit=1)

    read_status = ports.rate_limit_status
    budgets = [] if read_status is None else [partial(providers.look, read_status)]
    return [
        Dependency("documents", lambda: ports.indexes.summaries.of([""]), essential=True),
        Dependency("vectors", vectors, essential=False),
        Dependency("bucket", bucket, essential=False),
        Dependency("snapshots", partial(upkeep.look, ports.snapshots, ports.syncs), essential=False),
        *(Dependency("budgets", look, essential=False) for look in budgets),
    ]


def ports_of(request: Request) -> CataloguePorts:
    """The ports of the application that a request reached."""
    ports: CataloguePorts = request.app.state.ports
    return ports


Ports = Annotated[CataloguePorts, Depends(ports_of)]
