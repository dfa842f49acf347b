# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of AnimeSchedule v3: times in UTC, addresses without a scheme. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from otakube_standins.upstream.catalogue import JST, InventedTitle
from otakube_standins.upstream.episodes import aired_count, airing_of
from otakube_standins.upstream.names import slug

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"  # Go's zero time
_QUARTERS = ("Winter", "Spring", "Summer", "Fall")
_RELATIONS = {
    "Sequel": "sequels", "Prequel": "prequels", "Parent story": "parents", "Side story": "sideStories",
    "Spin-off": "spinoffs", "Alternative version": "alternatives", "Alternative setting": "alternatives",
}  # fmt: skip


def anime(title: InventedTitle, slugs: Mapping[str, str], now: datetime) -> Json:
    """/anime/{slug}, and a row of /anime."""
    start = airing_of(title, 1)
    return {
        "id": f"{title.ids.myanimelist:x}", "title": title.romaji, "route": slugs[title.key],
        "premier": _premier(title), "subPremier": NEVER, "dubPremier": NEVER,
        "month": f"{start:%B}" if start else "", "year": start.year if start else 0,
        "season": _season(title), "delayedFrom": NEVER, "delayedUntil": NEVER,
        "jpnTime": _latest(title, now), "subTime": NEVER, "dubTime": NEVER,
        "description": (title.synopsis or "").replace("\n\n", "<br><br>"),
        "genres": _keywords([*title.genres, *title.themes, *title.demographics]),
        "studios": _keywords(title.studios), "sources": _keywords([_source(title)]),
        "mediaTypes": _keywords([title.type]), "episodes": title.episodes or 0,
        "lengthMin": title.minutes or 0, "status": title.status,
        "imageVersionRoute": poster(slugs[title.key]), "stats": _stats(title), "names": _names(title),
        "relations": _relations(title, slugs), "websites": _websites(title),
    }  # fmt: skip


def slots(title: InventedTitle, slugs: Mapping[str, str], now: datetime) -> list[Json]:
    """Slots of a title in the week of `now`, from Monday in Japan."""
    if title.status != "Ongoing":
        return []
    today = now.astimezone(JST)
    monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = range(1, aired_count(title, now.astimezone(JST)) + 3)
    airings = ((number, airs) for number in numbers if (airs := airing_of(title, number)))
    return [
        {
            "title": title.romaji, "route": slugs[title.key], "delayedFrom": NEVER, "delayedUntil": NEVER,
            "status": title.status, "episodeDate": _utc(airs), "episodeNumber": number,
            "episodes": title.episodes or 0, "lengthMin": title.minutes or 0, "donghua": False,
            "airType": "raw", "mediaTypes": _keywords([title.type]), "streams": _streams(title),
            "airingStatus": "aired" if airs < today else "unaired",
        }
        for number, airs in airings
        if monday <= airs < monday + timedelta(days=7)
    ]  # fmt: skip


def poster(slug_: str) -> str:
    """Path of the poster below the host of pictures."""
    return f"anime/jpg/default/{slug_}.jpg"


def _premier(title: InventedTitle) -> str:
    """Without a slot only the day is known, written as midnight."""
    start = airing_of(title, 1)
    if start is None:
        return NEVER
    return _utc(start) if title.broadcast else f"{start:%Y-%m-%d}T00:00:00Z"


def _latest(title: InventedTitle, now: datetime) -> str:
    if title.broadcast is None:
        return NEVER
    airs = airing_of(title, max(1, aired_count(title, now.astimezone(JST))))
    return _utc(airs) if airs else NEVER


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _season(title: InventedTitle) -> Json:
    start = airing_of(title, 1)
    if start is None:
        return {"title": "", "year": "", "season": "", "route": ""}
    quarter, year = _QUARTERS[(start.month - 1) // 3], str(start.year)
    return {
        "title": f"{quarter} {year}",
        "year": year,
        "season": quarter,
        "route": f"{quarter}-{year}".lower(),
    }


def _source(title: InventedTitle) -> str:
    return {"Game": "Video Game"}.get(title.source, title.source.title())


def _keywords(names: list[str]) -> list[Json]:
    return [{"name": name, "route": slug(name).lower()} for name in names]


def _stats(title: InventedTitle) -> Json:
    return {
        "averageScore": round((title.score or 0) * 10 + 0.137, 5) if title.score else 0,
        "ratingCount": (title.scored_by or 0) // 100, "trackedCount": title.members // 100,
        "droppedCount": title.members // 2000, "trackedRating": title.popularity,
        "colorLightMode": "326E3A", "colorDarkMode": "50B25D",
    }  # fmt: skip


def _names(title: InventedTitle) -> Json:
    said = {"romaji": title.romaji, "english": title.english, "native": title.japanese}
    return {key: name for key, name in said.items() if name} | {"synonyms": title.synonyms}


def _relations(title: InventedTitle, slugs: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation in title.relations:
        if not relation.manga and relation.to in slugs:
            found.setdefault(_RELATIONS.get(relation.kind, "other"), []).append(slugs[relation.to])
    return found


def _websites(title: InventedTitle) -> Json:
    sites = {
        "mal": f"myanimelist.net/anime/{title.ids.myanimelist}",
        "aniList": f"anilist.co/anime/{title.ids.anilist}/",
        "kitsu": f"kitsu.io/anime/{title.ids.kitsu}",
    }
    if title.ids.anidb is not None:
        sites["anidb"] = f"anidb.net/anime/{title.ids.anidb}"
    official = [link.url for link in title.external if link.name == "Official Site"]
    if official:
        sites["official"] = official[0].partition("://")[2]
    return sites | {"streams": _streams(title)}


def _streams(title: InventedTitle) -> list[Json]:
    return [
        {"platform": slug(link.name).lower(), "url": link.url.partition("://")[2], "name": link.name}
        for link in title.streaming
    ]
