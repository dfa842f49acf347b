# SPDX-License-Identifier: Apache-2.0
"""ObjectStore over obstore: any S3 that honours `If-None-Match: *` on PUT (AWS, versitygw, Ceph)."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import obstore
from obstore import exceptions as failure
from obstore.store import S3Store

from otakube.errors import Fatal, Retriable
from otakube.settings import Settings
from otakube_api.contract import FailureReason

# Together below a minute: Argo's own retry of the step takes over from there.
_RETRIES = 5
_RETRY_TIMEOUT = timedelta(seconds=45)


@contextmanager
def _translated(bucket: str, key: str) -> Iterator[None]:
    """Turn obstore's exceptions into the port's: KeyError, Fatal, Retriable."""
    try:
        yield
    except (FileNotFoundError, failure.NotFoundError) as error:
        if "NoSuchBucket" in str(error):
            message = f"bucket {bucket!r} does not exist; create it or set OTAKUBE_S3_BUCKET"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
        raise KeyError(key) from error
    except (failure.PermissionDeniedError, failure.UnauthenticatedError) as error:
        message = f"bucket {bucket!r} refuses the credentials; check s3_access_key_id and its policy"
        raise Fatal(FailureReason.SETTINGS_INVALID, message) from error
    except failure.AlreadyExistsError:
        raise
    except failure.BaseError as error:
        message = f"bucket {bucket!r}, key {key!r}: {_first_line(error)}"
        raise Retriable(FailureReason.STORE_UNAVAILABLE, message) from error


def _met_another(bucket: str, key: str, error: Exception) -> Retriable:
    message = f"bucket {bucket!r}, key {key!r}: the write met another change: {_first_line(error)}"
    return Retriable(FailureReason.STORE_UNAVAILABLE, message)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


class S3Objects:
    """The ObjectStore port; `aged` is what the sweep of unreferenced blobs needs on top."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.s3_bucket
        self._store = S3Store(
            settings.s3_bucket,
            endpoint=settings.s3_endpoint or f"https://s3.{settings.s3_region}.amazonaws.com",
            region=settings.s3_region,
            access_key_id=settings.s3_access_key_id.get_secret_value(),
            secret_access_key=settings.s3_secret_access_key.get_secret_value(),
            client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRY_TIMEOUT},
        )

    async def get(self, key: str) -> bytes:
        """Read a whole object."""
        with _translated(self.bucket, key):
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())

    async def put(self, key: str, body: bytes, *, content_type: str = "application/json") -> None:
        """Write or overwrite.

        Some servers answer 409 where the write meets a deletion in the same folder: it was not written.
        """
        try:
            with _translated(self.bucket, key):
                await obstore.put_async(self._store, key, body, attributes={"Content-Type": content_type})
        except failure.AlreadyExistsError as error:
            raise _met_another(self.bucket, key, error) from error

    async def put_new(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str] | None = None
    ) -> bool:
        """Write unless the key exists; False if it did."""
        attributes = {"Content-Type": content_type, **(metadata or {})}
        try:
            with _translated(self.bucket, key):
                await obstore.put_async(self._store, key, body, attributes=attributes, mode="create")
        except failure.AlreadyExistsError as error:
            if await self.exists(key):
                return False
            raise _met_another(self.bucket, key, error) from error
        return True

    async def exists(self, key: str) -> bool:
        """True if the key is there."""
        try:
            with _translated(self.bucket, key):
                await obstore.head_async(self._store, key)
        except KeyError:
            return False
        return True

    async def list(self, prefix: str) -> AsyncIterator[str]:
        """Keys below a prefix, in the store's order."""
        async for key, _ in self.aged(prefix):
            yield key

    async def aged(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        """Keys below a prefix, each with the time of its last write."""
        with _translated(self.bucket, prefix):
            async for page in obstore.list(self._store, prefix):
                for entry in page:
                    yield entry["path"], entry["last_modified"]

    async def delete(self, key: str) -> None:
        """Remove; absent is fine."""
        try:
            with _translated(self.bucket, key):
                await obstore.delete_async(self._store, key)
        except KeyError:
            return
