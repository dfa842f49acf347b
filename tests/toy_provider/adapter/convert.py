# SPDX-License-Identifier: Apache-2.0
"""Reads Toy's objects."""

from typing import Any

from otakube.adapters.http.parsing import converts
from otakube.domain.record.claims import Character, Episode, Metadata, Relationships, Staff
from otakube.domain.record.golden import AnimeStatus, Statistics
from otakube.domain.record.pages import Page
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider


def described(row: dict[str, Any]) -> Metadata:
    """One object of the site."""
    return Metadata(
        source_url=Page(Provider.TOY, row["slug"]).url,
        title=row["name"],
        type=AnimeType(row["type"]),
        status=AnimeStatus(row["status"]),
        episode_count=row["episodes"],
        synopsis=row["about"],
    )


@converts
def metadata(raw: RawRecord) -> Metadata:
    return described(raw.answers["anime"].body)


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    return [Episode(number=number) for number in range(1, raw.answers["anime"].body["episodes"] + 1)]


@converts
def relationships(raw: RawRecord) -> Relationships:
    return Relationships()


@converts
def statistics(raw: RawRecord) -> Statistics:
    return Statistics(provider=Provider.TOY, score=raw.answers["anime"].body["score"])


@converts
def characters(raw: RawRecord) -> list[Character]:
    return []


@converts
def staff(raw: RawRecord) -> list[Staff]:
    return []
