# SPDX-License-Identifier: Apache-2.0
"""Golden records written for the tests: titles, people and stories are invented."""

from datetime import UTC, datetime
from typing import Any

from otakube.domain.record.golden import (
    AnimeEntry,
    AnimeStatus,
    CharacterEntry,
    EpisodeDetailEntry,
    GoldenRecord,
    LosingValue,
    Provenance,
    Quarter,
    Season,
    Titles,
)
from otakube_api.contract import AnimeType, Provider

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def an_id(kind: str, number: int) -> str:
    """A valid id of its own for each number below 1024."""
    return f"{kind}_{'0' * 24}{ALPHABET[number // 32]}{ALPHABET[number % 32]}"


def a_provenance(**changes: Any) -> Provenance:
    fields: dict[str, Any] = {
        "provider": Provider.ANILIST,
        "fetched_at": NOW,
        "licence": "AniList terms",
        "confidence": 0.9,
        "losing": [LosingValue(provider=Provider.KITSU, value='"Frozen Tides"')],
    }
    return Provenance(**(fields | changes))


def a_character(number: int = 1, **changes: Any) -> CharacterEntry:
    fields: dict[str, Any] = {
        "id": an_id("char", number),
        "name": "Ilse Varga",
        "role": "Main",
        "description": "A cartographer who draws coasts that nobody has seen yet.",
    }
    return CharacterEntry(**(fields | changes))


def an_episode(number: int = 1, **changes: Any) -> EpisodeDetailEntry:
    fields: dict[str, Any] = {
        "id": an_id("ep", number),
        "number": number,
        "title": "The Ice Opens",
        "synopsis": "The fleet waits at the edge of the frozen sea for a thaw that the maps deny.",
    }
    return EpisodeDetailEntry(**(fields | changes))


def an_entry(number: int = 1, **changes: Any) -> AnimeEntry:
    fields: dict[str, Any] = {
        "id": an_id("ani", number),
        "sources": [f"https://myanimelist.net/anime/{90_000 + number}"],
        "titles": Titles(main="Frozen Tide", japanese="凍る潮", synonyms=["Kooru Shio"]),
        "type": AnimeType.TV,
        "status": AnimeStatus.FINISHED,
        "season": Season(year=2024, quarter=Quarter.WINTER),
        "episode_count": 12,
        "synopsis": "A young cartographer crosses a frozen sea to find the brother whom an empire took.",
        "genres": ["Adventure", "Drama"],
        "studios": ["Studio Kelp"],
        "confidence": 0.9,
        "provenance": {"title": a_provenance(), "synopsis": a_provenance(confidence=0.8, losing=[])},
    }
    return AnimeEntry(**(fields | changes))


def a_record(number: int = 1, **changes: Any) -> GoldenRecord:
    """A whole record; keywords replace fields of the record, `entry` one built by `an_entry`."""
    fields: dict[str, Any] = {
        "entry": an_entry(number),
        "episodes": [an_episode(1)],
        "characters": [a_character(1)],
        "assembled_at": NOW,
    }
    return GoldenRecord(**(fields | changes))
