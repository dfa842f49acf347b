# SPDX-License-Identifier: Apache-2.0
"""Answers in the shapes of Jikan v4, built from titles; compared with recorded answers of 2022. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from otakube_standins.upstream.catalogue import JST, InventedTitle
from otakube_standins.upstream.episodes import InventedEpisode, airing_of, episodes_of, last_day
from otakube_standins.upstream.names import person_id, slug

Json = dict[str, Any]
SITE = "https://myanimelist.net"
_STATUS = {"Finished": "Finished Airing", "Ongoing": "Currently Airing", "Upcoming": "Not yet aired"}
_QUARTERS = ("winter", "spring", "summer", "fall")


def url(title: InventedTitle) -> str:
    """The title's page on MyAnimeList."""
    return f"{SITE}/anime/{title.ids.myanimelist}/{slug(title.romaji, '_')}"


def images(path: str, base: str) -> Json:
    """Six URLs of one picture: two formats in three sizes."""
    return {
        kind: {
            "image_url": f"{base}{path}.{kind}",
            "small_image_url": f"{base}{path}t.{kind}",
            "large_image_url": f"{base}{path}l.{kind}",
        }
        for kind in ("jpg", "webp")
    }


def poster(title: InventedTitle, base: str) -> Json:
    """The title's pictures; a title's file may name another URL."""
    shape = images(poster_path(title), base)
    if "://" in title.images.get("poster", ""):
        shape["jpg"]["large_image_url"] = title.images["poster"]
    return shape


def poster_path(title: InventedTitle) -> str:
    return f"/images/jikan/anime/{title.ids.myanimelist % 2000}/{title.ids.myanimelist}"


def visual_path(title: InventedTitle) -> str:
    """The picture beside the poster."""
    return f"{poster_path(title)}b"


def character_id(title: InventedTitle, index: int) -> int:
    return title.ids.myanimelist * 100 + index


def character_path(title: InventedTitle, index: int) -> str:
    return f"/images/jikan/characters/{index + 1}/{character_id(title, index)}"


def person_path(name: str) -> str:
    return f"/images/jikan/voiceactors/{person_id(name) % 80}/{person_id(name)}"


def anime(title: InventedTitle, base: str) -> Json:
    """`data` of /anime/{id}, and one row of a search."""
    return {
        "mal_id": title.ids.myanimelist, "url": url(title), "images": poster(title, base),
        "trailer": _no_trailer(),
        "approved": True, **_titles(title), "type": title.type, "source": title.source,
        "episodes": title.episodes,
        "status": _STATUS.get(title.status or ""), "airing": title.status == "Ongoing",
        "aired": _aired(title),
        "duration": _duration(title), "rating": title.rating, **_standing(title), "synopsis": title.synopsis,
        "background": None, **_season(title), "broadcast": _broadcast(title),
        "producers": _tags(title.producers, "producer"), "licensors": _tags(title.licensors, "producer"),
        "studios": _tags(title.studios, "producer"), "genres": _tags(title.genres, "genre"),
        "explicit_genres": [],
        "themes": _tags(title.themes, "genre"), "demographics": _tags(title.demographics, "genre"),
    }  # fmt: skip


def _titles(title: InventedTitle) -> Json:
    named = [("Default", title.romaji), *(("Synonym", name) for name in title.synonyms)]
    named += [
        (kind, name) for kind, name in (("Japanese", title.japanese), ("English", title.english)) if name
    ]
    return {
        "titles": [{"type": kind, "title": name} for kind, name in named], "title": title.romaji,
        "title_english": title.english, "title_japanese": title.japanese, "title_synonyms": title.synonyms,
    }  # fmt: skip


def _no_trailer() -> Json:
    sizes = ("image_url", "small_image_url", "medium_image_url", "large_image_url", "maximum_image_url")
    return {"youtube_id": None, "url": None, "embed_url": None, "images": dict.fromkeys(sizes)}


def _standing(title: InventedTitle) -> Json:
    return {
        "score": title.score, "scored_by": title.scored_by, "rank": title.rank,
        "popularity": title.popularity,
        "members": title.members, "favorites": title.favourites,
    }  # fmt: skip


def days(title: InventedTitle) -> tuple[date | None, date | None]:
    """First and last day on the common calendar of Japan: a 25:30 slot counts for the next day, as on MAL."""
    start, end = airing_of(title, 1), last_day(title)
    if end is not None and title.broadcast is not None:
        end = (datetime.combine(end, datetime.min.time()) + title.broadcast.delay()).date()
    return (start.date() if start else None), end


def _aired(title: InventedTitle) -> Json:
    start, end = (_first_of(day, title.precision) for day in days(title))
    first, last = (_format_day(day, title.precision) for day in (start, end))
    spoken = f"{first} to {last}" if end or title.episodes != 1 else first
    return {
        "from": _midnight(start), "to": _midnight(end), "prop": {"from": _parts(start), "to": _parts(end)},
        "string": spoken if start else "Not available",
    }  # fmt: skip


