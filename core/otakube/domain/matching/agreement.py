# SPDX-License-Identifier: Apache-2.0
"""Agreement of two descriptions: by pages, by names, and by what else than the name agrees.

What is not known neither agrees nor disagrees. What a link says is doubted as the numbers grow apart.
"""

import math
from collections.abc import Iterable
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from otakube.domain.matching.decision import ACCEPT, DOUBTED
from otakube.domain.matching.similarity import OTHER_SEASON, Asked, near, penalty, string_similarity
from otakube.domain.matching.titles import Name, take_apart
from otakube.domain.record.claims import Metadata
from otakube.domain.record.dates import days_apart, span
from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.pages import identify
from otakube.domain.record.signs import signs
from otakube_api.contract import AnimeType

MOST_NAMES = 50  # of an anime: each meets each of the others'
SAME_ANIME = 0.7  # agreement of two providers' descriptions from which they may mean one anime

_SAME_WEEK = 7  # days between two starts from which one start with one length backs a slip in a title
_CORROBORATED = 0.05
_SAME_START = 45  # days between two providers' dates of one start: previews, other regions
_OTHER_TYPE, _OTHER_YEAR, _OTHER_LENGTH, _OTHER_START, _OTHER_FORM = 0.1, 0.25, 0.1, 0.15, 0.12
_CONTRADICTED = 0.7  # disagreement that no link outweighs
_SAME_DURATION = 60  # seconds between two lengths of an episode, which are often rounded
_TURN, _TURNED = (12, 15), (1, 7)  # month and day: a start from the one to the other is of two years
_A_YEAR_MORE, _MOST_YEARS = 0.12, 0.5  # for each year beyond the turn of one
_TWICE_THE_LENGTH, _MOST_LENGTH = 0.2, 0.6  # for each doubling beyond the first: cours are counted apart


class Sameness(StrEnum):
    """Tell whether two providers' descriptions mean one anime."""

    SAME = "Same"
    DOUBTFUL = "Doubtful"  # for a person to decide
    OTHER = "Other"


class SignedName(NamedTuple):
    """A title taken apart, and the signs that are no part of its name."""

    name: Name
    signs: str


def is_same_anime(one: Metadata, other: Metadata) -> bool:
    """Tell whether two descriptions mean one anime beyond doubt."""
    return compare(one, other) is Sameness.SAME


def compare(anchor: Metadata, row: Metadata) -> Sameness:
    """Tell whether another description is of the anchor's anime: by pages, else by `agreement`.

    Two pages of one site are two anime, whatever their titles; Jikan and MyAnimeList are one site. A link
    between two that contradict each other plainly is for a person.
    """
    if page_of(anchor) == page_of(row):
        return Sameness.SAME
    if linked(anchor, row):
        return Sameness.DOUBTFUL if contradicts(anchor, row) else Sameness.SAME
    if site_of(anchor) == site_of(row):
        return Sameness.OTHER
    agreed = agreement(anchor, row)
    if agreed >= ACCEPT:
        return Sameness.SAME
    return Sameness.DOUBTFUL if agreed >= SAME_ANIME else Sameness.OTHER


def contradicts(one: Metadata, other: Metadata) -> bool:
    """Tell whether two linked pages differ beyond what a link outweighs: much, or in season and start."""
    later = _numbered_apart(one, other) and (_days_apart(one, other) or 0) > _SAME_START
    return later or disagreement(one, other) >= _CONTRADICTED - 1e-9


def agreement(one: Metadata, other: Metadata) -> float:
    """Score that two descriptions mean one anime, 0 to 1: titles, then type, year, start, length."""
    apart = _days_apart(one, other)
    numbered = _numbered_apart(one, other) and not near(apart, 0, _SAME_START)
    off = disagreement(one, other) + (OTHER_SEASON if numbered else 0)
    known = near(apart, 0, _SAME_WEEK) and near(one.episode_count, other.episode_count, 0)
    return min(1.0, max(0.0, _titles_agree(one, other) - off + (_CORROBORATED if known else 0)))


def _titles_agree(one: Metadata, other: Metadata) -> float:
    """Similarity of the titles that are most alike; no other sign is passed over unless something agrees."""
    signs_matter = not _corroborated(one, other)
    most = 0.0
    for a in signed_names(one):
        for b in signed_names(other):
            off = _OTHER_FORM if _formed_apart(a.name, one, b.name, other) else 0
            alike = name_similarity(a.name, b.name) - off
            most = max(most, min(alike, DOUBTED) if signs_matter and a.signs != b.signs else alike)
    return most


def _corroborated(one: Metadata, other: Metadata) -> bool:
    """Tell whether the start, the year or the length agrees; a type says little, as most share one."""
    apart = _days_apart(one, other)
    if apart is not None:
        return apart <= _SAME_START
    years = year_of(one), year_of(other)
    return near(*years, 0) or (None in years and near(one.episode_count, other.episode_count, 0))


def disagreement(one: Metadata, other: Metadata) -> float:
    """Contradiction of type, year, start and length: the more, the further they are apart."""
    apart = _days_apart(one, other)
    types = AnimeType.UNKNOWN not in (one.type, other.type) and one.type != other.type
    off = _OTHER_TYPE if types else 0.0
    off += 0.0 if apart is None or apart <= _SAME_START else _OTHER_START
    return off + _years_apart(year_of(one), year_of(other)) + _lengths_apart(one, other)


