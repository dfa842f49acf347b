# SPDX-License-Identifier: Apache-2.0
"""AniList's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar

from otakube.adapters.http.parsing import converts, read, refuse, word
from otakube.adapters.http.rows import converted
from otakube.adapters.http.written_days import WrittenDay, existing
from otakube.adapters.providers.anilist import people, relations
from otakube.adapters.providers.anilist.answers import (
    Airing,
    Connections,
    FurtherAnswer,
    FuzzyDate,
    Media,
    MediaAnswer,
    StreamingEpisode,
    Tag,
)
from otakube.adapters.providers.anilist.numbering import pages_ahead
from otakube.adapters.providers.anilist.queries import PARTS
from otakube.adapters.providers.anilist.vocabulary import (
    PLACEHOLDERS,
    QUARTERS,
    RANKED_BY,
    SOURCES,
    STATUSES,
    TYPES,
)
from otakube.domain.record.claims import Character, Episode, ImageLink, Metadata, Relationships, Staff, marks
from otakube.domain.record.dates import KnownDay, known_day
from otakube.domain.record.golden import Exactness, ImageKind, Season, Statistics
from otakube.domain.record.pages import Page
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

Value = TypeVar("Value")

_STREAMED = re.compile(
    r"(?:S(?:eason ?)?\d{1,2}[ :-]{0,3})?(?:Episode|Ep\.?|E|Folge|#) ?(\d{1,4})(?![\d.]|[-–—~+&/,]\d)"
    r"(?: *[-–—:|] *(.*)| \(.*\))?",
    re.DOTALL | re.IGNORECASE,
)


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    return describe(_media(raw))


@converts
def describe(said: Media) -> Metadata:
    """The anime itself, from a full answer or a row of a list."""
    main, about = relations.title("title", said.title), PLACEHOLDERS.prose(said.description)
    start, end = day("startDate", said.startDate), day("endDate", said.endDate)
    return Metadata(
        source_url=Page(Provider.ANILIST, str(said.id)).url,
        same_as=[Page(Provider.JIKAN, str(said.idMal)).url] if said.idMal else [],
        title=main,
        title_english=PLACEHOLDERS.name(said.title.english, main),
        title_japanese=PLACEHOLDERS.name(said.title.native, main),
        synonyms=PLACEHOLDERS.names(said.synonyms or [], main),
        type=word("format", said.format, TYPES),
        status=word("status", said.status, STATUSES),
        season=season(said),
        episode_count=said.episodes or None,
        duration_seconds=said.duration * 60 if said.duration else None,
        aired_from=start.day,
        aired_to=end.day,
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        genres=PLACEHOLDERS.names(said.genres or []),
        tags=PLACEHOLDERS.names(tag.name for tag in present(said.tags) if not tells(tag)),
        spoiler_tags=PLACEHOLDERS.names(tag.name for tag in present(said.tags) if tells(tag)),
        studios=studios(said),
        age_rating="R18+" if said.isAdult else None,
        source_material=word("source", said.source, SOURCES),
        images=images(said),
        exactness=marks(
            aired_from=start.exactness,
            aired_to=end.exactness,
            duration_seconds=Exactness.ROUNDED if said.duration else None,
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """Episodes by their number: names from streaming pages, times from all pages of the schedule."""
    said = _media(raw)
    streamed, ahead = streamed_pages(said)
    airs = airings(said, pages(raw))
    return [
        Episode(
            number=number,
            absolute_number=number + ahead if ahead and number in streamed else None,
            title=streamed_title(streamed[number].title) if number in streamed else None,
            aired=airs.get(number),
            image_url=PLACEHOLDERS.picture(streamed[number].thumbnail) if number in streamed else None,
        )
        for number in sorted(streamed.keys() | airs.keys())
    ]


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related and recommended works, and links to other sites."""
    said = _media(raw)
    links = present(said.externalLinks)
    recommended = [one for page in pages(raw) for one in present(page.recommendations.nodes)]
    edges = present(said.relations.edges)
    return Relationships(
        relations=converted(edges, relations.relation),
        recommendations=converted(recommended, relations.recommendation),
        external_links=relations.external(links),
        streaming=relations.streaming(links),
    )


