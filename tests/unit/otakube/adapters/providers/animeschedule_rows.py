# SPDX-License-Identifier: Apache-2.0
"""An anime as AnimeSchedule v3 describes it, whole."""

from datetime import UTC, datetime
from typing import Any

from otakube.adapters.http.client import RequestLimits
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider
from otakube_standins.upstream.settings import UpstreamSettings as Upstream

ASKED = datetime(2026, 10, 20, 12, tzinfo=UTC)
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")
LIMITS = RequestLimits(seconds=60, size=16 * 2**20)
UNLIMITED = Upstream(unlimited=True)
NEVER = "0001-01-01T00:00:00Z"
ANIME: dict[str, Any] = {
    "id": "Vr3M", "title": "Mayonaka no Panya", "route": "mayonaka-no-panya",
    "premier": "2026-10-02T16:30:00Z", "subPremier": NEVER, "month": "October", "year": 2026,
    "season": {"title": "Fall 2026", "year": "2026", "season": "Fall", "route": "fall-2026"},
    "delayedFrom": NEVER, "delayedUntil": NEVER, "jpnTime": "2026-10-16T16:30:00Z",
    "description": "Bread.<br><br>(Source: <i>us</i>)",
    "genres": [{"name": "Comedy", "route": "comedy"}], "studios": [{"name": "Studio A", "route": "a"}],
    "sources": [{"name": "4-koma Manga", "route": "4-koma"}],
    "mediaTypes": [{"name": "TV Short", "route": "tv-short"}, {"name": "ONA", "route": "ona"}],
    "episodes": 13, "lengthMin": 12, "status": "Ongoing",
    "imageVersionRoute": "anime/jpg/default/mayonaka.jpg",
    "stats": {"averageScore": 82.84, "ratingCount": 498, "trackedCount": 1353, "trackedRating": 258},
    "names": {"romaji": "Mayonaka no Panya", "english": "Midnight Bakery", "native": "真夜中のパン屋",
              "abbreviation": "MnP", "synonyms": ["Bakery"]},
    "relations": {"sequels": ["mayonaka-no-panya-2"], "other": ["panya-specials"]},
    "websites": {
        "official": "panya.example/", "mal": "myanimelist.net/anime/73815/Mayonaka",
        "aniList": "anilist.co/anime/217660/", "kitsu": "kitsu.io/anime/mayonaka-no-panya",
        "anidb": "anidb.net/anime/21815", "animePlanet": "www.anime-planet.com/anime/mayonaka",
        "streams": [
            {"platform": "crunchyroll", "url": "www.crunchyroll.com/series/G1", "name": "Crunchyroll (Sub)"},
            {"platform": "hulu", "url": "https://hulu.example/x", "name": ""},
        ],
    },
}  # fmt: skip
SLOT: dict[str, Any] = {
    "title": "x", "route": "mayonaka-no-panya", "delayedFrom": NEVER, "delayedUntil": NEVER,
    "episodeDate": "2026-10-16T16:30:00Z", "episodeNumber": 3, "lengthMin": 12, "airingStatus": "aired",
}  # fmt: skip


def record(anime: Any = None, slots: Any = None, url: str = "https://animeschedule.net/x") -> RawRecord:
    bodies = {"anime": ANIME if anime is None else anime} | ({} if slots is None else {"timetable": slots})
    return RawRecord(
        provider=Provider.ANIMESCHEDULE,
        source_url="https://animeschedule.net/anime/mayonaka-no-panya",
        answers={part: Answer(url=url, fetched_at=ASKED, body=body) for part, body in bodies.items()},
    )


def said(**fields: Any) -> RawRecord:
    return record(ANIME | fields)
