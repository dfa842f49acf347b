# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of AniList's GraphQL schema, built from titles. Pure.

A value that takes arguments is a function of them: graphql-core calls it with what the query asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from otakube_services.upstream.catalogue import Character, Title
from otakube_services.upstream.episodes import airing_of, aired_count, episodes_of, last_day
from otakube_services.upstream.names import apportion, person_id, spread

Json = dict[str, Any]
_SITE = "https://anilist.co"
_STATUS = {"Finished": "FINISHED", "Ongoing": "RELEASING", "Upcoming": "NOT_YET_RELEASED"}
_QUARTERS = ("WINTER", "SPRING", "SUMMER", "FALL")
_RELATIONS = {
    "Sequel": "SEQUEL", "Prequel": "PREQUEL", "Side story": "SIDE_STORY", "Parent story": "PARENT",
    "Alternative version": "ALTERNATIVE", "Alternative setting": "ALTERNATIVE", "Summary": "SUMMARY",
    "Full story": "PARENT", "Spin-off": "SPIN_OFF", "Adaptation": "ADAPTATION", "Character": "CHARACTER",
}  # fmt: skip
_TV_SHORT_MINUTES = 15  # AniList calls television below it TV_SHORT


@dataclass(frozen=True, slots=True)
class View:
    """What a shape needs besides its title."""

    others: dict[str, Title]
    base: str
    now: datetime


def media(title: Title, view: View) -> Json:
    """A Media of type ANIME."""
    return {
        **_core(title, view.base), "isLicensed": True, "isLocked": False, "isAdult": False, "isFavourite": False,
        "isRecommendationBlocked": False, "countryOfOrigin": "JP", "hashtag": None, "trailer": None, "chapters": None,
        "volumes": None, "trending": 0, "updatedAt": int(view.now.timestamp()) // 86_400 * 86_400,
        **_schedule(title, view), **_people(title, view), **_standing(title),
        "genres": title.genres, "synonyms": title.synonyms, "tags": _tags(title), "studios": _studios(title),
        "relations": lambda _: _relations(title, view), "recommendations": lambda _, **__: _recommendations(title, view),
        "externalLinks": _external_links(title), "streamingEpisodes": _streaming_episodes(title, view),
    }  # fmt: skip


