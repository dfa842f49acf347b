# SPDX-License-Identifier: Apache-2.0
"""The bar of facts on Anime-Planet's pages and cards: type, number, length, years, season. Pure."""

import re
from datetime import date
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.http.placeholders import is_placeholder
from otakube.adapters.http.written_days import day_written
from otakube.adapters.providers.anime_planet.linked_data import LinkedData
from otakube.adapters.providers.anime_planet.page import text_of
from otakube.domain.record.dates import KnownDay, known_day
from otakube.domain.record.golden import AnimeStatus, Quarter, Season
from otakube_api.contract import AnimeType

_TYPES: dict[str | None, AnimeType] = {
    "TV": AnimeType.TV,
    "TV Special": AnimeType.SPECIAL,
    "DVD Special": AnimeType.SPECIAL,
    "Special": AnimeType.SPECIAL,
    "Other": AnimeType.SPECIAL,
    "Movie": AnimeType.MOVIE,
    "OVA": AnimeType.OVA,
    "Web": AnimeType.ONA,
    "ONA": AnimeType.ONA,
    "Music Video": AnimeType.MUSIC,
}
_QUARTERS: dict[str | None, Quarter] = {quarter.value: quarter for quarter in Quarter}
_FORMAT = re.compile(r"(?P<kind>[A-Za-z ]{1,30}?)(?: ?\((?P<told>[^()]{0,60})\))?")
_COUNT = re.compile(r"(?P<count>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,5})(?P<more>\+)? ?ep(?:s|isodes?)?\b")
_LENGTH = re.compile(r"([0-9]{1,4}) ?(hr|hour|min|sec)[a-z]*")
_SECONDS = {"hr": 3600, "hour": 3600, "min": 60, "sec": 1}
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_OPEN = re.compile(r"[-–—] ?(?:\?|present|now|tba|tbd|ongoing)?$", re.IGNORECASE)
_TO_COME = ("TBA", "TBD", "To be announced")


class AnimePlanetFormat(NamedTuple):
    """ "TV (12 eps x 24 min)": the type, how many, how long."""

    kind: AnimeType
    episodes: int | None
    seconds: int | None


def format_of(tree: LexborHTMLParser) -> AnimePlanetFormat:
    """Type, number and length of its episodes."""
    return read_format(text_of(tree.css_first(".entryBar .type")))


def read_format(said: str | None) -> AnimePlanetFormat:
    """ "TV (12 eps x 24 min)"; of a series that is not over ("12+ eps") the number is not known."""
    if said is None or is_placeholder(said):
        return AnimePlanetFormat(AnimeType.UNKNOWN, None, None)
    match = _FORMAT.fullmatch(said)
    if match is None:
        refuse("type", said, 'a form like "TV (12 eps x 24 min)"')
    told = match["told"] or ""
    found = _COUNT.search(told)
    count = int(found["count"].replace(",", "")) if found and not found["more"] else None
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _LENGTH.findall(told))
    return AnimePlanetFormat(word("type", match["kind"], _TYPES), count or None, seconds or None)


def status(started: date | None, ended: date | None, years: str | None, today: date) -> AnimeStatus:
    """The page has no status: it follows from its days, else from its years, "2020", "2020 - ?" or "TBA"."""
    if started is not None:
        first, last = started, ended
        if first > today:
            return AnimeStatus.UPCOMING
        if last is not None:
            return AnimeStatus.FINISHED if last < today else AnimeStatus.ONGOING
    if years is None or is_placeholder(years):
        unsaid = AnimeStatus.UPCOMING if years in _TO_COME else AnimeStatus.UNKNOWN
        return AnimeStatus.ONGOING if started else unsaid
    found = _YEAR.findall(years)
    if not found:
        refuse("iconYear", years, 'years such as "2020", "2020 - 2021", "2020 - ?" or "TBA"')
    if int(found[0]) > today.year:
        return AnimeStatus.UPCOMING
    over = not _OPEN.search(years) and int(found[-1]) < today.year
    return AnimeStatus.FINISHED if over else AnimeStatus.ONGOING


def first_day(tree: LexborHTMLParser, said: LinkedData) -> KnownDay:
    """The first day; where search engines are not told it, the year in the page's bar."""
    known = day("startDate", said.startDate or said.datePublished)
    return known if known.day is not None else year_of(years_of(tree))


def last_day(tree: LexborHTMLParser, said: LinkedData) -> KnownDay:
    """The last day; where search engines are not told it, the second of two years in the page's bar."""
    known, years = day("endDate", said.endDate), years_of(tree)
    ends = known.day is None and years is not None and not _OPEN.search(years)
    two = _YEAR.findall(years or "")
    return known_day(int(two[-1])) if ends and len(two) > (not _begins_unknown(years)) else known


def years_of(tree: LexborHTMLParser) -> str | None:
    """The years as the bar writes them: "2020", "2020 - 2021", "2020 - ?" or "TBA"."""
    return text_of(tree.css_first(".entryBar .iconYear"))


def year_of(years: str | None) -> KnownDay:
    """The first of the years; of "? - 2021" only the last is known."""
    found = [] if _begins_unknown(years) else _YEAR.findall(years or "")
    return known_day(int(found[0])) if found else KnownDay()


def _begins_unknown(years: str | None) -> bool:
    return (years or "").lstrip().startswith("?")


def season(tree: LexborHTMLParser) -> Season | None:
    """ "Spring 2023", if the page names it."""
    said = text_of(tree.css_first('.entryBar a[href*="/anime/seasons/"]'))
    if said is None or is_placeholder(said) or _YEAR.fullmatch(said):
        return None
    quarter, _, year = said.partition(" ")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        refuse("season", said, 'a form like "Spring 2023"')
    return Season(year=int(year), quarter=word("season", quarter, _QUARTERS))


def day(field: str, said: str | None) -> KnownDay:
    """A day as YYYY-MM-DD, of which the day, or month and day, may be absent."""
    return day_written(field, said, "a day as YYYY-MM-DD")
