# SPDX-License-Identifier: Apache-2.0
"""The parts of a title that Jikan serves on pages of their own: people, numbers, relations, links. Pure."""

from typing import Any

from otakube_standins.upstream.catalogue import InventedTitle, TitleCharacter, TitleLink
from otakube_standins.upstream.jikan import shapes
from otakube_standins.upstream.names import apportion, family_first, person_id, slug, spread

Json = dict[str, Any]
REVIEWS_A_PAGE = 20


def full(title: InventedTitle, others: dict[str, InventedTitle], base: str) -> Json:
    """`data` of /anime/{id}/full."""
    return shapes.anime(title, base) | {
        "relations": relations(title, others),
        "theme": {"openings": [f'"{title.romaji}" by The Invented'], "endings": []},
        "external": links(title.external),
        "streaming": links(title.streaming),
    }


def characters(title: InventedTitle, base: str) -> list[Json]:
    """`data` of /anime/{id}/characters."""
    return [_character(title, index, one, base) for index, one in enumerate(title.characters)]


def _character(title: InventedTitle, index: int, one: TitleCharacter, base: str) -> Json:
    number = shapes.character_id(title, index)
    return {
        "character": {
            "mal_id": number, "url": f"{shapes.SITE}/character/{number}/{slug(one.name, '_')}",
            "images": character_images(title, index, base), "name": family_first(one.name),
        },
        "role": one.role, "favorites": title.favourites // (2 + index * index),
        "voice_actors": [{"person": person(voice.name, base),
        "language": voice.language} for voice in one.voices],
    }  # fmt: skip


def character_images(title: InventedTitle, index: int, base: str) -> Json:
    path = f"{base}{shapes.character_path(title, index)}"
    named = title.characters[index].image or ""
    return {
        "jpg": {"image_url": named if ":" in named else f"{path}.jpg"},
        "webp": {"image_url": f"{path}.webp", "small_image_url": f"{path}t.webp"},
    }


def character_full(title: InventedTitle, index: int, base: str) -> Json:
    """`data` of /characters/{id}."""
    one = title.characters[index]
    whole: Json = _character(title, index, one, base)["character"]
    return whole | {
        "name": one.name, "name_kanji": one.native, "nicknames": [], "about": one.about,
        "favorites": title.favourites // (2 + index * index),
    }  # fmt: skip


def person(name: str, base: str) -> Json:
    number = person_id(name)
    return {
        "mal_id": number, "url": f"{shapes.SITE}/people/{number}/{slug(name, '_')}",
        "images": {"jpg": {"image_url": f"{base}{shapes.person_path(name)}.jpg"}}, "name": family_first(name),
    }  # fmt: skip


def staff(title: InventedTitle, base: str) -> list[Json]:
    """`data` of /anime/{id}/staff."""
    return [{"person": person(one.name, base), "positions": one.positions} for one in title.staff]


def statistics(title: InventedTitle) -> Json:
    """`data` of /anime/{id}/statistics."""
    states = ("watching", "completed", "on_hold", "dropped", "plan_to_watch")
    weights = (60, 5, 5, 5, 25) if title.status == "Ongoing" else (8, 62, 4, 4, 22)
    if title.status == "Upcoming":
        weights = (0, 0, 0, 0, 100)
    votes = title.scored_by or 0
    shares = enumerate(spread(votes, title.score or 5.5, 10), 1)
    return dict(zip(states, apportion(title.members, weights), strict=True)) | {
        "total": title.members,
        "scores": [
            {"score": score, "votes": count, "percentage": round(100 * count / votes, 1)}
            for score, count in shares
            if votes
        ],
    }


def relations(title: InventedTitle, others: dict[str, InventedTitle]) -> list[Json]:
    """`data` of /anime/{id}/relations, one object for each kind."""
    grouped: dict[str, list[Json]] = {}
    for relation in title.relations:
        if relation.manga:
            grouped.setdefault(relation.kind, []).append(_manga(relation.to))
        elif (other := others.get(relation.to)) is not None:
            entry = {
                "mal_id": other.ids.myanimelist,
                "type": "anime",
                "name": other.romaji,
                "url": shapes.url(other),
            }
            grouped.setdefault(relation.kind, []).append(entry)
    return [{"relation": kind, "entry": entries} for kind, entries in grouped.items()]


def _manga(name: str) -> Json:
    number = 100_000 + person_id(name)
    return {
        "mal_id": number,
        "type": "manga",
        "name": name,
        "url": f"{shapes.SITE}/manga/{number}/{slug(name, '_')}",
    }


def recommendations(title: InventedTitle, others: dict[str, InventedTitle], base: str) -> list[Json]:
    """`data` of /anime/{id}/recommendations."""
    named = [others[key] for key in title.recommendations if key in others]
    return [
        {
            "entry": {
                "mal_id": other.ids.myanimelist, "url": shapes.url(other), "title": other.romaji,
                "images": shapes.images(shapes.poster_path(other), base),
            },
            "url": f"{shapes.SITE}/recommendations/anime/{title.ids.myanimelist}-{other.ids.myanimelist}",
            "votes": 9 - place,
        }
        for place, other in enumerate(named)
    ]  # fmt: skip


def pictures(title: InventedTitle, base: str) -> list[Json]:
    """`data` of /anime/{id}/pictures: the poster, and one picture beside it."""
    return [shapes.poster(title, base), shapes.images(shapes.visual_path(title), base)]


def review_page(title: InventedTitle, number: int) -> Json:
    """The answer of /anime/{id}/reviews: like Jikan's, its pagination does not tell how many there are."""
    count = min(title.members // 10_000, 45)
    shown = range((number - 1) * REVIEWS_A_PAGE, min(number * REVIEWS_A_PAGE, count))
    more = number * REVIEWS_A_PAGE < count
    return {
        "pagination": {"last_visible_page": 1, "has_next_page": more},
        "data": [_review(title, place) for place in shown],
    }


def _review(title: InventedTitle, place: int) -> Json:
    number, user = title.ids.myanimelist * 100 + place, f"viewer{place}"
    return {
        "mal_id": number, "url": f"{shapes.SITE}/reviews.php?id={number}", "type": "anime",
        "reactions": {"overall": 9 * place, "nice": 5 * place, "love_it": 4 * place},
        "date": f"2026-01-{1 + place % 28:02}T00:00:00+00:00", "score": 5 + place % 6,
        "review": f"{title.romaji} is worth an evening.", "tags": ["Recommended"], "is_spoiler": False,
        "is_preliminary": title.status == "Ongoing", "episodes_watched": None,
        "user": {"username": user, "url": f"{shapes.SITE}/profile/{user}"},
    }  # fmt: skip


def links(named: list[TitleLink]) -> list[Json]:
    """`data` of /external and /streaming."""
    return [{"name": link.name, "url": link.url} for link in named]
