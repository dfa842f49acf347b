# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of Kitsu's JSON:API, built from titles. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from otakube_services.upstream.catalogue import Character, Title
from otakube_services.upstream.episodes import Episode, airing_of, episodes_of, last_day
from otakube_services.upstream.kitsu.resources import Resource
from otakube_services.upstream.names import person_id, slug, spread

Json = dict[str, Any]
_STATUS = {"Finished": "finished", "Ongoing": "current", "Upcoming": "upcoming"}
_SUBTYPE = {"TV": "TV", "Movie": "movie", "OVA": "OVA", "ONA": "ONA", "Special": "special", "Music": "music"}
_RELATIONS = {
    "Sequel": "sequel", "Prequel": "prequel", "Side story": "side_story", "Parent story": "parent_story",
    "Alternative version": "alternative_version", "Alternative setting": "alternative_setting",
    "Summary": "summary", "Full story": "full_story", "Spin-off": "spinoff", "Adaptation": "adaptation",
    "Character": "character",
}  # fmt: skip
_POSTER_SIZES = {"tiny": (110, 156), "large": (550, 780), "small": (284, 402), "medium": (390, 554)}
_COVER_SIZES = {"tiny": (840, 200), "large": (3360, 800), "small": (1680, 400)}
_CREATED, _UPDATED = "2026-01-05T09:12:44.301Z", "2026-11-01T12:00:07.837Z"


@dataclass(frozen=True, slots=True)
class View:
    """What a shape needs besides its title."""

    others: dict[str, Title]
    base: str
    now: datetime


def anime(title: Title, view: View) -> Resource:
    """A resource of type anime."""
    return Resource(
        "anime", str(title.ids.kitsu), _attributes(title, view),
        many={
            "genres": lambda: [_named("genres", "name", name) for name in title.genres],
            "categories": lambda: [_named("categories", "title", name) for name in (*title.genres, *title.tags)],
            "castings": lambda: castings(title, view), "installments": list,
            "mappings": lambda: mappings(title, view), "reviews": list,
            "mediaRelationships": lambda: media_relationships(title, view),
            "characters": lambda: anime_characters(title, view), "staff": lambda: anime_staff(title, view),
            "productions": lambda: productions(title, view), "quotes": list,
            "episodes": lambda: episodes(title, view), "streamingLinks": lambda: streaming_links(title, view),
            "animeProductions": lambda: productions(title, view),
            "animeCharacters": lambda: anime_characters(title, view),
            "animeStaff": lambda: anime_staff(title, view),
        },
    )  # fmt: skip


def _attributes(title: Title, view: View) -> Json:
    start, end = airing_of(title, 1), last_day(title)
    return {
        "createdAt": _CREATED, "updatedAt": _UPDATED, "slug": slug(title.romaji).lower(),
        "synopsis": title.synopsis, "description": title.synopsis, "coverImageTopOffset": 0,
        "titles": _titles(title), "canonicalTitle": title.romaji, "abbreviatedTitles": title.synonyms,
        **_standing(title), "startDate": _utc_day(start), "endDate": end and end.isoformat(),
        "nextRelease": _next_release(title, view.now), "ageRating": _age_rating(title.rating),
        "ageRatingGuide": title.rating.partition(" - ")[2] or None, "subtype": _SUBTYPE[title.type],
        "status": _STATUS[title.status], "tba": None, "posterImage": poster(title, view.base),
        "coverImage": _cover(title, view.base), "episodeCount": title.episodes, "episodeLength": title.minutes,
        "totalLength": title.minutes and title.episodes and title.minutes * title.episodes, "youtubeVideoId": None,
        "showType": _SUBTYPE[title.type], "nsfw": False,
    }  # fmt: skip


def _titles(title: Title) -> Json:
    named = {"en": title.english, "en_jp": title.romaji, "ja_jp": title.japanese}
    return {language: name for language, name in named.items() if name is not None}


