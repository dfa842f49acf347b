# SPDX-License-Identifier: Apache-2.0
"""One client a process: of a Qdrant server, or of the client's own local mode over a folder.

The client's import takes a second, so a thread does it while others are asked.
"""

import asyncio
import importlib
import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from otakube.errors import Fatal, Retriable
from otakube.settings import Settings
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from qdrant_client import AsyncQdrantClient
    from qdrant_client.http.models import CollectionInfo

# Payload fields that searches filter by, and the commit deletes by.
INDEXES = {
    "entry_id": "keyword",
    "version": "integer",
    "kind": "keyword",
    "type": "keyword",
    "status": "keyword",
    "genres": "keyword",
    "year": "integer",
    "score": "float",
}


class Qdrant:
    """A server; `async with` closes its connections."""

    indexes: Mapping[str, str] = INDEXES

    def __init__(self, settings: Settings) -> None:
        self.collection = settings.qdrant_collection
        self.settings = settings
        self._importing: asyncio.Future[Any] | None = None
        self._client: AsyncQdrantClient | None = None

    async def __aenter__(self) -> Self:
        self._importing = asyncio.ensure_future(asyncio.to_thread(importlib.import_module, "qdrant_client"))
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._importing:
            await self._importing
        if self._client:
            await self._client.close()

    async def client(self) -> "AsyncQdrantClient":
        """The client, once it is imported; who stops waiting for that stops nobody else."""
        if self._importing:
            await asyncio.shield(self._importing)
        if self._client is None:
            self._client = self._open()
        return self._client

    async def info(self) -> "CollectionInfo | None":
        """The collection, or None."""
        from qdrant_client.http.exceptions import UnexpectedResponse

        try:
            return await (await self.client()).get_collection(self.collection)
        except UnexpectedResponse as error:
            if error.status_code == 404:
                return None
            raise

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Many points; a server needs no word of it."""
        yield

    def _open(self) -> "AsyncQdrantClient":
        from qdrant_client import AsyncQdrantClient

        key = self.settings.qdrant_api_key
        return AsyncQdrantClient(
            url=self.settings.qdrant_url,
            api_key=key.get_secret_value() if key else None,
            timeout=math.ceil(self.settings.store_answer_seconds),
            check_compatibility=False,
        )

    @contextmanager
    def translated(self, doing: str) -> Iterator[None]:
        """Turn the client's exceptions into Retriable (away) or Fatal (refused)."""
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        try:
            yield
        except ResponseHandlingException as error:
            raise Retriable(FailureReason.STORE_UNAVAILABLE, f"{doing}: the vector store is away") from error
        except UnexpectedResponse as error:
            if error.status_code in {401, 403}:
                message = f"{doing}: the vector store refuses qdrant_api_key"
                raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
            message = f"{doing}: the vector store answered {error.status_code}: {error.content[:300]!r}"
            raise Retriable(FailureReason.STORE_UNAVAILABLE, message) from error


class LocalQdrant(Qdrant):
    """The client's local mode: exact search over a folder that one process has for itself."""

    indexes: Mapping[str, str] = MappingProxyType({})  # it has none

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(settings)
        self._folder = folder
        self._bulk: dict[str, sqlite3.Connection] | None = None  # files of a bulk write, by collection

    async def client(self) -> "AsyncQdrantClient":
        """As a server's; in a bulk write the files of new collections take part in it."""
        client = await super().client()
        if self._bulk is not None:
            # It has no setting for its files; _client is typed as either mode, here local.
            for name, collection in client._client.collections.items():  # type: ignore[attr-defined]
                if name not in self._bulk:
                    self._bulk[name] = collection.storage.storage
                    self._bulk[name].execute("PRAGMA journal_mode = WAL")
                    self._bulk[name].execute("PRAGMA synchronous = NORMAL")
        return client

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Many points, each of which would be written to the disk alone; at the end all are there."""
        self._bulk = {}
        try:
            yield
        finally:
            files, self._bulk = self._bulk, None
            for file in files.values():
                file.execute("PRAGMA synchronous = FULL")
                file.execute("PRAGMA journal_mode = DELETE")

    async def info(self) -> "CollectionInfo | None":
        """The collection, or None: this mode answers an unknown one with a bare ValueError."""
        client = await self.client()
        if not await client.collection_exists(self.collection):
            return None
        return await client.get_collection(self.collection)

    def _open(self) -> "AsyncQdrantClient":
        from qdrant_client import AsyncQdrantClient

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _drop_torn_list(self._folder)
            return AsyncQdrantClient(path=str(self._folder))
        except RuntimeError as error:  # its lock is taken
            message = f"{self._folder} is in use by another process: try again when that has ended"
            raise Retriable(FailureReason.STORE_UNAVAILABLE, message) from error
        except OSError as error:
            message = f"{self._folder}: {error.strerror}; name a folder that this user may write"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from error


def _drop_torn_list(folder: Path) -> None:
    """Remove a list of collections that was never finished.

    The client writes its first list in place, later ones aside: a process that dies in the first leaves it
    empty or cut, with no collection behind it, and no client would open the folder again.
    """
    listed = folder / "meta.json"
    if listed.exists() and not listed.read_bytes().rstrip().endswith(b"}"):
        listed.unlink()
