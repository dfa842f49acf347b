# SPDX-License-Identifier: Apache-2.0
"""AnimeSchedule's words in ours. Pure: one function a field; an unknown word is an error that names it."""

from calendar import month_abbr
from datetime import datetime
from urllib.parse import urlsplit

from otakube.adapters.http.parsing import converts, read, refuse, word
from otakube.adapters.http.placeholders import Placeholders
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.animeschedule import links, timetable
from otakube.adapters.providers.animeschedule.answers import AnimeScheduleAnime, SeasonSaid, TimetableAnswer
from otakube.adapters.providers.animeschedule.times import (
    day_in_japan,
    instant,
    weekly_slot,
    without_its_day,
)
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff, marks
from otakube.domain.record.dates import KnownDay, known_day
from otakube.domain.record.golden import (
    AnimeStatus,
    Exactness,
    ImageKind,
    Quarter,
    Season,
    SourceMaterial,
    Statistics,
)
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider

API_HOST = "animeschedule.net"
_PICTURES = "https://img.animeschedule.net/production/assets/public/img/"
PLACEHOLDERS = Placeholders(pictures=("no-image", "default."))
"""What AnimeSchedule shows where it knows nothing."""
_MONTH_LETTERS = 3  # that tell a month: "October", "Oct", "oct."
_MONTHS = {name.casefold(): number for number, name in enumerate(month_abbr) if name}
_LAST_YEAR = 2200
_MOST_SLOTS = 100  # in a week, each with up to a hundred episodes
_BASE_TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "TV Short": AnimeType.TV,
    "Movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "ONA": AnimeType.ONA,
    "Special": AnimeType.SPECIAL,
    "Music": AnimeType.MUSIC,
    "Unknown": AnimeType.UNKNOWN,
}
_TYPES: dict[str | None, AnimeType] = {
    **_BASE_TYPES,
    **{f"{name} (Chinese)": kind for name, kind in _BASE_TYPES.items()},
    None: AnimeType.UNKNOWN,
}
_STATUSES: dict[str | None, AnimeStatus] = {
    "Finished": AnimeStatus.FINISHED,
    "Ongoing": AnimeStatus.ONGOING,
    "Delayed": AnimeStatus.ONGOING,  # a week is skipped; the series goes on
    "Upcoming": AnimeStatus.UPCOMING,
    "Unknown": AnimeStatus.UNKNOWN,
    None: AnimeStatus.UNKNOWN,
}
_QUARTERS: dict[str | None, Quarter | None] = {**{quarter.value: quarter for quarter in Quarter}, None: None}
_SOURCES: dict[str | None, SourceMaterial | None] = {
    "Original": SourceMaterial.ORIGINAL,
    "Manga": SourceMaterial.MANGA,
    "4-koma Manga": SourceMaterial.MANGA,
    "Web Manga": SourceMaterial.MANGA,
    "Digital Manga": SourceMaterial.MANGA,
    "Doujinshi": SourceMaterial.OTHER,  # published by its authors, as a manga, a novel or a game
    "Light Novel": SourceMaterial.LIGHT_NOVEL,
    "Web Novel": SourceMaterial.WEB_NOVEL,
    "Novel": SourceMaterial.NOVEL,
    "Visual Novel": SourceMaterial.VISUAL_NOVEL,
    "Video Game": SourceMaterial.GAME,
    "Game": SourceMaterial.GAME,
    "Card Game": SourceMaterial.CARD_GAME,
    "Music": SourceMaterial.MUSIC,
    "Picture Book": SourceMaterial.PICTURE_BOOK,
    "Book": SourceMaterial.BOOK,
    "Radio": SourceMaterial.RADIO,
    "Mixed Media": SourceMaterial.MIXED_MEDIA,
    "Other": SourceMaterial.OTHER,
    "Unknown": None,
    None: None,
}


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    found = describe(_anime(raw), raw.fetched_at)
    return found.model_copy(update={"images": images(_anime(raw), raw)})


