# SPDX-License-Identifier: Apache-2.0
"""Files of a snapshot: JSON Lines, compressed by Zstandard, written and read a line at a time."""

import hashlib
import io
from collections.abc import Iterator
from typing import NamedTuple

import zstandard

from otakube.errors import Fatal
from otakube.maintenance.snapshots.manifest import Part
from otakube.ports.objects import ObjectStore
from otakube_api.contract import SnapshotReason

CONTENT_TYPE = "application/zstd"
LEVEL = 9
_LONGEST_LINE = 64 << 20  # the longest record has 14 MiB in its store


class WrittenPart(NamedTuple):
    """The bytes of a file, and what its name and the manifest say of it."""

    body: bytes
    rows: int
    sha256: str
    content_sha256: str


class PartWriter:
    """One file that grows in memory, compressed: `size` is that of its lines."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
        self._content = hashlib.sha256()
        self._body = io.BytesIO()
        self.rows = self.size = 0

    def add(self, line: bytes) -> None:
        """Append one JSON document."""
        text = line + b"\n"
        self._content.update(text)
        self._body.write(self._compressor.compress(text))
        self.rows += 1
        self.size += len(text)

    def finish(self) -> WrittenPart:
        """The file; nothing can be added any more."""
        self._body.write(self._compressor.flush())
        body = self._body.getvalue()
        digest = hashlib.sha256(body).hexdigest()
        return WrittenPart(body, self.rows, digest, self._content.hexdigest())


async def read_part(objects: ObjectStore, part: Part) -> bytes:
    """The file as it was written; Fatal if it is gone or another."""
    try:
        body = await objects.get(part.key)
    except KeyError as error:
        raise damaged(part.key, "it is gone") from error
    if (found := hashlib.sha256(body).hexdigest()) != part.sha256:
        raise damaged(part.key, f"its sha256 is {found}, not {part.sha256}")
    return body


def lines(body: bytes) -> Iterator[bytes]:
    """The lines of a file that was read; only one is decompressed at a time."""
    with zstandard.ZstdDecompressor().stream_reader(body) as stream:
        reader = io.BufferedReader(stream, 1 << 20)
        while line := reader.readline(_LONGEST_LINE):
            yield line


def damaged(key: str, fault: str) -> Fatal:
    """The failure of a file that cannot be restored from."""
    return Fatal(SnapshotReason.DAMAGED, f"{key}: {fault}; take another snapshot")
