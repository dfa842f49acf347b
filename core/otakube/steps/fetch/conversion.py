# SPDX-License-Identifier: Apache-2.0
"""Converts a provider's answers, once in a run: everything after reads the converted record."""

from collections.abc import Callable
from typing import TypeVar

from otakube.domain.record.claims import ConvertedRecord, PartFault
from otakube.errors import SourceError
from otakube.ports.providers import Converter, RawRecord
from otakube_api.contract import SourceReason

Part = TypeVar("Part")


def convert(raw: RawRecord, converter: Converter) -> ConvertedRecord:
    """Everything that the answers say; SourceError if not even the anime itself can be read."""
    unreadable: dict[str, PartFault] = {}

    def part(name: str, read: Callable[[RawRecord], Part]) -> Part | None:
        try:
            return read(raw)
        except SourceError as error:
            unreadable[name] = PartFault(reason=error.reason, message=str(error)[:1000])
            return None

    return ConvertedRecord(
        provider=raw.provider,
        source_url=raw.source_url,
        fetched_at=raw.fetched_at,
        stale=raw.stale,
        metadata=converter.metadata(raw),
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
    )
