# SPDX-License-Identifier: Apache-2.0
"""Anime-Planet's words in ours. Pure: one function a field; an unknown word is an error that names it."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from otakube.adapters.http.parsing import converts, refuse
from otakube.adapters.providers.anime_planet.bar import (
    first_day,
    format_of,
    last_day,
    season,
    status,
    years_of,
)
from otakube.adapters.providers.anime_planet.cards import related
from otakube.adapters.providers.anime_planet.linked_data import LinkedData, linked_data
from otakube.adapters.providers.anime_planet.names import PLACEHOLDERS, alternative_names
from otakube.adapters.providers.anime_planet.page import (
    attribute,
    document,
    names_of,
    number,
    property_of,
    text_of,
    visible,
)
from otakube.domain.merge.broadcast import JST
from otakube.domain.record.claims import (
    Character,
    Episode,
    ImageLink,
    Metadata,
    Relationships,
    Staff,
    marks,
)
from otakube.domain.record.golden import Exactness, ImageKind, Statistics
from otakube.domain.record.pages import identify
from otakube.domain.record.prose import Prose
from otakube.domain.record.text import plain
from otakube.ports.providers import RawRecord
from otakube_api.contract import Provider

_SITE = "https://www.anime-planet.com"
_SIZE = re.compile(r"-(?:[0-9]{2,4}x[0-9]{0,4}|x[0-9]{2,4})(?=\.[a-z]{3,4}$)", re.IGNORECASE)
_STARS = re.compile(r"([0-9](?:\.[0-9]{1,6})?) out of ([0-9]{1,2}) from ([0-9,]{1,12}) votes?")


@converts
def metadata(raw: RawRecord) -> Metadata:
    """The anime itself."""
    tree, today = _page(raw), raw.fetched_at.astimezone(JST).date()
    said, form = linked_data(tree), format_of(tree)
    about, started, ended = synopsis(tree, said), first_day(tree, said), last_day(tree, said)
    return Metadata(
        source_url=address(tree) or raw.source_url,
        title=title(tree, said),
        synonyms=synonyms(tree, said),
        type=form.kind,
        status=status(started.exactly, ended.exactly, years_of(tree), today),
        season=season(tree),
        episode_count=form.episodes,
        duration_seconds=form.seconds,
        aired_from=started.day,
        aired_to=ended.day,
        synopsis=about.text,
        synopsis_credit=about.credit,
        synopsis_spoilers=about.spoilers,
        tags=tags(tree, said),
        studios=names_of(tree.css('.entryBar a[href*="/anime/studios/"]'))[:50],
        images=images(tree, said),
        exactness=marks(
            aired_from=started.exactness,
            aired_to=ended.exactness,
            status=Exactness.DERIVED,
            duration_seconds=Exactness.ROUNDED if form.seconds and form.seconds % 60 == 0 else None,
        ),
    )


@converts
def episodes(raw: RawRecord) -> list[Episode]:
    """They lie on pages of their own, which are not asked for."""
    _page(raw)
    return []


@converts
def relationships(raw: RawRecord) -> Relationships:
    """Related anime of its own franchise and of others."""
    tree = _page(raw)
    return Relationships(relations=related(tree, address(tree) or raw.source_url))


@converts
def statistics(raw: RawRecord) -> Statistics:
    """The mean of its users' stars, put on ten; the page shows it beside what search engines are told."""
    tree = _page(raw)
    rating = linked_data(tree).aggregateRating
    if rating is None:
        return shown_stars(attribute(tree.css_first(".entryBar .avgRating"), "title"))
    value = number("aggregateRating.ratingValue", rating.ratingValue)
    best = number("aggregateRating.bestRating", rating.bestRating) or 5.0
    votes = number("aggregateRating.ratingCount", rating.ratingCount)
    return Statistics(
        provider=Provider.ANIME_PLANET,
        score=round(value * 10 / best, 2) if value else None,
        scored_by=int(votes) if votes is not None else None,
    )


