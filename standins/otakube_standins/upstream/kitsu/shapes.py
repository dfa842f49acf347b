# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of Kitsu's JSON:API, built from titles. Pure."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle
from otakube_standins.upstream.episodes import InventedEpisode, airing_of, episodes_of, last_day
from otakube_standins.upstream.kitsu import people
from otakube_standins.upstream.kitsu.index import mapped, slug_of
from otakube_standins.upstream.kitsu.resources import ResourceObject
from otakube_standins.upstream.kitsu.view import TIMES, KitsuView
from otakube_standins.upstream.names import person_id, spread

Json = dict[str, Any]
_STATUS = {"Finished": "finished", "Ongoing": "current", "Upcoming": "upcoming"}
_SUBTYPE = {"TV": "TV", "Movie": "movie", "OVA": "OVA", "ONA": "ONA", "Special": "special", "Music": "music"}
_RELATIONS = {
    "Sequel": "sequel", "Prequel": "prequel", "Side story": "side_story", "Parent story": "parent_story",
    "Alternative version": "alternative_version", "Alternative setting": "alternative_setting",
    "Summary": "summary", "Full story": "full_story", "Spin-off": "spinoff", "Adaptation": "adaptation",
    "Character": "character",
}  # fmt: skip
_READERS_A_REVIEW = 12_000
_POSTER_SIZES = {"tiny": (110, 156), "large": (550, 780), "small": (284, 402), "medium": (390, 554)}
_COVER_SIZES = {"tiny": (840, 200), "large": (3360, 800), "small": (1680, 400)}


def anime(title: InventedTitle, view: KitsuView) -> ResourceObject:
    """A resource of type anime."""
    return ResourceObject(
        "anime", str(title.ids.kitsu), _attributes(title, view),
        many={
            "genres": lambda: [_named("genres", "name", name) for name in title.genres],
            "categories": lambda: [_named("categories", "title", name) for name in (*title.genres,
            *title.tags)],
            "castings": lambda: people.castings(title, view), "installments": list,
            "mappings": lambda: mappings(title, view), "reviews": lambda: reviews(title, view),
            "mediaRelationships": lambda: media_relationships(title, view),
            "characters": lambda: people.media_characters(title, view),
            "staff": lambda: people.media_staff(title, view),
            "productions": lambda: productions(title, view), "quotes": list,
            "episodes": lambda: episodes(title, view), "streamingLinks": lambda: streaming_links(title, view),
            "animeProductions": lambda: productions(title, view),
            "animeCharacters": lambda: people.anime_characters(title, view),
            "animeStaff": lambda: people.anime_staff(title, view),
        },
    )  # fmt: skip


def _attributes(title: InventedTitle, view: KitsuView) -> Json:
    start, end = airing_of(title, 1), last_day(title)
    return {
        **TIMES, "slug": slug_of(title),
        "synopsis": title.synopsis, "description": title.synopsis, "coverImageTopOffset": 0,
        "titles": _titles(title), "canonicalTitle": title.romaji, "abbreviatedTitles": title.synonyms,
        **_standing(title), "startDate": _utc_day(start), "endDate": end and end.isoformat(),
        "nextRelease": _next_release(title, view.now), "ageRating": _age_rating(title.rating),
        "ageRatingGuide": title.rating.partition(" - ")[2] or None, "subtype": _SUBTYPE[title.type],
        "status": _STATUS.get(title.status or ""), "tba": None, "posterImage": poster(title, view.base),
        "coverImage": _cover(title, view.base), "episodeCount": title.episodes,
        "episodeLength": title.minutes,
        "totalLength": title.minutes and title.episodes and title.minutes * title.episodes,
        "youtubeVideoId": None,
        "showType": _SUBTYPE[title.type], "nsfw": False,
    }  # fmt: skip


def _titles(title: InventedTitle) -> Json:
    named = {"en": title.english, "en_jp": title.romaji, "ja_jp": title.japanese}
    return {language: name for language, name in named.items() if name is not None}


def _standing(title: InventedTitle) -> Json:
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


def _next_release(title: InventedTitle, now: datetime) -> str | None:
    if title.status != "Ongoing":
        return None
    coming = (airing_of(title, number) for number in range(1, (title.episodes or 2000) + 1))
    following = next((airs for airs in coming if airs is not None and airs > now), None)
    return following.isoformat(timespec="milliseconds") if following else None


def _age_rating(rating: str) -> str:
    code = rating.partition(" - ")[0]
    return {"PG-13": "PG", "R+": "R", "Rx": "R18"}.get(code, code)


def poster_path(title: InventedTitle, size: str) -> str:
    return f"/images/kitsu/anime/poster_images/{title.ids.kitsu}/{size}.jpg"


def cover_path(title: InventedTitle, size: str) -> str:
    return f"/images/kitsu/anime/cover_images/{title.ids.kitsu}/{size}.jpg"


def thumbnail_path(title: InventedTitle, number: int) -> str:
    return f"/images/kitsu/episodes/thumbnails/{episode_id(title, number)}/original.jpg"


def episode_id(title: InventedTitle, number: int) -> int:
    return title.ids.kitsu * 1000 + number