@converts
def describe(said: AnimeScheduleAnime, asked_at: datetime) -> Metadata:
    """The anime itself, from its own answer or a row of a search, as of a time; without its poster."""
    names, main, about = said.names, title(said), PLACEHOLDERS.prose(said.description)
    started = premiere(said)
    return Metadata(
        source_url=Page(Provider.ANIMESCHEDULE, said.route).url,
        same_as=links.same_as(said),
        title=main,
        title_english=PLACEHOLDERS.name(names.english, main) if names else None,
        title_japanese=PLACEHOLDERS.name(names.native, main) if names else None,
        synonyms=synonyms(said),
        type=kind(said),
        status=status(said, asked_at),
        season=season(said.season),
        episode_count=said.episodes or None,
        duration_seconds=said.lengthMin * 60 if said.lengthMin else None,
        aired_from=started.day,
        broadcast=weekly_slot("jpnTime", said.jpnTime),
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        genres=PLACEHOLDERS.names(one.name for one in said.genres or []),
        studios=PLACEHOLDERS.names(one.name for one in said.studios or []),
        source_material=source_material(said),
        exactness=marks(
            aired_from=started.exactness, duration_seconds=Exactness.ROUNDED if said.lengthMin else None
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """The first episode by the premiere, and what this week's timetable says of later ones."""
    said = _anime(raw)
    rows = [
        row
        for body in raw.bodies("timetable")
        for row in read(TimetableAnswer, {"rows": body}).rows
        if row.route == said.route
    ]
    if len(rows) > _MOST_SLOTS:
        refuse("timetable", f"{len(rows)} slots of one anime", f"at most {_MOST_SLOTS}")
    return timetable.episodes(said, rows)


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related anime (AnimeSchedule gives slugs, no titles), the official site, and where it is streamed."""
    said = _anime(raw)
    related = [(kind, slug) for kind, slugs in (said.relations or {}).items() for slug in slugs]
    return Relationships(
        relations=converted(related, lambda pair: links.relation(*pair)),
        external_links=links.official(said),
        streaming=links.streaming(said),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """Scores of AnimeSchedule's users; its score is out of a hundred."""
    said = _anime(raw).stats
    if said is None:
        return Statistics(provider=Provider.ANIMESCHEDULE)
    return Statistics(
        provider=Provider.ANIMESCHEDULE,
        score=round(said.averageScore / 10, 2) if said.averageScore else None,
        scored_by=said.ratingCount,
        popularity=said.trackedRating or None,
        members=said.trackedCount,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """AnimeSchedule has none."""
    _anime(raw)
    return []


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """AnimeSchedule has none."""
    _anime(raw)
    return []


def title(said: AnimeScheduleAnime) -> str:
    """The main title, mostly romaji."""
    return plain(said.title) or refuse("title", said.title, "a title")


def synonyms(said: AnimeScheduleAnime) -> list[str]:
    """Other names, the short one last."""
    if said.names is None:
        return []
    every = PLACEHOLDERS.names([said.names.romaji, *(said.names.synonyms or []), said.names.abbreviation])
    return [name for name in every if name != title(said)][:200]


def premiere(said: AnimeScheduleAnime) -> KnownDay:
    """The first day; where it is not known, the month or the year that the site's lists sort it into."""
    impossible = without_its_day("premier", said.premier)
    if impossible is not None and impossible.day is not None:
        return impossible
    found = day_in_japan("premier", said.premier)
    if found is not None or not said.year or said.year > _LAST_YEAR:
        return KnownDay(found)
    return known_day(said.year, _MONTHS.get((said.month or "").strip().casefold()[:_MONTH_LETTERS]))


def kind(said: AnimeScheduleAnime) -> AnimeType:
    """The first of its media types."""
    return word("mediaTypes", said.mediaTypes[0].name, _TYPES) if said.mediaTypes else AnimeType.UNKNOWN


def status(said: AnimeScheduleAnime, asked_at: datetime) -> AnimeStatus:
    """Its status; one whose premiere was put off has not begun."""
    premiere = instant("premier", said.premier)
    if said.status == "Delayed" and premiere is not None and premiere > asked_at:
        return AnimeStatus.UPCOMING
    return word("status", said.status, _STATUSES)


def season(said: SeasonSaid | None) -> Season | None:
    """Year and quarter, if both are known."""
    if said is None or not said.year or not said.season:
        return None
    year = str(said.year)
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        refuse("season.year", said.year, "a year")
    quarter = word("season.season", said.season, _QUARTERS)
    return Season(year=int(year), quarter=quarter) if quarter else None


def source_material(said: AnimeScheduleAnime) -> SourceMaterial | None:
    """The first of its sources."""
    return word("sources", said.sources[0].name, _SOURCES) if said.sources else None


def images(said: AnimeScheduleAnime, raw: RawRecord) -> list[ImageLink]:
    """The poster, at AnimeSchedule's own host, or below /images/ of whoever answers in its place."""
    route = plain(said.imageVersionRoute)
    asked = urlsplit(raw.answers["anime"].url)
    own = asked.hostname in (None, API_HOST)
    base = _PICTURES if own else f"{asked.scheme}://{asked.netloc}/images/"
    url = PLACEHOLDERS.picture(base + route) if route and ".." not in route else None
    return [ImageLink(kind=ImageKind.POSTER, url=url)] if url else []


def is_airing(said: AnimeScheduleAnime) -> bool:
    """True if a timetable may list it."""
    return said.status in ("Ongoing", "Delayed")


def _anime(raw: RawRecord) -> AnimeScheduleAnime:
    return read(AnimeScheduleAnime, raw.answers["anime"].body)