def _midnight(day: date | None) -> str | None:
    return f"{day.isoformat()}T00:00:00+00:00" if day else None


def _parts(day: date | None) -> Json:
    return {"day": day and day.day, "month": day and day.month, "year": day and day.year}


def _first_of(day: date | None, precision: str) -> date | None:
    """Of a half-known day the midnight is that of the first one."""
    if day is None or precision == "Day":
        return day
    return day.replace(day=1) if precision == "Month" else day.replace(month=1, day=1)


def _format_day(day: date | None, precision: str) -> str:
    if day is None:
        return "?"
    words = {"Year": str(day.year), "Month": f"{day:%b}, {day.year}"}
    return words.get(precision, f"{day:%b} {day.day}, {day.year}")


def _duration(title: InventedTitle) -> str:
    if title.minutes is None:
        return "Unknown"
    hours, minutes = divmod(title.minutes, 60)
    spoken = f"{hours} hr {minutes} min" if hours else f"{minutes} min"
    return spoken if title.episodes == 1 else f"{spoken} per ep"


def _season(title: InventedTitle) -> Json:
    start, _ = days(title)
    if title.type != "TV" or start is None:
        return {"season": None, "year": None}
    return {"season": _QUARTERS[(start.month - 1) // 3], "year": start.year}


def _broadcast(title: InventedTitle) -> Json:
    start = airing_of(title, 1)
    if title.broadcast is None or start is None:
        return dict.fromkeys(("day", "time", "timezone", "string"))
    day, time = f"{start:%A}s", f"{start:%H:%M}"
    return {"day": day, "time": time, "timezone": "Asia/Tokyo", "string": f"{day} at {time} (JST)"}


def _tags(names: list[str], folder: str) -> list[Json]:
    return [
        {
            "mal_id": number,
            "type": "anime",
            "name": name,
            "url": f"{SITE}/anime/{folder}/{number}/{slug(name, '_')}",
        }
        for name in names
        for number in [person_id(name) % 2500 + 1]
    ]


def episode_row(title: InventedTitle, one: InventedEpisode) -> Json:
    """One row of /anime/{id}/episodes."""
    aired = one.airs.date() if one.airs else None
    return _episode(title, one) | {
        "aired": _midnight(aired), "score": round(3.9 + one.number * 37 % 100 / 100, 2), "filler": one.filler,
        "recap": one.recap, "forum_url": f"{SITE}/forum/?topicid={title.ids.myanimelist * 20 + one.number}",
    }  # fmt: skip


def episode_detail(title: InventedTitle, one: InventedEpisode) -> Json:
    """`data` of /anime/{id}/episodes/{number}."""
    aired = f"{one.airs.date().isoformat()}T00:00:00+09:00" if one.airs else None
    return _episode(title, one) | {
        "duration": one.minutes and one.minutes * 60, "aired": aired, "filler": one.filler,
        "recap": one.recap,
        "synopsis": one.synopsis,
    }  # fmt: skip


def _episode(title: InventedTitle, one: InventedEpisode) -> Json:
    return {
        "mal_id": one.number, "url": f"{url(title)}/episode/{one.number}", "title": one.english,
        "title_japanese": one.japanese, "title_romanji": f"{one.romaji} ",
         # the trailing blank is Jikan's own
    }  # fmt: skip


def episode_rows(title: InventedTitle, now: datetime) -> list[Json]:
    """All rows of /anime/{id}/episodes, over all pages."""
    return [episode_row(title, one) for one in episodes_of(title, now.astimezone(JST))]


def page(rows: Sequence[Any], number: int, size: int) -> Json:
    """One page of rows with Jikan's pagination."""
    last = max(1, -(-len(rows) // size))
    shown = rows[(number - 1) * size : number * size]
    return {"pagination": {"last_visible_page": last, "has_next_page": number < last}, "data": shown}


def list_page(rows: Sequence[InventedTitle], number: int, size: int, base: str) -> Json:
    """One page of a list of anime, whose pagination says more; only what it shows is shaped."""
    answer = page(rows, number, size)
    answer["data"] = [anime(title, base) for title in answer["data"]]
    items = {"count": len(answer["data"]), "total": len(rows), "per_page": size}
    answer["pagination"] |= {"current_page": number, "items": items}
    return answer


def error(status: int, now: datetime) -> Json:
    """Jikan's body for a status."""
    kinds = {
        404: ("HttpException", "Not Found", None),
        400: (
            "ValidationException",
            "Invalid or incomplete request. Make sure your request is correct.",
            None,
        ),
        403: ("ForbiddenException", "This client may not use the API.", None),
        429: (
            "RateLimitException",
            "You are being rate-limited. Please follow Rate Limiting guidelines.",
            None,
        ),
        504: ("BadResponseException", "Jikan failed to connect to MyAnimeList.net", None),
    }
    kind, message, detail = kinds.get(
        status, ("UpstreamException", "MyAnimeList may be down or refuses to answer.", "x")
    )
    return {
        "status": status,
        "type": kind,
        "message": message,
        "error": detail and f"{now.astimezone(UTC):%F %T}",
    }
