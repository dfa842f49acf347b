# SPDX-License-Identifier: Apache-2.0
"""Builders of what providers say, for tests of the domain."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from otakube.domain.licences.terms import LICENCES
from otakube.domain.merge.fields import Claimants
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus, Attribution
from otakube.domain.record.pages import Page
from otakube_api.contract import AnimeType, Provider

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


def by(provider: Provider, **changes: Any) -> Attribution:
    """The provider of the words, under the licence of the table."""
    licence = LICENCES[provider]
    usual: dict[str, Any] = {
        "provider": provider,
        "source_url": "https://example/1",
        "fetched_at": NOW,
        "licence": licence.name,
        "publishable": licence.publishable,
        "expires_at": licence.expires(NOW),
    }
    return Attribution(**usual | changes)


def claimants(
    agreement: Mapping[Provider, float] | None = None, *, stale: tuple[Provider, ...] = ()
) -> Claimants:
    """All providers' words."""
    return Claimants(
        {provider: by(provider, stale=provider in stale) for provider in Provider}, agreement or {}
    )