def _core(title: Title, base: str) -> Json:
    start, end = airing_of(title, 1), last_day(title)
    return {
        "id": title.ids.anilist, "idMal": title.ids.mal, "siteUrl": f"{_SITE}/anime/{title.ids.anilist}",
        "type": "ANIME", "format": _format(title), "status": _STATUS[title.status], "description": _description(title),
        "title": {
            "romaji": title.romaji, "english": title.english, "native": title.japanese, "userPreferred": title.romaji,
        },
        "startDate": fuzzy(start.date() if start else None), "endDate": fuzzy(end),
        "season": _QUARTERS[(start.month - 1) // 3] if start else None, "seasonYear": start and start.year,
        "seasonInt": start and (start.year % 100) * 10 + (start.month - 1) // 3 + 1,
        "episodes": title.episodes, "duration": title.minutes, "source": title.source.upper().replace(" ", "_"),
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


def character_id(title: Title, index: int) -> int:
    return title.ids.anilist * 10 + index


def character_path(title: Title, index: int, size: str) -> str:
    return f"/images/anilist/character/{size}/b{character_id(title, index)}.jpg"


def staff_path(name: str, size: str) -> str:
    return f"/images/anilist/staff/{size}/n{100_000 + person_id(name)}.jpg"


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
    nodes = [_airing(title, number, view.now) for number in range(1, total + 1)] if airing_of(title, 1) else []
    coming = [node for node in nodes if node["timeUntilAiring"] > 0] if title.type in ("TV", "ONA") else []

    def airing_schedule(_: Any, *, notYetAired: bool | None = None, page: int = 1, perPage: int = 25) -> Json:  # noqa: N803 - AniList's names
        shown = [node for node in nodes if notYetAired is None or (node["timeUntilAiring"] > 0) == notYetAired]
        return connection(shown, page, perPage, edge=lambda node: {"id": node["id"], "node": node})

    return {"nextAiringEpisode": coming[0] if coming else None, "airingSchedule": airing_schedule}


def _airing(title: Title, number: int, now: datetime) -> Json:
    airs = airing_of(title, number) or now
    return {
        "id": title.ids.anilist * 1000 % 2_000_000 + number, "airingAt": int(airs.timestamp()),
        "timeUntilAiring": int((airs - now).total_seconds()), "episode": number, "mediaId": title.ids.anilist,
    }  # fmt: skip


def connection(rows: list[Json], page: int, per_page: int, *, edge: Callable[[Json], Json]) -> Json:
    """Nodes and edges of one page, at most 25 as AniList gives inside a Media."""
    size = max(1, min(per_page, 25))
    shown = rows[(page - 1) * size : page * size]
    return {"nodes": shown, "edges": [edge(row) for row in shown], "pageInfo": page_info(len(rows), page, size)}


def page_info(total: int, page: int, size: int) -> Json:
    """A PageInfo."""
    last = max(1, -(-total // size))
    return {"total": total, "perPage": size, "currentPage": page, "lastPage": last, "hasNextPage": page < last}


def _people(title: Title, view: View) -> Json:
    edges = [_character_edge(title, index, view.base) for index in range(len(title.characters))]
    staff = [
        {"id": place, "role": ", ".join(one.positions), "node": _staff(one.name, "Japanese", view.base)}
        for place, one in enumerate(title.staff)
    ]

    def characters(_: Any, *, page: int = 1, perPage: int = 25, role: str | None = None, **__: Any) -> Json:  # noqa: N803 - AniList's names
        shown = [edge for edge in edges if role is None or edge["role"] == role]
        answer = connection(shown, page, perPage, edge=lambda edge: edge)
        return answer | {"nodes": [edge["node"] for edge in answer["edges"]]}

    def staffs(_: Any, *, page: int = 1, perPage: int = 25, **__: Any) -> Json:  # noqa: N803 - AniList's names
        answer = connection(staff, page, perPage, edge=lambda edge: edge)
        return answer | {"nodes": [edge["node"] for edge in answer["edges"]]}

    return {"characters": characters, "staff": staffs, "reviews": _no_reviews}


def _no_reviews(_: Any, **__: Any) -> Json:
    return {"nodes": [], "edges": [], "pageInfo": page_info(0, 1, 25)}


def _character_edge(title: Title, index: int, base: str) -> Json:
    one = title.characters[index]
    actors = [_staff(voice.name, voice.language, base) for voice in one.voices]

    def spoken(language: str | None) -> list[Json]:
        return [actor for actor in actors if language in (None, actor["language"])]

    return {
        "id": character_id(title, index) + 5_000_000, "role": one.role.upper(), "name": None,
        "node": _character(title, index, one, base),
        "voiceActors": lambda _, language=None, **__: spoken(language),
        "voiceActorRoles": lambda _, language=None, **__: [
            {"voiceActor": actor, "roleNotes": None, "dubGroup": None} for actor in spoken(language)
        ],
    }  # fmt: skip


def _character(title: Title, index: int, one: Character, base: str) -> Json:
    number = character_id(title, index)
    named = one.image if ":" in (one.image or "") else None
    return {
        "id": number, "name": _name(one.name, one.native), "description": one.about, "gender": None, "age": None,
        "siteUrl": f"{_SITE}/character/{number}", "favourites": title.favourites // (9 + index),
        "image": {
            "large": named or f"{base}{character_path(title, index, 'large')}",
            "medium": f"{base}{character_path(title, index, 'medium')}",
        },
    }  # fmt: skip


def _name(name: str, native: str | None) -> Json:
    given, _, family = name.rpartition(" ")
    return {
        "first": given or name, "middle": None, "last": family if given else None, "full": name, "native": native,
        "alternative": [], "userPreferred": name,
    }  # fmt: skip


def _staff(name: str, language: str, base: str) -> Json:
    number = 100_000 + person_id(name)
    return {
        "id": number, "name": _name(name, None), "language": language.upper(), "languageV2": language,
        "siteUrl": f"{_SITE}/staff/{number}",
        "image": {"large": f"{base}{staff_path(name, 'large')}", "medium": f"{base}{staff_path(name, 'medium')}"},
    }  # fmt: skip


def _standing(title: Title) -> Json:
    mean = round(title.score * 10) if title.score is not None else None
    users = title.members * 2 // 5  # AniList counts about two fifths of MAL's members
    return {
        "averageScore": mean and mean - 1, "meanScore": mean, "popularity": users, "favourites": title.favourites // 3,
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
        "scoreDistribution": [{"score": step * 10, "amount": amount} for step, amount in votes if title.scored_by],
    }  # fmt: skip


def _rankings(title: Title) -> list[Json]:
    if title.rank is None:
        return []
    return [
        {
            "id": title.ids.anilist % 90_000, "rank": title.rank, "type": "RATED", "format": _format(title), "year": None,
            "season": None, "allTime": True, "context": "highest rated all time",
        }
    ]  # fmt: skip


def _tags(title: Title) -> list[Json]:
    return [
        {
            "id": person_id(name) % 1500, "name": name, "description": f"Prominently features {name.lower()}.",
            "category": "Theme", "rank": 95 - 7 * place, "isGeneralSpoiler": False, "isMediaSpoiler": False,
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
                "siteUrl": f"{_SITE}/studio/{person_id(name) % 7000}",
            },
        }
        for name, main in named
    ]  # fmt: skip

    def studios(_: Any, *, isMain: bool | None = None, **__: Any) -> Json:  # noqa: N803 - AniList's names
        shown = [edge for edge in edges if isMain in (None, edge["isMain"])]
        return {"edges": shown, "nodes": [edge["node"] for edge in shown], "pageInfo": page_info(len(shown), 1, 25)}

    return studios


def _relations(title: Title, view: View) -> Json:
    edges = []
    for place, relation in enumerate(title.relations):
        other = view.others.get(relation.to)
        if relation.manga or other is not None:
            node = media(other, view) if other else _manga(relation.to, view.base)
            kind = _RELATIONS.get(relation.kind, "OTHER")
            edges.append({"id": title.ids.anilist % 40_000 + place, "relationType": kind, "node": node})
    return {"edges": edges, "nodes": [edge["node"] for edge in edges], "pageInfo": page_info(len(edges), 1, 25)}


def _manga(name: str, base: str) -> Json:
    return {
        "id": 30_000 + person_id(name), "idMal": 100_000 + person_id(name), "type": "MANGA", "format": "MANGA",
        "status": "RELEASING", "title": {"romaji": name, "english": None, "native": None, "userPreferred": name},
        "bannerImage": None, "coverImage": {"large": f"{base}/images/anilist/media/manga/cover/medium/default.jpg"},
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
            "language": None, "color": None, "icon": None, "isDisabled": False,
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