def poster(title: InventedTitle, base: str) -> Json:
    """`posterImage`; a title's file may name another URL for the original."""
    named = title.images.get("poster", "")
    urls = {size: f"{base}{poster_path(title, size)}" for size in (*_POSTER_SIZES, "original")}
    original = {"original": named} if "://" in named else {}
    return urls | original | {"meta": {"dimensions": _dimensions(_POSTER_SIZES)}}


def _cover(title: InventedTitle, base: str) -> Json | None:
    if title.score is None:
        return None
    urls = {size: f"{base}{cover_path(title, size)}" for size in (*_COVER_SIZES, "original")}
    return urls | {"meta": {"dimensions": _dimensions(_COVER_SIZES)}}


def _dimensions(sizes: dict[str, tuple[int, int]]) -> Json:
    return {size: {"width": width, "height": height} for size, (width, height) in sizes.items()}


def _named(kind: str, attribute: str, name: str) -> ResourceObject:
    return ResourceObject(kind, str(person_id(name) % 500), {attribute: name})


def episodes(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type episodes, all of them."""
    return [_episode(title, one, view) for one in episodes_of(title, view.now)]


def _episode(title: InventedTitle, one: InventedEpisode, view: KitsuView) -> ResourceObject:
    attributes = {
        **TIMES, "synopsis": one.synopsis, "description": one.synopsis,
        "titles": {"en_jp": one.romaji, "en_us": one.english, "ja_jp": one.japanese},
        "canonicalTitle": one.english,
        "seasonNumber": 1, "number": one.number, "relativeNumber": one.number, "airdate": _utc_day(one.airs),
        "length": one.minutes,
        "thumbnail": {"original": f"{view.base}{thumbnail_path(title, one.number)}",
        "meta": {"dimensions": {}}},
    }  # fmt: skip
    number = str(episode_id(title, one.number))
    return ResourceObject(
        "episodes", number, attributes, {"media": lambda: anime(title, view)}, {"videos": list}
    )


def mappings(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type mappings: the title's ids elsewhere."""
    return [
        ResourceObject(
            "mappings", str(title.ids.kitsu * 10 + place),
            {**TIMES, "externalSite": site, "externalId": number},
            {"item": lambda: anime(title, view)},
        )
        for place, (site, number) in enumerate(mapped(title))
    ]  # fmt: skip


def mapped_to(mapping: ResourceObject) -> tuple[str, str]:
    """(externalSite, externalId) of a mapping."""
    return mapping.attributes["externalSite"], mapping.attributes["externalId"]


def productions(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type animeProductions: studios, producers, licensors."""
    named = [*(("studio", name) for name in title.studios), *(("producer", name) for name in title.producers)]
    named += [("licensor", name) for name in title.licensors]
    return [
        ResourceObject(
            "animeProductions", str(title.ids.kitsu * 10 + place),
            {"createdAt": None, "updatedAt": None, "role": role},
            {"anime": lambda: anime(title, view), "producer": partial(_named, "producers", "name", name)},
        )
        for place, (role, name) in enumerate(named)
    ]  # fmt: skip


def media_relationships(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type mediaRelationships between titles that Kitsu has."""
    return [
        ResourceObject(
            "mediaRelationships", str(title.ids.kitsu * 10 + place),
            {**TIMES, "role": _RELATIONS.get(relation.kind, "other")},
            {
                "source": lambda: anime(title, view),
                "destination": partial(anime, view.others[relation.to], view),
            },
        )
        for place, relation in enumerate(title.relations)
        if relation.to in view.others
    ]  # fmt: skip


def streaming_links(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type streamingLinks."""
    return [
        ResourceObject(
            "streamingLinks", str(title.ids.kitsu * 10 + place),
            {**TIMES, "url": link.url, "subs": ["en"], "dubs": ["ja"]},
            {"media": lambda: anime(title, view), "streamer": partial(_streamer, link.name)},
        )
        for place, link in enumerate(title.streaming)
    ]  # fmt: skip


def _streamer(name: str) -> ResourceObject:
    attributes = {**TIMES, "siteName": name, "streamingLinksCount": 0, "logo": None}
    return ResourceObject("streamers", str(person_id(name) % 100), attributes)


def reviews(title: InventedTitle, view: KitsuView) -> list[ResourceObject]:
    """Resources of type reviews: one user in so many writes one."""
    return [
        ResourceObject(
            "reviews", str(title.ids.kitsu * 1000 + place),
            {**TIMES, "content": f"Review {place + 1} of {title.romaji}.", "likesCount": place, "rating": 14,
            "source": "hummingbird", "spoiler": False},
            {"media": lambda: anime(title, view)},
        )
        for place in range(title.members // _READERS_A_REVIEW)
    ]  # fmt: skip


def error(status: int, detail: str) -> Json:
    """Kitsu's body for a status."""
    titles = {404: "Record not found", 400: "Bad Request", 429: "Too Many Requests", 503: "Unavailable"}
    title = titles.get(status, "Internal Server Error")
    code = str(status)
    return {"errors": [{"title": title, "detail": detail or title, "code": code, "status": code}]}
