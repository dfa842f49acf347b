# SPDX-License-Identifier: Apache-2.0
"""Builders of what providers say, for tests of the domain."""

from datetime import UTC, date, datetime
from typing import Any

from otakube.domain.claims import Metadata
from otakube.domain.entry import AnimeStatus, AnimeType, Attribution, Provider
from otakube.domain.pages import Page

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def said(provider: Provider = Provider.JIKAN, number: int = 1, **fields: Any) -> Metadata:
    """One provider's description of an anime."""
    usual: dict[str, Any] = {
        "source_url": Page(provider, str(number)).url,
        "title": "Mushishi",
        "type": AnimeType.TV,
        "status": AnimeStatus.FINISHED,
        "episode_count": 26,
        "aired_from": date(2005, 10, 23),
    }
    return Metadata(**usual | fields)


def by(provider: Provider, *, stale: bool = False) -> Attribution:
    """Whose words they are."""
    return Attribution(
        provider=provider, source_url="https://example/1", fetched_at=NOW, licence="theirs", stale=stale
    )
