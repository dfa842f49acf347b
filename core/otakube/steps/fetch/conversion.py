# SPDX-License-Identifier: Apache-2.0
"""Converts a provider's answers, once in a run: everything after reads the converted record."""

from collections.abc import Callable
from typing import TypeVar

from otakube.domain.record.claims import ConvertedRecord, PartFault
from otakube.errors import SourceError
from otakube.notes import collected
from otakube.ports.providers import Converter, RawRecord
from otakube_api.contract import SourceReason

Part = TypeVar("Part")
MOST_ROWS = {"episodes": 20_000, "characters": 5_000, "staff": 5_000}
"""Rows of a part that the later steps have time for; the longest anime have 8,000, 1,500 and 1,500."""


def convert(raw: RawRecord, converter: Converter) -> ConvertedRecord:
    """Everything that the answers say; SourceError if not even the anime itself can be read."""
    unreadable: dict[str, PartFault] = {}

    notes: list[str] = []

    def noted(name: str, read: Callable[[RawRecord], Part]) -> Part:
        with collected() as found:
            value = read(raw)
        notes.extend(f"{name}: {sentence}"[:400] for sentence in found.sentences())
        return value

    def part(name: str, read: Callable[[RawRecord], Part]) -> Part | None:
        try:
            return limited(name, noted(name, read))
        except SourceError as error:
            unreadable[name] = PartFault(reason=error.reason, message=str(error)[:1000])
            return None

    return ConvertedRecord(
        provider=raw.provider,
        source_url=raw.source_url,
        fetched_at=raw.fetched_at,
        stale=raw.stale,
        metadata=noted("metadata", converter.metadata),
        episodes=part("episodes", converter.episodes),
        relationships=part("relationships", converter.relationships),
        statistics=part("statistics", converter.statistics),
        characters=part("characters", converter.characters),
        staff=part("staff", converter.staff),
        missing={
            name: PartFault(reason=SourceReason(missing.reason), message=missing.message[:1000])
            for name, missing in raw.missing.items()
        },
        unreadable=unreadable,
    ).with_notes(notes)


def limited(name: str, rows: Part) -> Part:
    """A part of no more rows than anime have."""
    most = MOST_ROWS.get(name)
    if most is not None and isinstance(rows, list) and len(rows) > most:
        raise SourceError(SourceReason.ANSWER_TOO_LARGE, f"{len(rows)} rows, of which {most} are read")
    return rows
