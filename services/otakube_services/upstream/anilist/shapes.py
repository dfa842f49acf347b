# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of AniList's GraphQL schema, built from titles. Pure.

A value that takes arguments is a function of them: graphql-core calls it with what the query asked for.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from otakube_services.upstream.anilist.connections import SITE, Json, View, connection, page_info
from otakube_services.upstream.anilist.people import people
from otakube_services.upstream.catalogue import Title
from otakube_services.upstream.episodes import aired_count, airing_of, episodes_of, last_day
from otakube_services.upstream.names import apportion, person_id, spread

_STATUS = {"Finished": "FINISHED", "Ongoing": "RELEASING", "Upcoming": "NOT_YET_RELEASED"}
_QUARTERS = ("WINTER", "SPRING", "SUMMER", "FALL")
_RELATIONS = {
    "Sequel": "SEQUEL", "Prequel": "PREQUEL", "Side story": "SIDE_STORY", "Parent story": "PARENT",
    "Alternative version": "ALTERNATIVE", "Alternative setting": "ALTERNATIVE", "Summary": "SUMMARY",
    "Full story": "PARENT", "Spin-off": "SPIN_OFF", "Adaptation": "ADAPTATION", "Character": "CHARACTER",
}  # fmt: skip
_TV_SHORT_MINUTES = 15  # AniList calls television below it TV_SHORT


def media(title: Title, view: View) -> Json:
    """A Media of type ANIME."""
    return {
        **_core(title, view.base), "isLicensed": True, "isLocked": False, "isAdult": False,
        "isFavourite": False,
        "isRecommendationBlocked": False, "isFavouriteBlocked": False,
        "isReviewBlocked": False, "countryOfOrigin": "JP", "hashtag": None, "trailer": None,
        "chapters": None,
        "volumes": None, "trending": 0, "updatedAt": int(view.now.timestamp()) // 86_400 * 86_400,
        **_schedule(title, view), **people(title, view), **_standing(title),
        "genres": title.genres, "synonyms": title.synonyms, "tags": _tags(title), "studios": _studios(title),
        "relations": lambda _: _relations(title, view), "recommendations": lambda _,
        **__: _recommendations(title, view),
        "externalLinks": _external_links(title), "streamingEpisodes": _streaming_episodes(title, view),
    }  # fmt: skip