def shown_stars(said: str | None) -> Statistics:
    """ "4.422 out of 5 from 43,896 votes"; before there are enough of them the page says so in words."""
    match = _STARS.search(said or "")
    if match is None:
        return Statistics(provider=Provider.ANIME_PLANET)
    value, best, votes = (number("avgRating", part) or 0.0 for part in match.groups())
    score = round(value * 10 / best, 2) if best else None
    return Statistics(provider=Provider.ANIME_PLANET, score=score or None, scored_by=int(votes))


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


def address(tree: LexborHTMLParser) -> str | None:
    """The page's own address, which has its present slug."""
    told = [attribute(tree.css_first("link[rel=canonical]"), "href"), property_of(tree, "og:url")]
    pages = [identify(url) for url in told if url]
    return next((page.url for page in pages if page and page.provider is Provider.ANIME_PLANET), None)


def title(tree: LexborHTMLParser, said: LinkedData) -> str:
    """The heading, or what search engines or people who share it are told, where Cloudflare hides it."""
    told = (text_of(tree.css_first("h1[itemprop=name]")), plain(said.name), property_of(tree, "og:title"))
    shown = (visible(plain(one)) for one in told)
    return next((one for one in shown if one), None) or refuse("name", said.name, "a title")


def synonyms(tree: LexborHTMLParser, said: LinkedData) -> list[str]:
    """Names below the heading, then those that search engines are told."""
    shown = alternative_names(text_of(tree.css_first("h2.aka")))
    return PLACEHOLDERS.names([*shown, *(visible(plain(name)) for name in said.alternateName)])[:200]


def synopsis(tree: LexborHTMLParser, said: LinkedData) -> Prose:
    """The text for search engines, else the one on the page; its note of the source is the credit."""
    about = PLACEHOLDERS.prose(said.description)
    if about.text is None:
        shown = "\n\n".join(
            node.html or "" for node in tree.css(".entrySynopsis p")[:50] if not _is_note(node)
        )
        about = PLACEHOLDERS.prose(shown)
    note = text_of(tree.css_first(".entrySynopsis .notes"))
    if about.text is None or about.credit is not None or note is None:
        return about
    return about._replace(credit=PLACEHOLDERS.prose(f"A\n\n({note})").credit)


def tags(tree: LexborHTMLParser, said: LinkedData) -> list[str]:
    """Its tags, of the page and of what search engines are told."""
    genres = (genre.rstrip(", ") for genre in said.genre)
    return PLACEHOLDERS.names([*names_of(tree.css(".tags a")), *genres])[:300]


def images(tree: LexborHTMLParser, said: LinkedData) -> list[ImageLink]:
    """The poster as it was uploaded: what the page shows of it is a thumbnail, named after its size.

    A default picture is none, nor is what stands there until the poster is loaded. The picture for people who
    share the page is the poster unless it is a scene.
    """
    shown = tree.css_first("img[itemprop=image]")
    told = [attribute(shown, name) for name in ("data-src", "src", "data-srcset", "srcset")]
    shared = property_of(tree, "og:image") or ""
    posters = [*told, said.image, shared if "/primary/" in shared else None]
    found = (_large(one) for one in posters if one)
    url = next((one for one in found if one), None)
    return [ImageLink(kind=ImageKind.POSTER, url=url)] if url else []


def _large(said: str) -> str | None:
    """The address of the whole picture; some have the site's own name before them once too often."""
    first = said.strip().partition(", ")[0].partition(" ")[0]
    address = first.replace(f"{_SITE}https://", "https://").partition("?")[0]
    if address.startswith("/"):
        address = f"https:{address}" if address.startswith("//") else f"{_SITE}{address}"
    if "/default/" in address or "/inc/" in address or address.lower().endswith(".svg"):
        return None
    return PLACEHOLDERS.picture(_SIZE.sub("", address))


def _is_note(node: LexborNode) -> bool:
    """True of a paragraph that is no part of the synopsis."""
    parent = node.parent
    return parent is not None and "notes" in (attribute(parent, "class") or "").split()


def _page(raw: RawRecord) -> LexborHTMLParser:
    return document(raw.answers["anime"].body)
