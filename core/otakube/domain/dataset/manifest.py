# SPDX-License-Identifier: Apache-2.0
"""Digests of a week's rows: enough to find what the next week changed, a hundredth of the size of the rows.

A row whose bytes are known is not read again; of a new week only what differs is parsed.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from otakube.domain.dataset.pages import page_of
from otakube.domain.dataset.rows import DatasetEntry, UnreadableRow, read_row, usable

_ENCODER = msgspec.json.Encoder(order="deterministic")


class RowDigest(NamedTuple):
    """`content` stays when a row is only written another way; `pages` are digests, each once."""

    content: bytes
    pages: tuple[bytes, ...]


class Manifest(NamedTuple):
    """The rows of one week by the digest of their bytes, and how many of them have the same content."""

    rows: Mapping[bytes, RowDigest]
    contents: Mapping[bytes, int]


class WeekReading(NamedTuple):
    """A week held against the manifest of another; rows are found by the digests of their contents."""

    manifest: Manifest
    fresh: Mapping[bytes, DatasetEntry]  # rows that the other lacks, in their order
    came: Mapping[bytes, frozenset[bytes]]  # their pages
    went: Mapping[bytes, frozenset[bytes]]  # pages of the rows that only the other has
    unreadable: Sequence[UnreadableRow]
    repeated: int  # rows that stand there more than once, byte by byte or but for the writing


EMPTY = Manifest({}, {})


def read_week(rows: Sequence[bytes], before: Manifest = EMPTY) -> WeekReading:
    """Read the rows that `before` lacks; those that it has cost a digest each."""
    digests = [hashlib.sha256(row).digest() for row in rows]
    known, distinct = dict(before.rows), frozenset(digests)
    counts = dict(before.contents)
    went = {}
    for digest in known.keys() - distinct:
        one = known.pop(digest)
        counts[one.content] -= 1
        went[one.content] = frozenset(one.pages)
    fresh: dict[bytes, DatasetEntry] = {}
    came: dict[bytes, frozenset[bytes]] = {}
    unreadable: list[UnreadableRow] = []
    for place, digest in enumerate(digests):
        if digest in known:
            continue
        try:
            entry = usable(read_row(rows[place]))
        except ValueError as error:
            unreadable.append(UnreadableRow(place + 1, str(error)))
            continue
        one = known[digest] = digest_of(entry)
        counts[one.content] = counts.get(one.content, 0) + 1
        if one.content not in before.contents:
            fresh[one.content], came[one.content] = entry, frozenset(one.pages)
    counts = {content: count for content, count in counts.items() if count}
    return WeekReading(
        Manifest(known, counts),
        fresh,
        came,
        {content: pages for content, pages in went.items() if content not in counts},
        unreadable,
        len(rows) - len(unreadable) - len(counts),
    )


def digest_of(entry: DatasetEntry) -> RowDigest:
    """Digests of one row's content and pages."""
    content = hashlib.sha256(_ENCODER.encode(entry)).digest()[:16]
    return RowDigest(content, tuple(sorted({page_digest(page_of(url)) for url in entry.sources})))


def page_digest(page: str) -> bytes:
    """Eight bytes that stand for a page; among a million, two are the same once in 37 million datasets."""
    return hashlib.sha256(page.encode(errors="surrogatepass")).digest()[:8]


def rows_with(manifest: Manifest, pages: Collection[bytes]) -> dict[bytes, tuple[bytes, ...]]:
    """The rows that name one of these pages, with all of theirs."""
    wanted = frozenset(pages)
    return {content: named for content, named in manifest.rows.values() if not wanted.isdisjoint(named)}