def _core(title: Title, base: str) -> Json:
    start, end = airing_of(title, 1), last_day(title)
    return {
        "id": title.ids.anilist, "idMal": title.ids.mal, "siteUrl": f"{SITE}/anime/{title.ids.anilist}",
        "type": "ANIME", "format": _format(title), "status": _STATUS[title.status],
        "description": _description(title),
        "title": {
            "romaji": title.romaji, "english": title.english, "native": title.japanese,
            "userPreferred": title.romaji,
        },
        "startDate": fuzzy(start.date() if start else None), "endDate": fuzzy(end),
        "season": _QUARTERS[(start.month - 1) // 3] if start else None, "seasonYear": start and start.year,
        "seasonInt": start and (start.year % 100) * 10 + (start.month - 1) // 3 + 1,
        "episodes": title.episodes, "duration": title.minutes,
        "source": title.source.upper().replace(" ", "_"),
        "coverImage": cover(title, base), "bannerImage": _banner(title, base),
    }  # fmt: skip


def _description(title: Title) -> str | None:
    if title.synopsis is None:
        return None
    return title.synopsis.replace("\n\n", "<br><br>\n\n") + "<br><br>\n\n(Source: the stand-in)"


def fuzzy(day: date | None) -> Json:
    """A FuzzyDate."""
    return {"year": day and day.year, "month": day and day.month, "day": day and day.day}


def _format(title: Title) -> str:
    if title.type == "TV" and title.minutes is not None and title.minutes < _TV_SHORT_MINUTES:
        return "TV_SHORT"
    return title.type.upper()


def cover_path(title: Title, size: str) -> str:
    return f"/images/anilist/media/anime/cover/{size}/bx{title.ids.anilist}.png"


def banner_path(title: Title) -> str:
    return f"/images/anilist/media/anime/banner/{title.ids.anilist}.jpg"


def cover(title: Title, base: str) -> Json:
    named = title.images.get("poster", "")
    large = named if "://" in named else f"{base}{cover_path(title, 'large')}"
    return {
        "extraLarge": large, "large": f"{base}{cover_path(title, 'medium')}",
        "medium": f"{base}{cover_path(title, 'small')}", "color": "#43789c",
    }  # fmt: skip


def _banner(title: Title, base: str) -> str | None:
    return f"{base}{banner_path(title)}" if title.score is not None else None


def _schedule(title: Title, view: View) -> Json:
    total = title.episodes or aired_count(title, view.now) + 6
    nodes = (
        [_airing(title, number, view.now) for number in range(1, total + 1)] if airing_of(title, 1) else []
    )
    coming = [node for node in nodes if node["timeUntilAiring"] > 0] if title.type in ("TV", "ONA") else []

    def airing_schedule(_: Any, *, notYetAired: bool | None = None, page: int = 1, perPage: int = 25) -> Json:
        shown = [
            node for node in nodes if notYetAired is None or (node["timeUntilAiring"] > 0) == notYetAired
        ]
        return connection(shown, page, perPage, edge=lambda node: {"id": node["id"], "node": node})

    return {"nextAiringEpisode": coming[0] if coming else None, "airingSchedule": airing_schedule}


def _airing(title: Title, number: int, now: datetime) -> Json:
    airs = airing_of(title, number) or now
    return {
        "id": title.ids.anilist * 1000 % 2_000_000 + number, "airingAt": int(airs.timestamp()),
        "timeUntilAiring": int((airs - now).total_seconds()), "episode": number, "mediaId": title.ids.anilist,
    }  # fmt: skip


def _standing(title: Title) -> Json:
    mean = round(title.score * 10) if title.score is not None else None
    users = title.members * 2 // 5  # AniList counts about two fifths of MAL's members
    return {
        "averageScore": mean and mean - 1, "meanScore": mean, "popularity": users,
        "favourites": title.favourites // 3,
        "stats": _stats(title, users), "rankings": _rankings(title), "mediaListEntry": None,
    }  # fmt: skip


def _stats(title: Title, users: int) -> Json:
    states = ("CURRENT", "PLANNING", "COMPLETED", "DROPPED", "PAUSED")
    weights = (10, 30, 50, 5, 5) if title.status != "Upcoming" else (0, 1, 0, 0, 0)
    votes = enumerate(spread((title.scored_by or 0) * 2 // 5, title.score or 5.5, 10), 1)
    return {
        "statusDistribution": [
            {"status": state, "amount": amount}
            for state, amount in zip(states, apportion(users, weights), strict=True)
        ],
        "scoreDistribution": [{"score": step * 10, "amount": amount} for step,
        amount in votes if title.scored_by],
    }  # fmt: skip


def _rankings(title: Title) -> list[Json]:
    if title.rank is None:
        return []
    return [
        {
            "id": title.ids.anilist % 90_000, "rank": title.rank, "type": "RATED", "format": _format(title),
            "year": None,
            "season": None, "allTime": True, "context": "highest rated all time",
        }
    ]  # fmt: skip


def _tags(title: Title) -> list[Json]:
    return [
        {
            "id": person_id(name) % 1500, "name": name,
            "description": f"Prominently features {name.lower()}.",
            "category": "Theme", "rank": 95 - 7 * place, "userId": None,
            "isGeneralSpoiler": False, "isMediaSpoiler": False,
            "isAdult": False,
        }
        for place, name in enumerate(title.tags)
    ]  # fmt: skip


def _studios(title: Title) -> Callable[..., Json]:
    named = [(name, True) for name in title.studios] + [(name, False) for name in title.producers]
    edges = [
        {
            "id": person_id(name) + 1, "isMain": main,
            "node": {
                "id": person_id(name) % 7000, "name": name, "isAnimationStudio": main,
                "siteUrl": f"{SITE}/studio/{person_id(name) % 7000}",
            },
        }
        for name, main in named
    ]  # fmt: skip

    def studios(_: Any, *, isMain: bool | None = None, **__: Any) -> Json:
        shown = [edge for edge in edges if isMain in (None, edge["isMain"])]
        return {
            "edges": shown,
            "nodes": [edge["node"] for edge in shown],
            "pageInfo": page_info(len(shown), 1, 25),
        }

    return studios


def _relations(title: Title, view: View) -> Json:
    edges = []
    for place, relation in enumerate(title.relations):
        other = view.others.get(relation.to)
        if relation.manga or other is not None:
            node = media(other, view) if other else _manga(relation.to, view.base)
            kind = _RELATIONS.get(relation.kind, "OTHER")
            edges.append({"id": title.ids.anilist % 40_000 + place, "relationType": kind, "node": node})
    return {
        "edges": edges,
        "nodes": [edge["node"] for edge in edges],
        "pageInfo": page_info(len(edges), 1, 25),
    }


def _manga(name: str, base: str) -> Json:
    return {
        "id": 30_000 + person_id(name), "idMal": 100_000 + person_id(name), "type": "MANGA",
        "format": "MANGA",
        "status": "RELEASING",
        "title": {"romaji": name, "english": None, "native": None, "userPreferred": name},
        "bannerImage": None,
        "coverImage": {"large": f"{base}/images/anilist/media/manga/cover/medium/default.jpg"},
        "isFavourite": False,
    }  # fmt: skip


def _recommendations(title: Title, view: View) -> Json:
    nodes = [
        {
            "id": title.ids.anilist % 30_000 + place, "rating": 40 - 9 * place, "userRating": "NO_RATING",
            "mediaRecommendation": media(view.others[key], view), "user": None,
        }
        for place, key in enumerate(title.recommendations)
        if key in view.others
    ]  # fmt: skip
    return {"nodes": nodes, "edges": [{"node": n} for n in nodes], "pageInfo": page_info(len(nodes), 1, 25)}


def _external_links(title: Title) -> list[Json]:
    named = [(link, "INFO") for link in title.external] + [(link, "STREAMING") for link in title.streaming]
    return [
        {
            "id": person_id(link.url), "url": link.url, "site": link.name, "siteId": None, "type": kind,
            "language": None, "color": None, "icon": None, "notes": None, "isDisabled": False,
        }
        for link, kind in named
    ]  # fmt: skip


def _streaming_episodes(title: Title, view: View) -> list[Json]:
    if not title.streaming:
        return []
    link = title.streaming[0]
    return [
        {
            "site": link.name, "title": f"Episode {one.number} - {one.english}",
            "thumbnail": f"{view.base}{banner_path(title)}", "url": f"{link.url}/episode-{one.number}",
        }
        for one in episodes_of(title, view.now)
    ]  # fmt: skip
