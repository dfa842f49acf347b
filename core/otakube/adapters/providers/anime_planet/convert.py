# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re
from datetime import date
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from otakube.adapters.http.parsing import converts, plausible, refuse, texts, word
from otakube.adapters.providers.anime_planet.page import (
    LinkedData,
    document,
    linked_data,
    names_of,
    number,
    text_of,
    visible,
)
from otakube.domain.merge.broadcast import JST
from otakube.domain.record.claims import (
    Character,
    ClaimedRelation,
    Episode,
    ImageLink,
    Metadata,
    Relationships,
    Staff,
)
from otakube.domain.record.golden import AnimeStatus, ImageKind, Quarter, Season, Statistics
from otakube.domain.record.markup import bounded
from otakube.domain.record.pages import Page, identify
from otakube.domain.record.text import LONGEST_MARKUP, MOST_TAGS, plain, prose, web_address
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider

_SITE = "https://www.anime-planet.com"
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
_FORMAT = re.compile(
    r"(?P<kind>[A-Za-z ]{1,30}?)"
    r"(?: ?\((?:(?P<count>[0-9]{1,5})(?P<more>\+)? eps?)?(?: x )?(?:(?P<minutes>[0-9]{1,4}) min)?\))?"
)
_YEARS = re.compile(r"([0-9]{4})(?: ?- ?([0-9]{4}|\?))?")
_AKA = re.compile(r"Alt titles?: ?(.+)", re.DOTALL)
_MOST_RELATIONS = 500
_MOST_CARDS = 100  # a page of results has 35


