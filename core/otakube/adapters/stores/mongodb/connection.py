# SPDX-License-Identifier: Apache-2.0
"""One client a process, and its failures in the port's words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    AutoReconnect,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from otakube.errors import Fatal, Retriable
from otakube.settings import Settings
from otakube_api.contract import FailureReason

Document = Mapping[str, Any]
Part = TypeVar("Part")
Found = TypeVar("Found")

ROWS = 5_000
"""Rows of one answer where a collection is read whole; the server ends one at 16 MiB by itself."""

# Server error codes of a wrong user, role or password.
_REFUSED = {13, 18}


class Documents:
    """The database; writes are acknowledged by a majority and journalled, reads go to the primary."""

    def __init__(self, settings: Settings) -> None:
        connect_ms = round(settings.store_connect_seconds * 1000)
        try:
            self.client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
                settings.mongodb_uri.get_secret_value(),
                tz_aware=True,
                connectTimeoutMS=min(5_000, connect_ms),
                serverSelectionTimeoutMS=connect_ms,
                socketTimeoutMS=min(30_000, round(settings.store_answer_seconds * 1000)),
                appname="otakube",
            )
        except (PyMongoError, ValueError, TypeError):  # their texts quote the string
            message = (
                "mongodb_uri is not a MongoDB connection string: percent-encode its user, password and "
                "options, and look at its hosts and the names of its options"
            )
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from None
        self._database = self.client.get_database(
            settings.mongodb_database,
            write_concern=WriteConcern(w="majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )

    def __getitem__(self, collection: str) -> AsyncCollection[dict[str, Any]]:
        return self._database[collection]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.client.close()


async def read_ahead(read: Callable[[Part], Awaitable[Found]], parts: Iterable[Part]) -> AsyncIterator[Found]:
    """Read parts in their order, the next one while the caller works on what the last one gave."""
    ahead: asyncio.Future[Found] | None = None
    try:
        for part in parts:
            due, ahead = ahead, asyncio.ensure_future(read(part))
            if due:
                yield await due
        if ahead:
            yield await ahead
    finally:  # of a caller that leaves before the end as well
        if ahead:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)


@asynccontextmanager
async def translated(doing: str) -> AsyncIterator[None]:
    """Turn the driver's exceptions into Retriable (away) or Fatal (refused); others pass."""
    try:
        yield
    except (ServerSelectionTimeoutError, AutoReconnect) as error:
        raise Retriable(FailureReason.STORE_UNAVAILABLE, f"{doing}: the document store is away") from error
    except OperationFailure as error:
        if error.code in _REFUSED:
            message = f"{doing}: the document store refuses the user of mongodb_uri; check its roles"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
        if error.has_error_label("RetryableWriteError"):
            raise Retriable(FailureReason.STORE_UNAVAILABLE, f"{doing}: {error.code}") from error
        raise
    except PyMongoError as error:
        if error.timeout:
            message = f"{doing}: the document store did not answer in time"
            raise Retriable(FailureReason.STORE_UNAVAILABLE, message) from error
        raise
