# SPDX-License-Identifier: Apache-2.0
"""Rows of the weekly dataset as its schema has them, and its file taken apart.

The schema is anime-offline-database's, whose forks keep it. A file is one JSON document with its rows in
`data`, or JSON Lines: what is said of the file first, then a row a line.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

import msgspec

LONGEST = 1 << 20
"""Bytes of the longest row that is read; real ones have up to a few thousand."""

_WEB = re.compile(r"https?://[^\s/?#]+/\S+")


class UnreadableDataset(ValueError):
    """The file as a whole is no dataset."""


class ReleaseSeason(msgspec.Struct, frozen=True, kw_only=True):
    """`UNDEFINED` where only the year is known."""

    season: Literal["SPRING", "SUMMER", "FALL", "WINTER", "UNDEFINED"] = "UNDEFINED"
    year: Annotated[int, msgspec.Meta(ge=1900, le=2200)] | None = None


class DatasetEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One anime; it has no id, its source pages identify it. `episodes` 0: unknown.

    Fields that the catalogue takes from providers alone (pictures, studios, relations) are not read.
    """

    sources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    title: Annotated[str, msgspec.Meta(min_length=1)]
    type: Literal["TV", "MOVIE", "OVA", "ONA", "SPECIAL", "UNKNOWN"] = "UNKNOWN"
    episodes: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    status: Literal["FINISHED", "ONGOING", "UPCOMING", "UNKNOWN"] = "UNKNOWN"
    anime_season: ReleaseSeason = ReleaseSeason()
    synonyms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Facts that a dataset tells of itself."""

    last_update: date | None = None
    repository: str = ""
    license: dict[str, str] = {}


class UnreadableRow(NamedTuple):
    """A row that is none; `place` counts from 1."""

    place: int
    why: str


class DatasetFile(NamedTuple):
    """A dataset whose rows are not read yet."""

    about: About
    rows: Sequence[bytes]


class _Head(About, frozen=True, kw_only=True, rename="camel"):
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Document(About, frozen=True, kw_only=True, rename="camel"):
    data: list[msgspec.Raw]


_HEAD = msgspec.json.Decoder(_Head)
_DOCUMENT = msgspec.json.Decoder(_Document)
_ENTRY = msgspec.json.Decoder(DatasetEntry)


def take_apart(text: bytes) -> DatasetFile:
    """The rows of a file in either form; UnreadableDataset if it is cut off or something else."""
    lines = text.split(b"\n")
    try:
        head = _HEAD.decode(lines[0])
    except msgspec.ValidationError as error:
        raise UnreadableDataset(f"its first line says nothing of the dataset: {error}") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _document(text)  # over several lines, or no JSON
    if head.data is not msgspec.UNSET:
        return _document(text)
    rows = [line for line in lines[1:] if line and not line.isspace()]
    if rows and not rows[-1].rstrip().endswith(b"}"):
        raise UnreadableDataset("its last row is cut off: load the file anew")
    about = About(last_update=head.last_update, repository=head.repository, license=head.license)
    return DatasetFile(about, rows)


def _document(text: bytes) -> DatasetFile:
    try:
        whole = _DOCUMENT.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UnreadableDataset(
            f"it is neither JSON with its rows in data nor JSON Lines: {error}"
        ) from error
    about = About(last_update=whole.last_update, repository=whole.repository, license=whole.license)
    return DatasetFile(about, [bytes(one) for one in whole.data])


def read_row(text: bytes) -> DatasetEntry:
    """One row; ValueError names the field that is wrong."""
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} bytes, and at most {LONGEST} are read")
    try:
        return _ENTRY.decode(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def usable(row: DatasetEntry) -> DatasetEntry:
    """The row, if its title and its pages are some; ValueError names the field that is wrong."""
    if row.title.isspace():
        raise ValueError("title: it is empty")
    for url in row.sources:
        if not _WEB.fullmatch(url):
            raise ValueError(f"sources: {url[:100]!r} is no address of a page")
    return row
