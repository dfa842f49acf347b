# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of AniList's GraphQL schema, built from titles. Pure.

A value that takes arguments is a function of them: graphql-core calls it with what the query asked for.
"""

from datetime import date, datetime
from typing import Any

from otakube_standins.upstream.anilist.connections import SITE, AniListView, Json, connection, page_info
from otakube_standins.upstream.anilist.people import people
from otakube_standins.upstream.catalogue import InventedTitle
from otakube_standins.upstream.episodes import aired_count, airing_of, episodes_of, last_day
from otakube_standins.upstream.names import apportion, person_id, spread

_STATUS = {"Finished": "FINISHED", "Ongoing": "RELEASING", "Upcoming": "NOT_YET_RELEASED"}
_QUARTERS = ("WINTER", "SPRING", "SUMMER", "FALL")
_RELATIONS = {
    "Sequel": "SEQUEL", "Prequel": "PREQUEL", "Side story": "SIDE_STORY", "Parent story": "PARENT",
    "Alternative version": "ALTERNATIVE", "Alternative setting": "ALTERNATIVE", "Summary": "SUMMARY",
    "Full story": "PARENT", "Spin-off": "SPIN_OFF", "Adaptation": "ADAPTATION", "Character": "CHARACTER",
}  # fmt: skip
_MOST_AIRINGS = 50  # a page; other connections have 25
_READERS_A_REVIEW = 10_000  # one member in so many writes one
_TV_SHORT_MINUTES = 15  # AniList calls television below it TV_SHORT


def media(title: InventedTitle, view: AniListView) -> Json:
    """A Media of type ANIME; what costs more than a look is worked out when it is asked for."""
    return {
        **_core(title, view.base), "isLicensed": True, "isLocked": False, "isFavourite": False,
        "isRecommendationBlocked": False, "isFavouriteBlocked": False,
        "isReviewBlocked": False, "countryOfOrigin": "JP", "hashtag": None, "trailer": None,
        "chapters": None,
        "volumes": None, "trending": 0, "updatedAt": int(view.now.timestamp()) // 86_400 * 86_400,
        **_schedule(title, view), **people(title, view), **_standing(title),
        "genres": title.genres, "synonyms": title.synonyms, "tags": lambda _: _tags(title),
        "studios": lambda _, **wanted: _studios(title, **wanted),
        "relations": lambda _: _relations(title, view), **_opinions(title, view),
        "externalLinks": lambda _: _external_links(title),
        "streamingEpisodes": lambda _: _streaming_episodes(title, view),
    }  # fmt: skip


def facts(title: InventedTitle) -> Json:
    """Facts that a Page may be filtered by."""
    start = airing_of(title, 1)
    return {
        "type": "ANIME", "format": _format(title), "isAdult": False,
        "status": _STATUS.get(title.status or ""),
        "season": _QUARTERS[(start.month - 1) // 3] if start else None, "seasonYear": start and start.year,
    }  # fmt: skip


def _core(title: InventedTitle, base: str) -> Json:
    start, end = airing_of(title, 1), last_day(title)
    return {
        **facts(title), "id": title.ids.anilist, "idMal": title.ids.myanimelist,
        "siteUrl": f"{SITE}/anime/{title.ids.anilist}", "description": _description(title),
        "title": {
            "romaji": title.romaji, "english": title.english, "native": title.japanese,
            "userPreferred": title.romaji,
        },
        "startDate": fuzzy(start.date() if start else None, title.precision),
        "endDate": fuzzy(end, title.precision),
        "seasonInt": start and (start.year % 100) * 10 + (start.month - 1) // 3 + 1,
        "episodes": title.episodes, "duration": title.minutes,
        "source": title.source.upper().replace(" ", "_"),
        "coverImage": cover(title, base), "bannerImage": _banner(title, base),
    }  # fmt: skip


def _description(title: InventedTitle) -> str | None:
    if title.synopsis is None:
        return None
    hidden = f" ~!{title.hides}!~" if title.hides else ""
    return title.synopsis.replace("\n\n", "<br><br>\n\n") + f"{hidden}<br><br>\n\n(Source: the stand-in)"


def fuzzy(day: date | None, precision: str = "Day") -> Json:
    """A FuzzyDate, of which as much is null as is not known."""
    return {
        "year": day and day.year,
        "month": day.month if day and precision != "Year" else None,
        "day": day.day if day and precision == "Day" else None,
    }


def _format(title: InventedTitle) -> str:
    if title.type == "TV" and title.minutes is not None and title.minutes < _TV_SHORT_MINUTES:
        return "TV_SHORT"
    return title.type.upper()


def cover_path(title: InventedTitle, size: str) -> str:
    return f"/images/anilist/media/anime/cover/{size}/bx{title.ids.anilist}.png"


def banner_path(title: InventedTitle) -> str:
    return f"/images/anilist/media/anime/banner/{title.ids.anilist}.jpg"


def cover(title: InventedTitle, base: str) -> Json:
    named = title.images.get("poster", "")
    large = named if "://" in named else f"{base}{cover_path(title, 'large')}"
    return {
        "extraLarge": large, "large": f"{base}{cover_path(title, 'medium')}",
        "medium": f"{base}{cover_path(title, 'small')}", "color": "#43789c",
    }  # fmt: skip


def _banner(title: InventedTitle, base: str) -> str | None:
    return f"{base}{banner_path(title)}" if title.score is not None else None


def _schedule(title: InventedTitle, view: AniListView) -> Json:
    def nodes() -> list[Json]:
        total = title.episodes or aired_count(title, view.now) + 6
        known = range(1, total + 1) if airing_of(title, 1) else ()
        return [_airing(title, number, view.now) for number in known]

    def following(_: Any) -> Json | None:
        coming = (node for node in nodes() if node["timeUntilAiring"] > 0)
        return next(coming, None) if title.type in ("TV", "ONA") else None

    def schedule(_: Any, *, notYetAired: bool | None = None, page: int = 1, perPage: int = 25) -> Json:
        shown = [node for node in nodes() if notYetAired in (None, node["timeUntilAiring"] > 0)]
        return connection(
            shown, page, perPage, edge=lambda node: {"id": node["id"], "node": node}, most=_MOST_AIRINGS
        )

    return {"nextAiringEpisode": following, "airingSchedule": schedule}


def _airing(title: InventedTitle, number: int, now: datetime) -> Json:
    airs = airing_of(title, number) or now
    return {
        "id": title.ids.anilist * 1000 % 2_000_000 + number, "airingAt": int(airs.timestamp()),
        "timeUntilAiring": int((airs - now).total_seconds()), "episode": number, "mediaId": title.ids.anilist,
    }  # fmt: skip


def _standing(title: InventedTitle) -> Json:
    mean = round(title.score * 10) if title.score is not None else None
    users = title.members * 2 // 5  # AniList counts about two fifths of MAL's members
    return {
        "averageScore": mean and mean - 1, "meanScore": mean, "popularity": users,
        "favourites": title.favourites // 3,
        "stats": lambda _: _stats(title, users), "rankings": lambda _: _rankings(title),
        "mediaListEntry": None,
    }  # fmt: skip


def _stats(title: InventedTitle, users: int) -> Json:
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


def _rankings(title: InventedTitle) -> list[Json]:
    places = [("RATED", title.rank, "highest rated"), ("POPULAR", title.popularity or None, "most popular")]
    return [
        {
            "id": title.ids.anilist % 90_000 + by, "rank": place, "type": kind, "format": _format(title),
            "year": None, "season": None, "allTime": True, "context": f"{words} all time",
        }
        for by, (kind, place, words) in enumerate(places)
        if place is not None
    ]  # fmt: skip


def _tags(title: InventedTitle) -> list[Json]:
    return [
        {
            "id": person_id(name) % 1500, "name": name,
            "description": f"Prominently features {name.lower()}.",
            "category": "Theme", "rank": 95 - 7 * place, "userId": None,
            "isGeneralSpoiler": False, "isMediaSpoiler": name in title.spoiler_tags,
            "isAdult": False,
        }
        for place, name in enumerate([*title.tags, *title.spoiler_tags])
    ]  # fmt: skip


def _studios(title: InventedTitle, *, isMain: bool | None = None, **_: Any) -> Json:
    named = [(name, True) for name in title.studios] + [(name, False) for name in title.producers]
    shown = [_studio_edge(name, main) for name, main in named if isMain in (None, main)]
    nodes = [edge["node"] for edge in shown]
    return {"edges": shown, "nodes": nodes, "pageInfo": page_info(len(shown), 1, 25)}


def _studio_edge(name: str, main: bool) -> Json:
    number = person_id(name) % 7000
    node = {"id": number, "name": name, "isAnimationStudio": main, "siteUrl": f"{SITE}/studio/{number}"}
    return {"id": person_id(name) + 1, "isMain": main, "node": node}


def _relations(title: InventedTitle, view: AniListView) -> Json:
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


def _opinions(title: InventedTitle, view: AniListView) -> Json:
    """`recommendations` and `reviews`: what users wrote."""

    def recommendations(_: Any, *, page: int = 1, perPage: int = 25, **__: Any) -> Json:
        known = [view.others[key] for key in title.recommendations if key in view.others]
        rows = [_recommendation(title, place, other, view) for place, other in enumerate(known)]
        return connection(rows, page, perPage, edge=lambda row: {"node": row})

    def reviews(_: Any, *, page: int = 1, perPage: int = 25, **__: Any) -> Json:
        rows = [_review(title, place) for place in range(title.members // _READERS_A_REVIEW)]
        return connection(rows, page, perPage, edge=lambda row: {"node": row})

    return {"recommendations": recommendations, "reviews": reviews}


def _recommendation(title: InventedTitle, place: int, other: InventedTitle, view: AniListView) -> Json:
    return {
        "id": title.ids.anilist % 30_000 + place, "rating": 40 - 9 * place, "userRating": "NO_RATING",
        "mediaRecommendation": lambda _: media(other, view), "user": None,
    }  # fmt: skip


def _review(title: InventedTitle, place: int) -> Json:
    rated = 40 + (title.ids.anilist + 7 * place) % 60
    return {
        "id": title.ids.anilist % 30_000 * 200 + place, "summary": f"Review {place + 1} of {title.romaji}",
        "rating": rated, "ratingAmount": rated + place, "user": None,
    }  # fmt: skip


def _external_links(title: InventedTitle) -> list[Json]:
    named = [(link, "INFO") for link in title.external] + [(link, "STREAMING") for link in title.streaming]
    return [
        {
            "id": person_id(link.url), "url": link.url, "site": link.name, "siteId": None, "type": kind,
            "language": None, "color": None, "icon": None, "notes": None, "isDisabled": False,
        }
        for link, kind in named
    ]  # fmt: skip


def _streaming_episodes(title: InventedTitle, view: AniListView) -> list[Json]:
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
