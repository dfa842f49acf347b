# SPDX-License-Identifier: Apache-2.0
"""A dataset's file, compressed by Zstandard or not: read whole, up to a size, and never half."""

from pathlib import Path
from typing import BinaryIO

import zstandard

from otakube.domain.dataset.rows import DatasetFile, UnreadableDataset, take_apart

LARGEST = 512 << 20
"""Bytes of the largest dataset that is read; the real one has 60 million."""

_ZSTANDARD = zstandard.FRAME_HEADER  # the first four bytes of a frame
_CHUNK = 1 << 20


def read_dataset(path: Path) -> DatasetFile:
    """The rows of a file; UnreadableDataset or OSError say why there are none."""
    with path.open("rb") as file:
        return read_stream(file)


def read_stream(file: BinaryIO) -> DatasetFile:
    """The rows of an open file, which may be a pipe."""
    begins = file.read(len(_ZSTANDARD))
    text = _decompressed(begins, file) if begins == _ZSTANDARD else begins + file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise UnreadableDataset(f"it has more than {LARGEST >> 20} MiB")
    if not text.strip():
        raise UnreadableDataset("it is empty")
    return take_apart(text)


def _decompressed(begins: bytes, file: BinaryIO) -> bytes:
    """All of it, or one byte more than may be read; a frame that does not end is cut off."""
    frame = zstandard.ZstdDecompressor().decompressobj(read_across_frames=False)
    parts, size, chunk = [], 0, begins
    try:
        while size <= LARGEST and chunk:
            parts.append(frame.decompress(chunk))
            size += len(parts[-1])
            if frame.eof:
                break
            chunk = file.read(_CHUNK)
    except zstandard.ZstdError as error:
        raise UnreadableDataset(f"Zstandard cannot read it: {error}") from error
    if size <= LARGEST and not frame.eof:
        raise UnreadableDataset("its compressed frame is cut off: load the file anew")
    return b"".join(parts)