def _years_apart(one: int | None, other: int | None) -> float:
    if one is None or other is None or near(one, other, 1):
        return 0.0
    return _OTHER_YEAR + min(_MOST_YEARS, _A_YEAR_MORE * (abs(one - other) - 1))


def _lengths_apart(one: Metadata, other: Metadata) -> float:
    """Lengths that go on growing are apart by chance."""
    lengths = one.episode_count, other.episode_count
    if not (lengths[0] and lengths[1]) or near(*lengths, 1):
        return 0.0
    if AnimeStatus.ONGOING in (one.status, other.status):
        return _OTHER_LENGTH
    doublings = max(0.0, abs(math.log2(lengths[0] / lengths[1])) - 1)
    return _OTHER_LENGTH + min(_MOST_LENGTH, _TWICE_THE_LENGTH * doublings)


class Closeness(NamedTuple):
    """Order of descriptions that may be one anime: the larger, the closer.

    A link, then agreement, then how much is known to agree, then how near the numbers are that do not.
    """

    linked: bool = False
    agreement: float = 0.0
    agreeing: int = 0
    nearness: tuple[float, ...] = ()


def closeness(one: Metadata, other: Metadata) -> Closeness:
    """The closeness of two descriptions."""
    apart = _days_apart(one, other)
    agreeing = [
        near(year_of(one), year_of(other), 0),
        near(apart, 0, 0),
        near(one.episode_count, other.episode_count, 0),
        one.type == other.type != AnimeType.UNKNOWN,
        near(one.duration_seconds, other.duration_seconds, _SAME_DURATION),
    ]
    apart_by = (
        apart,
        _numbers_apart(one.duration_seconds, other.duration_seconds),
        _numbers_apart(one.episode_count, other.episode_count),
    )
    nearness = tuple(-math.inf if number is None else -float(number) for number in apart_by)
    return Closeness(linked(one, other), round(agreement(one, other), 3), sum(agreeing), nearness)


def _numbers_apart(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else abs(one - other)


def _formed_apart(name: Name, one: Metadata, named: Name, other: Metadata) -> bool:
    """Tell whether a title says a form that the other is not: "Akira" is a film without saying so."""
    return (name.kind or named.kind) is not None and (name.kind or one.type) != (named.kind or other.type)


def _numbered_apart(one: Metadata, other: Metadata) -> bool:
    """Tell whether the main titles name another season or part, as sequels do that share a synonym."""
    first, second = take_apart(one.title), take_apart(other.title)
    return (first.season, first.part) != (second.season, second.part)


def titles_of(described: Metadata) -> list[str]:
    """The titles of an anime as they are written; of very many the first."""
    said: Iterable[str | None] = (
        described.title, described.title_english, described.title_japanese, *described.synonyms
    )  # fmt: skip
    return list(islice(filter(None, said), MOST_NAMES))


def names(described: Metadata) -> list[Name]:
    """The titles of an anime, taken apart, each once; of very many the first."""
    return list(dict.fromkeys(map(take_apart, titles_of(described))))


def signed_names(described: Metadata) -> list[SignedName]:
    """The titles of an anime with their signs, each once; of very many the first."""
    return list(dict.fromkeys(SignedName(take_apart(title), signs(title)) for title in titles_of(described)))


def name_similarity(one: Name, other: Name) -> float:
    """1 for the same name, season and part; less for another spelling, much less for another season."""
    unnamed = Asked(one._replace(kind=None, year=None))
    return max(
        0.0, string_similarity(one.text, other.text) - penalty(unnamed, other._replace(kind=None, year=None))
    )


def year_of(described: Metadata) -> int | None:
    """Year of the first broadcast."""
    if described.aired_from:
        return described.aired_from.year
    return described.season.year if described.season else None


def years_of(described: Metadata) -> set[int]:
    """Years that name its first broadcast: one that starts at the turn of a year is of both."""
    years = {year for year in (described.season and described.season.year, year_of(described)) if year}
    began = described.aired_from
    if began and "aired_from" not in described.exactness:
        if (began.month, began.day) >= _TURN:
            years.add(began.year + 1)
        if (began.month, began.day) <= _TURNED:
            years.add(began.year - 1)
    return years


def _days_apart(one: Metadata, other: Metadata) -> int | None:
    if one.aired_from is None or other.aired_from is None:
        return None
    return days_apart(
        span(one.aired_from, one.exactness.get("aired_from")),
        span(other.aired_from, other.exactness.get("aired_from")),
    )


def linked(one: Metadata, other: Metadata) -> bool:
    """Tell whether one of them names the other's page, or both name a third."""
    return not pages_of(one).isdisjoint(pages_of(other))


def page_of(described: Metadata) -> str:
    """The page of a description, in its canonical form."""
    return canonical(described.source_url)


def canonical(url: str) -> str:
    """An address of a page in its canonical form, if it is one of a known provider."""
    page = identify(url)
    return page.url if page else url


def pages_of(described: Metadata) -> set[str]:
    """Its page, and those that it names as the same anime's."""
    return {canonical(url) for url in (described.source_url, *described.same_as)}


def site_of(described: Metadata) -> str:
    """The site of its page."""
    return described.source_url.split("/")[2]