@converts
def statistics(raw: RawRecord) -> Statistics:
    """AniList's counts; its scores are out of a hundred."""
    said = _media(raw)
    score = said.averageScore or said.meanScore
    return Statistics(
        provider=Provider.ANILIST,
        score=score / 10 if score else None,
        scored_by=scored_by(said),
        rank=rank(said, "score"),
        popularity=rank(said, "members"),
        members=said.popularity,
        favourites=said.favourites,
        reviews=reviews(pages(raw)),
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """All pages of its characters; a role that nobody plays any more says nothing."""
    edges = [edge for page in pages(raw) for edge in present(page.characters.edges)]
    return converted(edges, people.character)


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """All pages of its staff, each person once."""
    edges = [edge for page in pages(raw) for edge in present(page.staff.edges)]
    return people.members((edge, edge.node) for edge in edges if edge.node)


def tells(tag: Tag) -> bool:
    """True of a tag that says what happens: in this anime, or wherever it stands."""
    return bool(tag.isMediaSpoiler or tag.isGeneralSpoiler)


def season(said: Media) -> Season | None:
    """Year and quarter, if both are known."""
    if said.season is None or said.seasonYear is None:
        return None
    quarter = word("season", said.season, QUARTERS)
    return Season(year=said.seasonYear, quarter=quarter) if quarter else None


def day(field: str, said: FuzzyDate | None) -> KnownDay:
    """A day, of which AniList may know no more than year and month."""
    if said is None:
        return KnownDay()
    return known_day(*existing(field, WrittenDay(said.year, said.month, said.day)))


def studios(said: Media) -> list[str]:
    """The studios that made it; producers are not."""
    return PLACEHOLDERS.names(
        edge.node.name for edge in present(said.studios.edges) if edge.isMain and edge.node
    )


def images(said: Media) -> list[ImageLink]:
    """Poster, as large as it is offered, and banner."""
    cover = said.coverImage.extraLarge or said.coverImage.large
    links = [(ImageKind.POSTER, cover), (ImageKind.BANNER, said.bannerImage)]
    return [
        ImageLink(kind=kind, url=url) for kind, said_url in links if (url := PLACEHOLDERS.picture(said_url))
    ]


def streamed_pages(said: Media) -> tuple[dict[int, StreamingEpisode], int]:
    """Streaming pages by the season's numbers, and by how much the site's own numbers are ahead of those.

    Of pages that cannot be this season's alone none names one of its episodes: they keep their numbers, if
    those lie behind its last one, and the merge of all providers decides.
    """
    numbered = [(streamed_number(one.title), one) for one in present(said.streamingEpisodes)]
    # The first of two pages: a dub comes behind.
    streamed = {number: one for number, one in reversed(numbered) if number is not None}
    next_one = said.nextAiringEpisode
    aired = next_one.episode - 1 if next_one else None
    ahead = pages_ahead(streamed, said.episodes, aired)
    if ahead is None:
        last = said.episodes or aired or 0
        return {number: one for number, one in streamed.items() if number > last}, 0
    return {number - ahead: one for number, one in streamed.items()}, ahead


def streamed_number(said: str | None) -> int | None:
    """The number in a streaming page's name: "Episode 7 - The Green Seat"; None for trailers and specials."""
    match = _STREAMED.fullmatch(said or "")
    return int(match[1]) if match else None


def streamed_title(said: str | None) -> str | None:
    """The name after the number."""
    match = _STREAMED.fullmatch(said or "")
    return PLACEHOLDERS.name(match[2]) if match else None


def airings(said: Media, schedule: Iterable[Connections]) -> dict[int, datetime]:
    """Airing times by episode; the announced next one is exact even where the schedule lacks it."""
    known = [one for page in schedule for one in present(page.airingSchedule.nodes)]
    rows = [*known, *present([said.nextAiringEpisode])]
    return dict(converted(rows, lambda one: (one.episode, moment(one))))


def moment(said: Airing) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    try:
        return datetime.fromtimestamp(said.airingAt, UTC)
    except (OverflowError, ValueError, OSError):
        refuse("airingSchedule.nodes.airingAt", said.airingAt, "seconds since 1970")


def scored_by(said: Media) -> int | None:
    """Users who scored it: the distribution's columns added up; None where AniList shows no distribution."""
    columns = present(said.stats.scoreDistribution)
    return sum(one.amount or 0 for one in columns) if columns else None


def rank(said: Media, by: str) -> int | None:
    """The place among all anime of all time; AniList's other rankings are of a year or a season."""
    places = converted(
        present(said.rankings),
        lambda one: (word("rankings.type", one.type, RANKED_BY), one.allTime, one.rank),
    )
    return min((place for ranked, all_time, place in places if ranked == by and all_time), default=None)


def reviews(said: Iterable[Connections]) -> int | None:
    """Reviews counted one by one; None if none were asked for, or if their last page is missing.

    AniList's own `total` is 500 wherever there is more than one page, so it counts nothing.
    """
    known = [page.reviews for page in said if page.reviews.nodes is not None]
    if not known or known[-1].unfinished:
        return None
    return sum(len(present(page.nodes)) for page in known)


def pages(raw: RawRecord) -> list[Connections]:
    """The pages of the connections, the first one from the anime's own answer, without those cut short."""
    known = [_media(raw), *(read(FurtherAnswer, body).data.Media for body in raw.bodies("further"))]
    cut = {name: None for name, part in PARTS.items() if part in raw.missing}
    return [Connections.model_validate(dict(one) | cut) for one in known] if cut else known


def present(values: Iterable[Value | None] | None) -> list[Value]:
    """The values that are there."""
    return [value for value in values or [] if value is not None]


def _media(raw: RawRecord) -> Media:
    return read(MediaAnswer, raw.answers["anime"].body).data.Media
