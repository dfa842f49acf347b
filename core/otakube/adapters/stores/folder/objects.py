# SPDX-License-Identifier: Apache-2.0
"""The bucket as a folder: a person runs steps on a laptop with it, and so do tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4


class FolderObjects:
    """Keys are paths below `root`; content types are not kept."""

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
        written = self._write_aside(key, body)
        written.replace(self.path(key))

    async def put_new(self, key: str, body: bytes, *, content_type: str) -> bool:  # noqa: ARG002 - not kept
        written = self._write_aside(key, body)
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
        for path in sorted(self.root.rglob("*")):
            key = path.relative_to(self.root).as_posix()
            if path.is_file() and key.startswith(prefix) and not path.name.startswith(".part-"):
                yield key

    async def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def _write_aside(self, key: str, body: bytes) -> Path:
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".part-{uuid4().hex}")
        aside.write_bytes(body)
        return aside