class AnimePlanetFormat(NamedTuple):
    """ "TV (12 eps x 24 min)": the type, how many, how long."""

    kind: AnimeType
    episodes: int | None
    minutes: int | None


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    tree, today = _page(raw), raw.fetched_at.astimezone(JST).date()
    said, form = linked_data(tree), format_of(tree)
    started, ended = day("startDate", said.startDate), day("endDate", said.endDate)
    return Metadata(
        source_url=address(tree) or raw.source_url,
        title=title(tree, said),
        synonyms=synonyms(tree),
        type=form.kind,
        status=status(started, ended, text_of(tree.css_first(".iconYear")), today),
        season=season(tree),
        episode_count=form.episodes,
        duration_seconds=form.minutes * 60 if form.minutes else None,
        aired_from=started,
        aired_to=ended,
        synopsis=prose(said.description),
        tags=tags(tree, said),
        studios=names_of(tree.css('.entryBar a[href*="/anime/studios/"]'))[:50],
        images=images(said),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """They lie on pages of their own, which are not asked for."""
    _page(raw)
    return []


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related anime; what kind of relation it is the page says in prose only, so each is Other."""
    found: dict[str, ClaimedRelation] = {}
    for node in _page(raw).css('#tabs--relations--anime a[href^="/anime/"]')[:_MOST_RELATIONS]:
        page, name = _linked(node), text_of(node.css_first("h3")) or text_of(node)
        if page and name:
            found.setdefault(page, ClaimedRelation(kind="Other", title=name, source_urls=[page]))
    return Relationships(relations=list(found.values()))


@converts
def statistics(raw: RawRecord) -> Statistics:
    """The mean of its users' stars, put on ten."""
    rating = linked_data(_page(raw)).aggregateRating
    if rating is None:
        return Statistics(provider=Provider.ANIME_PLANET)
    value = number("aggregateRating.ratingValue", rating.ratingValue)
    best = number("aggregateRating.bestRating", rating.bestRating) or 5.0
    votes = number("aggregateRating.ratingCount", rating.ratingCount)
    return Statistics(
        provider=Provider.ANIME_PLANET,
        score=round(value * 10 / best, 2) if value else None,
        scored_by=int(votes) if votes is not None else None,
    )


@converts
def characters(raw: RawRecord) -> list[Character]:
    """They lie on a page of their own, which is not asked for."""
    _page(raw)
    return []


@converts
def staff(raw: RawRecord) -> list[Staff]:
    """They lie on a page of their own, which is not asked for."""
    _page(raw)
    return []


@converts
def rows(tree: LexborHTMLParser, today: date) -> list[Metadata]:
    """Anime of a page of search results."""
    found = [row(card, today) for card in tree.css("ul.cardDeck li[data-type=anime]")[:_MOST_CARDS]]
    return [one for one in found if one]


def row(card: LexborNode, today: date) -> Metadata | None:
    """One card; type and year stand in the HTML of its tooltip. None if it links to no anime."""
    link = card.css_first('a[href^="/anime/"]')
    page, name = _linked(link), text_of(card.css_first("h3"))
    if link is None or page is None or name is None:
        return None
    tooltip = LexborHTMLParser(bounded((link.attributes.get("title") or "")[:LONGEST_MARKUP], MOST_TAGS))
    form = read_format(text_of(tooltip.css_first(".type")))
    return Metadata(
        source_url=page,
        title=name,
        type=form.kind,
        status=status(None, None, text_of(tooltip.css_first(".iconYear")), today),
        episode_count=form.episodes,
    )


def address(tree: LexborHTMLParser) -> str | None:
    """The page's own address, which has its present slug."""
    link = tree.css_first("link[rel=canonical]")
    page = identify((link.attributes.get("href") or "") if link else "")
    return page.url if page and page.provider is Provider.ANIME_PLANET else None


def title(tree: LexborHTMLParser, said: LinkedData) -> str:
    """The heading, or what search engines are told where Cloudflare hides it."""
    heading = visible(text_of(tree.css_first("h1[itemprop=name]")))
    return heading or visible(plain(said.name)) or refuse("name", said.name, "a title")


def synonyms(tree: LexborHTMLParser) -> list[str]:
    """ "Alt titles: One, Other": a comma within a title cannot be told from one between two."""
    match = _AKA.fullmatch(text_of(tree.css_first("h2.aka")) or "")
    return texts(visible(name.strip()) for name in match[1].split(","))[:200] if match else []


def format_of(tree: LexborHTMLParser) -> AnimePlanetFormat:
    """Type, number and length of its episodes."""
    return read_format(text_of(tree.css_first(".entryBar .type")))


def read_format(said: str | None) -> AnimePlanetFormat:
    """ "TV (12 eps x 24 min)"; of a series that is not over ("12+ eps") the number is not known."""
    if said is None:
        return AnimePlanetFormat(AnimeType.UNKNOWN, None, None)
    match = _FORMAT.fullmatch(said)
    if match is None:
        refuse("type", said, 'a form like "TV (12 eps x 24 min)"')
    count = None if match["more"] or not match["count"] else int(match["count"])
    minutes = int(match["minutes"]) if match["minutes"] else None
    return AnimePlanetFormat(word("type", match["kind"], _TYPES), count or None, minutes or None)


def status(started: date | None, ended: date | None, years: str | None, today: date) -> AnimeStatus:
    """The page has no status: it follows from its days, else from its years, "2020", "2020 - ?" or "TBA"."""
    if started is not None:
        first, last = started, ended
        if first > today:
            return AnimeStatus.UPCOMING
        if last is not None:
            return AnimeStatus.FINISHED if last < today else AnimeStatus.ONGOING
    if years in (None, "TBA"):
        return AnimeStatus.ONGOING if started else AnimeStatus.UPCOMING
    match = _YEARS.fullmatch(years or "")
    if match is None:
        refuse("iconYear", years, 'years such as "2020", "2020 - 2021", "2020 - ?" or "TBA"')
    if int(match[1]) > today.year:
        return AnimeStatus.UPCOMING
    over = match[2] != "?" and int(match[2] or match[1]) < today.year
    return AnimeStatus.FINISHED if over else AnimeStatus.ONGOING


def season(tree: LexborHTMLParser) -> Season | None:
    """ "Spring 2023", if the page names it."""
    said = text_of(tree.css_first('.entryBar a[href*="/anime/seasons/"]'))
    if said is None:
        return None
    quarter, _, year = said.partition(" ")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        refuse("season", said, 'a form like "Spring 2023"')
    return Season(year=int(year), quarter=word("season", quarter, _QUARTERS))


def day(field: str, said: str | None) -> date | None:
    """A day as YYYY-MM-DD; a bare year or month is no day."""
    if not said or len(said) < len("2020-01-01"):
        return None
    try:
        return plausible(date.fromisoformat(said[:10]))
    except ValueError:
        refuse(field, said, "a day as YYYY-MM-DD")


def tags(tree: LexborHTMLParser, said: LinkedData) -> list[str]:
    """Its tags, of the page and of what search engines are told."""
    genres = [said.genre] if isinstance(said.genre, str) else said.genre or []
    return texts([*names_of(tree.css(".tags a")), *(genre.rstrip(",") for genre in genres)])[:300]


def images(said: LinkedData) -> list[ImageLink]:
    """The poster; some addresses have the site's own name before them once too often."""
    address = (said.image or "").replace(f"{_SITE}https://", "https://").partition("?")[0]
    url = web_address(address)
    return [ImageLink(kind=ImageKind.POSTER, url=url)] if url else []


def _linked(node: LexborNode | None) -> str | None:
    href = (node.attributes.get("href") or "") if node is not None else ""
    page = identify(f"{_SITE}{href}")
    return Page(Provider.ANIME_PLANET, page.id).url if page else None


def _page(raw: RawRecord) -> LexborHTMLParser:
    return document(raw.answers["anime"].body)
