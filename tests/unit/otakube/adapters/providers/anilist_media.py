# SPDX-License-Identifier: Apache-2.0
"""A record of the least that AniList says, and of what a test adds."""

from datetime import UTC, datetime
from typing import Any

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist.answers import Media
from otakube.ports.providers import Answer, Missing, RawRecord
from otakube_api.contract import Provider

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LEAST: dict[str, Any] = {"id": 7, "title": {"romaji": "Kasa no Eki"}, "status": "FINISHED"}


def media(**said: Any) -> Media:
    return read(Media, LEAST | said)


def raw(*further: dict[str, Any], missing: tuple[str, ...] = (), **said: Any) -> RawRecord:
    """A record of the least that AniList says, and of what a test adds."""
    bodies = {"anime": LEAST | said} | {f"further/{n}": page for n, page in enumerate(further, 2)}
    return RawRecord(
        provider=Provider.ANILIST,
        source_url="https://anilist.co/anime/7",
        answers={
            part: Answer(url="said", fetched_at=NOW, body={"data": {"Media": body}})
            for part, body in bodies.items()
        },
        missing={part: Missing(reason="Refused", message="no") for part in missing},
    )
