# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of MyAnimeList's API v2, built from titles. Pure.

Written from its public reference and from what its clients report; there are no recordings to compare with.
"""

import re
from collections.abc import Mapping
from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle, half_known
from otakube_standins.upstream.episodes import airing_of
from otakube_standins.upstream.jikan import bodies
from otakube_standins.upstream.jikan import shapes as jikan
from otakube_standins.upstream.names import person_id

Json = dict[str, Any]
ALWAYS = ("id", "title", "main_picture")
ONLY_ALONE = frozenset(
    {"background", "pictures", "related_anime", "related_manga", "recommendations", "statistics"}
)
"""Fields that no list shows, whoever asks for them."""
_STATUSES = {"Finished": "finished_airing", "Ongoing": "currently_airing", "Upcoming": "not_yet_aired"}
_QUARTERS = ("winter", "spring", "summer", "fall")
_MOST_RECOMMENDED = 10


def anime(title: InventedTitle, others: Mapping[str, InventedTitle], base: str) -> Json:
    """Every field of an anime; `shown` picks those that were asked for."""
    start, end = jikan.days(title)
    said: Json = {
        "id": title.ids.myanimelist, "title": title.romaji,
        "main_picture": _picture(jikan.poster(title, base)),
        "alternative_titles": {
            "synonyms": title.synonyms, "en": title.english or "", "ja": title.japanese or ""
        },
        "start_date": start and half_known(start, title.precision),
        "end_date": end and half_known(end, title.precision),
        "synopsis": title.synopsis or "", "mean": title.score, "rank": title.rank,
        "popularity": title.popularity, "num_list_users": title.members,
        "num_scoring_users": title.scored_by or 0, "nsfw": "white", "media_type": title.type.lower(),
        "created_at": "2020-01-01T00:00:00+00:00", "updated_at": "2026-01-01T00:00:00+00:00",
        "status": _STATUSES.get(title.status or ""),
        "genres": _named([*title.genres, *title.themes, *title.demographics]),
        "num_episodes": title.episodes or 0, "start_season": season(title), "broadcast": _broadcast(title),
        "source": title.source.lower().replace(" ", "_").replace("-", "_"),
        "average_episode_duration": (title.minutes or 0) * 60, "rating": _rating(title.rating),
        "studios": _named(title.studios), "background": "",
        "pictures": [_picture(one) for one in bodies.pictures(title, base)],
        "related_anime": _related(title, others, base), "related_manga": [],  # always empty, as in life
        "recommendations": _recommended(title, others, base), "statistics": _statistics(title),
    }  # fmt: skip
    return {field: value for field, value in said.items() if value is not None}


def select_fields(said: Json, fields: str, *, listed: bool) -> Json:
    """The fields that were asked for; one that is not known is not there."""
    named = set(re.findall(r"\w+", re.sub(r"\{[^}]*\}", "", fields))) | set(ALWAYS)
    return {name: said[name] for name in said if name in named and not (listed and name in ONLY_ALONE)}


def season(title: InventedTitle) -> Json | None:
    """Year and quarter of the first broadcast, of whatever kind."""
    start, _ = jikan.days(title)
    return {"year": start.year, "season": _QUARTERS[(start.month - 1) // 3]} if start else None


def page(rows: list[Json], following: str | None) -> Json:
    """One page of a list with its way on."""
    return {"data": rows, "paging": {"next": following} if following else {}}


def error(status: int) -> Json:
    """The API's body for a status."""
    words = {
        400: "bad_request",
        401: "invalid_token",
        403: "forbidden",
        404: "not_found",
        429: "too_many_requests",
    }
    return {"message": "", "error": words.get(status, "internal_server_error")}


def _picture(six: Json) -> Json:
    return {"medium": six["jpg"]["image_url"], "large": six["jpg"]["large_image_url"]}


def _named(names: list[str]) -> list[Json]:
    return [{"id": person_id(name) % 2500 + 1, "name": name} for name in names]


def _broadcast(title: InventedTitle) -> Json | None:
    start = airing_of(title, 1)
    if title.broadcast is None or start is None:
        return None
    return {"day_of_the_week": f"{start:%A}".lower(), "start_time": f"{start:%H:%M}"}


def _rating(said: str) -> str:
    word = said.partition(" ")[0].lower().replace("-", "_")
    return {"none": "g"}.get(word, word)


def _node(other: InventedTitle, base: str) -> Json:
    return {
        "id": other.ids.myanimelist,
        "title": other.romaji,
        "main_picture": _picture(jikan.poster(other, base)),
    }


def _related(title: InventedTitle, others: Mapping[str, InventedTitle], base: str) -> list[Json]:
    return [
        {
            "node": _node(others[one.to], base),
            "relation_type": one.kind.lower().replace(" ", "_").replace("-", "_"),
            "relation_type_formatted": one.kind,
        }
        for one in title.relations
        if not one.manga and one.to in others
    ]


def _recommended(title: InventedTitle, others: Mapping[str, InventedTitle], base: str) -> list[Json]:
    known = [others[key] for key in title.recommendations if key in others]
    return [
        {"node": _node(other, base), "num_recommendations": 9 - place}
        for place, other in enumerate(known[:_MOST_RECOMMENDED])
    ]


def _statistics(title: InventedTitle) -> Json:
    counted = bodies.statistics(title)
    states = ("watching", "completed", "on_hold", "dropped", "plan_to_watch")
    return {
        "status": {state: str(counted[state]) for state in states},  # text, as in life
        "num_list_users": title.members,
    }
