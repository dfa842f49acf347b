# SPDX-License-Identifier: Apache-2.0
"""MyAnimeList's words in ours. Pure: one function a field; an unknown word is an error that names it.

The words are chosen to be those of Jikan, which speaks of the same pages: either may stand in for the other.
"""

import re
from functools import partial

from otakube.adapters.http.parsing import converts, read, refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.rows import converted
from otakube.adapters.http.written_days import day_written
from otakube.adapters.providers.myanimelist.answers import MyAnimeListAnime, MyAnimeListRecommended, Related
from otakube.adapters.providers.myanimelist.vocabulary import (
    GENRES,
    PLACEHOLDERS,
    QUARTERS,
    RATINGS,
    RELATIONS,
    SOURCES,
    STATUSES,
    TYPES,
    WEEKDAYS,
)
from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.record.claims import (
    Character,
    ClaimedRecommendation,
    ClaimedRelation,
    Episode,
    ImageLink,
    Metadata,
    Relationships,
    Staff,
    marks,
)
from otakube.domain.record.dates import KnownDay
from otakube.domain.record.golden import Broadcast, ImageKind, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.domain.record.text import plain
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MOST_IMAGES = 10  # of the dozens that popular anime have: all of them would be mirrored
_SITE = "https://myanimelist.net"


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    return describe(_anime(raw))


@converts
def describe(said: MyAnimeListAnime) -> Metadata:
    """The anime itself, from a whole answer or a row of a list."""
    main, about = title(said), PLACEHOLDERS.prose(said.synopsis)
    start, end = day("start_date", said.start_date), day("end_date", said.end_date)
    named = PLACEHOLDERS.names(one.name for one in said.genres)
    return Metadata(
        source_url=Page(Provider.MYANIMELIST, str(said.id)).url,
        title=main,
        title_english=PLACEHOLDERS.name(said.alternative_titles.en, main),
        title_japanese=PLACEHOLDERS.name(said.alternative_titles.ja, main),
        synonyms=PLACEHOLDERS.names(said.alternative_titles.synonyms, main),
        type=word("media_type", said.media_type, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said),
        episode_count=said.num_episodes or None,
        duration_seconds=said.average_episode_duration or None,
        aired_from=start.day,
        aired_to=end.day,
        broadcast=broadcast(said),
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        genres=[name for name in named if name in GENRES],
        tags=[name for name in named if name not in GENRES],
        studios=PLACEHOLDERS.names(one.name for one in said.studios),
        age_rating=word("rating", said.rating, RATINGS),
        source_material=word("source", said.source, SOURCES),
        images=images(said),
        exactness=marks(aired_from=start.exactness, aired_to=end.exactness),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """None: the API knows no more than their number. An answer that is no anime is refused."""
    _anime(raw)
    return []


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related works, and what else people like; the API tells no links."""
    said = _anime(raw)
    return Relationships(
        relations=[
            *converted(said.related_anime, partial(related, "anime")),
            *converted(said.related_manga, partial(related, "manga")),
        ],
        recommendations=converted(said.recommendations, recommended),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """MyAnimeList's counts; its score is out of ten, and absent while too few have voted."""
    said = _anime(raw)
    counted = said.num_list_users if said.num_list_users is not None else said.statistics.num_list_users
    return Statistics(
        provider=Provider.MYANIMELIST,
        score=said.mean or None,
        scored_by=said.num_scoring_users,
        rank=said.rank or None,
        popularity=said.popularity or None,
        members=counted,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """None: the API has no characters."""
    _anime(raw)
    return []


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """None: the API has no staff."""
    _anime(raw)
    return []


def title(said: MyAnimeListAnime) -> str:
    """The main title; one without a visible character is refused."""
    return plain(said.title) or refuse("title", said.title, "a title")


def season(said: MyAnimeListAnime) -> Season | None:
    """Year and quarter of the first broadcast."""
    known = said.start_season
    if known is None or known.year is None or known.season is None:
        return None
    quarter = word("start_season.season", known.season, QUARTERS)
    return Season(year=known.year, quarter=quarter) if quarter else None


def day(field: str, said: str | None) -> KnownDay:
    """A day in Japan; of "2017" and "2017-10" no more is known than they say."""
    return day_written(field, said)


def broadcast(said: MyAnimeListAnime) -> Broadcast | None:
    """The weekly slot in Japan; the broadcaster's clock (25:30) becomes the common one."""
    if said.broadcast is None:
        return None
    weekday = word("broadcast.day_of_the_week", said.broadcast.day_of_the_week, WEEKDAYS)
    time = said.broadcast.start_time
    if weekday is None or time is None or is_placeholder(time or "?"):
        return None
    try:
        return broadcast_slot(weekday, time)
    except ValueError:
        refuse("broadcast.start_time", time, "HH:MM between 00:00 and 29:59")


def images(said: MyAnimeListAnime) -> list[ImageLink]:
    """The poster and the pictures beside it, each once and as large as it is offered."""
    urls = (PLACEHOLDERS.picture(one.large or one.medium) for one in [said.main_picture, *said.pictures])
    known = dict.fromkeys(url for url in urls if url)
    return [ImageLink(kind=ImageKind.POSTER, url=url) for url in list(known)[:_MOST_IMAGES]]


def related(kind: str, row: Related) -> ClaimedRelation | None:
    """A related anime or manga; None if it has no visible title."""
    name = plain(row.node.title)
    relation = word(f"related_{kind}.relation_type", row.relation_type, RELATIONS)
    return (
        ClaimedRelation(kind=relation, title=name, source_urls=[f"{_SITE}/{kind}/{row.node.id}"])
        if name
        else None
    )


def recommended(row: MyAnimeListRecommended) -> ClaimedRecommendation | None:
    """An anime that people who like this one like; `votes` of them. None if it has no visible title."""
    name, page = plain(row.node.title), f"{_SITE}/anime/{row.node.id}"
    return (
        ClaimedRecommendation(title=name, source_urls=[page], votes=row.num_recommendations) if name else None
    )


def _anime(raw: RawRecord) -> MyAnimeListAnime:
    return read(MyAnimeListAnime, raw.answers["anime"].body)
