# SPDX-License-Identifier: Apache-2.0
"""The bucket as a folder: an object is a file, whole or absent, and durable once written."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

_ASIDE = ".part-"


class FolderObjects:
    """Keys are paths below `root`; content types and metadata are not kept."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def path(self, key: str) -> Path:
        """The file of a key; a key that leaves the folder is refused."""
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root):
            raise ValueError(f"key {key!r} leaves the folder {self.root}")
        return path

    async def get(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    async def put(self, key: str, body: bytes, *, content_type: str = "") -> None:  # noqa: ARG002 - not kept
        written = await asyncio.to_thread(self._write_aside, key, body)
        written.replace(self.path(key))

    async def put_new(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,  # noqa: ARG002 - not kept
        metadata: Mapping[str, str] | None = None,  # noqa: ARG002 - not kept
    ) -> bool:
        written = await asyncio.to_thread(self._write_aside, key, body)
        try:
            os.link(written, self.path(key))
        except FileExistsError:
            return False
        finally:
            written.unlink()
        return True

    async def exists(self, key: str) -> bool:
        return self.path(key).is_file()

    async def list(self, prefix: str) -> AsyncIterator[str]:
        async for key, _ in self.aged(prefix):
            yield key

    async def aged(self, prefix: str) -> AsyncIterator[tuple[str, datetime]]:
        """Keys below a prefix, each with the time of its last write."""
        for path in sorted(self.path(prefix.rpartition("/")[0]).rglob("*")):
            key = path.relative_to(self.root).as_posix()
            if path.is_file() and key.startswith(prefix) and not path.name.startswith(_ASIDE):
                yield key, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    async def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def _write_aside(self, key: str, body: bytes) -> Path:
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{_ASIDE}{uuid4().hex}")
        with aside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        return aside