def _standing(title: Title) -> Json:
    users = title.members // 6  # Kitsu counts about a sixth of MAL's members
    votes = spread((title.scored_by or 0) // 6, (title.score or 5.5) * 2 - 1, 19)
    return {
        "averageRating": f"{title.score * 10:.2f}" if title.score is not None else None,
        "ratingFrequencies": {str(step): str(count) for step, count in enumerate(votes, 2)},
        "userCount": users, "favoritesCount": title.favourites // 8, "popularityRank": title.popularity,
        "ratingRank": title.rank,
    }  # fmt: skip


def _utc_day(when: datetime | None) -> str | None:
    return when.astimezone(UTC).date().isoformat() if when else None


def _next_release(title: Title, now: datetime) -> str | None:
    if title.status != "Ongoing":
        return None
    coming = (airing_of(title, number) for number in range(1, (title.episodes or 2000) + 1))
    following = next((airs for airs in coming if airs is not None and airs > now), None)
    return following and following.isoformat(timespec="milliseconds")


def _age_rating(rating: str) -> str:
    return {"PG-13": "PG", "R": "R", "R+": "R", "Rx": "R18"}.get(rating.partition(" - ")[0], rating.partition(" - ")[0])


def poster_path(title: Title, size: str) -> str:
    return f"/images/kitsu/anime/poster_images/{title.ids.kitsu}/{size}.jpg"


def cover_path(title: Title, size: str) -> str:
    return f"/images/kitsu/anime/cover_images/{title.ids.kitsu}/{size}.jpg"


def character_path(title: Title, index: int) -> str:
    return f"/images/kitsu/characters/images/{character_id(title, index)}/original.jpg"


def thumbnail_path(title: Title, number: int) -> str:
    return f"/images/kitsu/episodes/thumbnails/{episode_id(title, number)}/original.jpg"


def episode_id(title: Title, number: int) -> int:
    return title.ids.kitsu * 1000 + number


def character_id(title: Title, index: int) -> int:
    return title.ids.kitsu * 10 + index


def poster(title: Title, base: str) -> Json:
    """`posterImage`; a title's file may name another URL for the original."""
    named = title.images.get("poster", "")
    urls = {size: f"{base}{poster_path(title, size)}" for size in (*_POSTER_SIZES, "original")}
    return urls | ({"original": named} if "://" in named else {}) | {"meta": {"dimensions": _dimensions(_POSTER_SIZES)}}


def _cover(title: Title, base: str) -> Json | None:
    if title.score is None:
        return None
    urls = {size: f"{base}{cover_path(title, size)}" for size in (*_COVER_SIZES, "original")}
    return urls | {"meta": {"dimensions": _dimensions(_COVER_SIZES)}}


def _dimensions(sizes: dict[str, tuple[int, int]]) -> Json:
    return {size: {"width": width, "height": height} for size, (width, height) in sizes.items()}


def _named(kind: str, attribute: str, name: str) -> Resource:
    return Resource(kind, str(person_id(name) % 500), {attribute: name})


def episodes(title: Title, view: View) -> list[Resource]:
    """Resources of type episodes, all of them."""
    return [_episode(title, one, view) for one in episodes_of(title, view.now)]


def _episode(title: Title, one: Episode, view: View) -> Resource:
    attributes = {
        "createdAt": _CREATED, "updatedAt": _UPDATED, "synopsis": one.synopsis, "description": one.synopsis,
        "titles": {"en_jp": one.romaji, "en_us": one.english, "ja_jp": one.japanese}, "canonicalTitle": one.english,
        "seasonNumber": 1, "number": one.number, "relativeNumber": one.number, "airdate": _utc_day(one.airs),
        "length": one.minutes,
        "thumbnail": {"original": f"{view.base}{thumbnail_path(title, one.number)}", "meta": {"dimensions": {}}},
    }  # fmt: skip
    number = str(episode_id(title, one.number))
    return Resource("episodes", number, attributes, {"media": lambda: anime(title, view)}, {"videos": list})


def character(title: Title, index: int, view: View) -> Resource:
    """A resource of type characters."""
    one = title.characters[index]
    named = one.image if ":" in (one.image or "") else None
    attributes = {
        "createdAt": _CREATED, "updatedAt": _UPDATED, "slug": slug(one.name).lower(),
        "names": {"en": one.name} | ({"ja_jp": one.native} if one.native else {}), "canonicalName": one.name,
        "otherNames": [], "name": one.name, "malId": title.ids.mal * 10 + index, "description": one.about or "",
        "image": {"original": named or f"{view.base}{character_path(title, index)}", "meta": {"dimensions": {}}},
    }  # fmt: skip
    return Resource("characters", str(character_id(title, index)), attributes)


def anime_characters(title: Title, view: View) -> list[Resource]:
    """Resources of type animeCharacters: who plays which role in the title."""
    return [
        Resource(
            "animeCharacters", str(title.ids.kitsu * 100 + index),
            {"createdAt": _CREATED, "updatedAt": _UPDATED, "role": one.role.lower()},
            {"anime": lambda: anime(title, view), "character": lambda index=index: character(title, index, view)},
            {"castings": lambda one=one, index=index: _castings(title, index, one, view)},
        )
        for index, one in enumerate(title.characters)
    ]  # fmt: skip


def castings(title: Title, view: View) -> list[Resource]:
    """Resources of type castings: one for each voice of each character."""
    return [each for index, one in enumerate(title.characters) for each in _castings(title, index, one, view)]


def _castings(title: Title, index: int, one: Character, view: View) -> list[Resource]:
    return [
        Resource(
            "castings", str(title.ids.kitsu * 1000 + index * 10 + place),
            {
                "createdAt": _CREATED, "updatedAt": _UPDATED, "role": "Voice Actor", "voiceActor": True,
                "featured": one.role == "Main", "language": voice.language,
            },
            {
                "media": lambda: anime(title, view), "character": lambda: character(title, index, view),
                "person": lambda voice=voice: _person(voice.name),
            },
        )
        for place, voice in enumerate(one.voices)
    ]  # fmt: skip


def _person(name: str) -> Resource:
    attributes = {
        "createdAt": _CREATED, "updatedAt": _UPDATED, "image": None, "name": name, "malId": person_id(name),
        "description": "",
    }  # fmt: skip
    return Resource("people", str(person_id(name) // 2), attributes)


def anime_staff(title: Title, view: View) -> list[Resource]:
    """Resources of type animeStaff."""
    return [
        Resource(
            "animeStaff", str(title.ids.kitsu * 100 + place),
            {"createdAt": _CREATED, "updatedAt": _UPDATED, "role": ", ".join(one.positions)},
            {"anime": lambda: anime(title, view), "person": lambda one=one: _person(one.name)},
        )
        for place, one in enumerate(title.staff)
    ]  # fmt: skip


def mappings(title: Title, view: View) -> list[Resource]:
    """Resources of type mappings: the title's ids elsewhere."""
    sites = {"myanimelist/anime": title.ids.mal, "anilist/anime": title.ids.anilist}
    return [
        Resource(
            "mappings", str(title.ids.kitsu * 10 + place),
            {"createdAt": _CREATED, "updatedAt": _UPDATED, "externalSite": site, "externalId": str(number)},
            {"item": lambda: anime(title, view)},
        )
        for place, (site, number) in enumerate(sites.items())
    ]  # fmt: skip


def productions(title: Title, view: View) -> list[Resource]:
    """Resources of type animeProductions: studios, producers, licensors."""
    named = [*(("studio", name) for name in title.studios), *(("producer", name) for name in title.producers)]
    named += [("licensor", name) for name in title.licensors]
    return [
        Resource(
            "animeProductions", str(title.ids.kitsu * 10 + place), {"createdAt": None, "updatedAt": None, "role": role},
            {"anime": lambda: anime(title, view), "producer": lambda name=name: _named("producers", "name", name)},
        )
        for place, (role, name) in enumerate(named)
    ]  # fmt: skip


def media_relationships(title: Title, view: View) -> list[Resource]:
    """Resources of type mediaRelationships between titles that Kitsu has."""
    return [
        Resource(
            "mediaRelationships", str(title.ids.kitsu * 10 + place),
            {"createdAt": _CREATED, "updatedAt": _UPDATED, "role": _RELATIONS.get(relation.kind, "other")},
            {
                "source": lambda: anime(title, view),
                "destination": lambda key=relation.to: anime(view.others[key], view),
            },
        )
        for place, relation in enumerate(title.relations)
        if relation.to in view.others
    ]  # fmt: skip


def streaming_links(title: Title, view: View) -> list[Resource]:
    """Resources of type streamingLinks."""
    return [
        Resource(
            "streamingLinks", str(title.ids.kitsu * 10 + place),
            {"createdAt": _CREATED, "updatedAt": _UPDATED, "url": link.url, "subs": ["en"], "dubs": ["ja"]},
            {"media": lambda: anime(title, view)},
        )
        for place, link in enumerate(title.streaming)
    ]  # fmt: skip


def error(status: int, detail: str) -> Json:
    """Kitsu's body for a status."""
    titles = {404: "Record not found", 400: "Bad Request", 429: "Too Many Requests", 503: "Service Unavailable"}
    title = titles.get(status, "Internal Server Error")
    return {"errors": [{"title": title, "detail": detail or title, "code": str(status), "status": str(status)}]}

