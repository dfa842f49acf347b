# SPDX-License-Identifier: Apache-2.0
"""Empty stores for one schedule, of the servers or of a folder, and backups of the document store."""

import http.client
import json
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from drill.checker import Endpoints, Raw
from drill.embedded import EmbeddedRaw
from otakube.bootstrap.stores.embedded import EmbeddedStores
from otakube.bootstrap.stores.servers import ServerStores
from otakube.maintenance.scrub import ScrubStores
from otakube.settings import Settings
from stores import Stores

Clock = Callable[[], datetime]


class DatedObjects:
    """The bucket, whose objects are as old as the schedule's clock says."""

    def __init__(self, real: Any, clock: Clock) -> None:
        self._real, self._clock = real, clock
        self._written: dict[str, datetime] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def put(self, key: str, body: bytes, **options: Any) -> None:
        await self._real.put(key, body, **options)
        self._written[key] = self._clock()

    async def aged(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        async for key, written in self._real.aged(prefix):
            yield key, self._written.get(key, min(written, self._clock()))


@dataclass
class Place(ABC):
    """Where a schedule takes place: its stores, and raw clients for the judge."""

    stores: ScrubStores
    raw: Raw
    collection: str

    @abstractmethod
    def backup(self) -> Any:
        """All that the document store has."""

    @abstractmethod
    def restore(self, backup: Any) -> None:
        """Put it back, over what is there."""


class ServerPlace(Place):
    """A database, a collection and a bucket of the servers."""

    def backup(self) -> Any:
        db = self.raw.db
        return {name: list(db[name].find()) for name in db.list_collection_names()}

    def restore(self, backup: Any) -> None:
        for name in self.raw.db.list_collection_names():
            self.raw.db[name].delete_many({})
            if documents := backup.get(name):
                self.raw.db[name].insert_many(documents)


class EmbeddedPlace(Place):
    """The stores of a folder."""

    def backup(self) -> Any:
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._file)) as file:
            file.backup(copy)
        return copy

    def restore(self, backup: Any) -> None:
        with closing(sqlite3.connect(self._file)) as file:
            backup.backup(file)

    @property
    def _file(self) -> Path:
        assert isinstance(self.raw, EmbeddedRaw)
        return self.raw.folder / "documents.sqlite3"


@dataclass
class Servers:
    """Servers that many schedules use one after the other, under names of one worker."""

    stores: Stores
    name: str
    folder: Path  # of the buckets
    raw: Raw

    @classmethod
    def of(cls, stores: Stores, name: str, folder: Path) -> "Servers":
        """A worker's share of the servers."""
        at = Endpoints(
            mongodb_port=stores.documents.port,
            database=name,
            qdrant_port=stores.vectors.port,
            collection=name,
            s3_port=stores.objects.port,
            bucket=name,
            access_key_id=stores.access_key_id,
            secret_access_key=stores.secret_access_key,
        )
        return cls(stores, name, folder, Raw(at))

    @asynccontextmanager
    async def place(self, number: int, clock: Clock) -> AsyncIterator[Place]:
        """Empty database, collection and bucket."""
        bucket = f"{self.name}-{number}"
        (self.folder / bucket).mkdir()
        self.raw.at = replace(self.raw.at, bucket=bucket)
        self.raw.mongo.drop_database(self.name)
        self._forget_points()
        settings = self.stores.settings(
            mongodb_database=self.name, qdrant_collection=self.name, s3_bucket=bucket
        )
        async with AsyncExitStack() as stack:
            stores = await ServerStores(lambda: settings, stack).scrub_stores()
            yield ServerPlace(dated(stores, clock), self.raw, self.name)
        shutil.rmtree(self.folder / bucket)

    def _forget_points(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.raw.at.qdrant_port, timeout=20)
        with closing(connection):
            path = f"/collections/{self.name}/points/delete?wait=true"
            connection.request(
                "POST", path, json.dumps({"filter": {"must": []}}), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            assert answer.status in {200, 404}, answer.read()


@dataclass
class Folders:
    """Folders that schedules take place in."""

    folder: Path

    @asynccontextmanager
    async def place(self, number: int, clock: Clock) -> AsyncIterator[Place]:
        """An empty folder."""
        folder = self.folder / str(number)
        settings = Settings()
        async with AsyncExitStack() as stack:
            stores = await EmbeddedStores(folder, lambda: settings, stack).scrub_stores()
            await stores.ledger.state("")  # makes the file: a backup before it would be of no tables
            yield EmbeddedPlace(dated(stores, clock), EmbeddedRaw(folder), settings.qdrant_collection)
        shutil.rmtree(folder)


def dated(stores: ScrubStores, clock: Clock) -> ScrubStores:
    """The stores with a bucket whose objects are dated by the clock."""
    return replace(stores, objects=DatedObjects(stores.objects, clock))
