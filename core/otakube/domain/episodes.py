# SPDX-License-Identifier: Apache-2.0
"""Episodes of all providers as one list: keyed by number, with ids that a second run gives again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from otakube.domain.claims import Episode
from otakube.domain.entry import EpisodeDetailEntry, Image, ImageKind, Provider
from otakube.domain.ids import derived_id
from otakube.domain.policies import AIRING_ORDER, EPISODE_ORDER, STILL_ORDER

_FAR_APART = timedelta(days=2)  # two clocks and a broadcaster's day differ by less


def merge_episodes(
    entry_id: str, said: Mapping[Provider, Sequence[Episode]], known: Sequence[EpisodeDetailEntry] = ()
) -> list[EpisodeDetailEntry]:
    """One entry a number; an episode that the catalogue has keeps its id."""
    by_number: dict[int, dict[Provider, Episode]] = {}
    for provider in EPISODE_ORDER:
        for episode in said.get(provider, ()):
            by_number.setdefault(episode.number, {}).setdefault(provider, episode)
    ids = {episode.number: episode.id for episode in known}
    return [
        merge_episode(ids.get(number) or derived_id("ep", entry_id, str(number)), by_number[number])
        for number in sorted(by_number)
    ]


def merge_episode(episode_id: str, said: Mapping[Provider, Episode]) -> EpisodeDetailEntry:
    """One episode from its claims, the most trusted provider first."""
    claims = [said[provider] for provider in EPISODE_ORDER if provider in said]

    def first(field: str) -> Any:
        return next((value for one in claims if (value := getattr(one, field)) is not None), None)

    return EpisodeDetailEntry(
        id=episode_id,
        number=claims[0].number,
        absolute_number=first("absolute_number"),
        title=first("title"),
        title_japanese=first("title_japanese"),
        title_romaji=first("title_romaji"),
        synopsis=first("synopsis"),
        aired=airing(said),
        duration_seconds=first("duration_seconds"),
        filler=any(one.filler for one in claims),
        recap=any(one.recap for one in claims),
        image=picture(said),
        providers=[provider for provider in EPISODE_ORDER if provider in said],
    )


def airing(said: Mapping[Provider, Episode]) -> datetime | date | None:
    """A time before a bare day, whoever says it."""
    claims = [value for p in AIRING_ORDER if p in said if (value := said[p].aired) is not None]
    return next((value for value in claims if isinstance(value, datetime)), claims[0] if claims else None)


def picture(said: Mapping[Provider, Episode]) -> Image | None:
    """The episode's still."""
    links = [(p, url) for p in STILL_ORDER if p in said if (url := said[p].image_url)]
    return Image(kind=ImageKind.EPISODE, source_url=links[0][1], provider=links[0][0]) if links else None


def airing_findings(said: Mapping[Provider, Sequence[Episode]]) -> list[str]:
    """Episodes whose providers name days far apart: a skipped week, or another numbering."""
    days: dict[int, list[date]] = {}
    for episode in (one for claims in said.values() for one in claims):
        if episode.aired is not None:
            days.setdefault(episode.number, []).append(_day(episode.aired))
    apart = [number for number, found in sorted(days.items()) if max(found) - min(found) > _FAR_APART]
    if not apart:
        return []
    some = ", ".join(map(str, apart[:5])) + (", …" if len(apart) > 5 else "")
    return [f"providers name different days for {len(apart)} episodes ({some})"]


def _day(aired: datetime | date) -> date:
    return aired.date() if isinstance(aired, datetime) else aired
