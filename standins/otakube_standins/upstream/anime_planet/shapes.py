# SPDX-License-Identifier: Apache-2.0
"""Pages built as Anime-Planet's are: JSON-LD, a heading, the bar of facts, tags, relations. Pure."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import orjson

from otakube_standins.upstream.catalogue import InventedTitle, TitleRelation
from otakube_standins.upstream.episodes import airing_of, last_day

SITE = "https://www.anime-planet.com"
_ADDRESS = re.compile(r"\w+@\w+")
_KEY = 0xE6
_QUARTERS = ("Winter", "Spring", "Summer", "Fall")
_RELATIONS = {
    "Sequel": "Sequel", "Prequel": "Prequel", "Side story": "Side Story", "Alternative version": "Remake",
}  # fmt: skip
_TYPES = {"ONA": "Web", "Special": "TV Special", "Music": "Music Video"}


def anime(title: InventedTitle, slugs: Mapping[str, str], base: str) -> bytes:
    """The page of an anime."""
    slug = slugs[title.key]
    head = f"""<title>{escape(title.romaji)} | Anime-Planet</title>
<link rel="canonical" href="{SITE}/anime/{slug}">
<script type="application/ld+json">{_linked_data(title, slug, base)}</script>"""
    body = f"""<h1 itemprop="name">{as_visitors_see(title.romaji)}</h1>
{_alternative(title)}
<section class="pure-g entryBar">
<div class="pure-1 md-1-5"><span class="type">{form(title).replace(" (", chr(10) + "(", 1)}
</span></div>
<div class="pure-1 md-1-5">{_studios(title)}</div>
<div class="pure-1 md-1-5"><span class='iconYear'> {years(title)} </span><br />{_season(title)}</div>
<div class="pure-1 md-1-5">{_stars(title)}</div></section>
<section id="entry" class="pure-g EntryPage__content"><div class="pure-g entrySynopsis">
<div class="mainEntry">
<img itemprop="image" class="screenshots" src="{base}{poster(slug)}?t=1" alt="{escape(title.romaji)}"></div>
<div class="pure-1 md-3-5"><div><p>{escape(title.synopsis or "No synopsis yet - check back soon!")}</p></div>
<div class="tags "><h4>Tags</h4><ul>{_tags(title)}</ul></div></div></div></section>
<div class="Tabs tabs" id="tabs--relations--anime">
<div id="tabs--relations--anime--same_franchise" class="Tabs__content pure-g">
{_related(title, slugs, base)}</div></div>"""
    return _page(head, body)


def results(titles: Iterable[InventedTitle], slugs: Mapping[str, str], base: str) -> bytes:
    """The list of a search."""
    cards = "\n".join(_card(title, slugs[title.key], base) for title in titles)
    listed = f'<ul class="cardDeck cardGrid">{cards}</ul>' if cards else "<p>No results found.</p>"
    return _page("<title>Browse Anime | Anime-Planet</title>", listed)


def as_visitors_see(text: str) -> str:
    """A text with what looks like an address hidden, as Cloudflare does."""
    return _ADDRESS.sub(lambda match: _hidden(match[0]), escape(text))


def _hidden(text: str) -> str:
    code = bytes([_KEY, *(byte ^ _KEY for byte in text.encode())]).hex()
    return f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span>'


def lost() -> bytes:
    """Page of a wrong address."""
    return _page("<title>404 Not Found | Anime-Planet</title>", "<h1>Not Found</h1>")


def challenge() -> bytes:
    """The guard's page, which only a browser passes."""
    script = '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    return _page(f"<title>Just a moment...</title>{script}", "<noscript>Enable JavaScript</noscript>")


def poster(slug: str) -> str:
    """Path of the thumbnail that pages show of the poster."""
    return f"/images/anime-planet/anime/primary/{slug}-1-190x260.jpg"


def large_poster(slug: str) -> str:
    """Path of the poster as it was uploaded."""
    return f"/images/anime-planet/anime/primary/{slug}-1.jpg"


def form(title: InventedTitle) -> str:
    """ "TV (12 eps x 24 min)"."""
    kind = _TYPES.get(title.type, title.type)
    if title.episodes is None:
        return kind
    noun = "ep" if title.episodes == 1 else "eps"
    more = "+" if title.status == "Ongoing" else ""
    minutes = f" x {title.minutes} min" if title.minutes else ""
    return f"{kind} ({title.episodes}{more} {noun}{minutes})"


def years(title: InventedTitle) -> str:
    """ "2023", "2022 - 2023", "2024 - ?" or "TBA"."""
    start, end = airing_of(title, 1), last_day(title)
    if start is None:
        return "TBA"
    if end is None:
        return f"{start.year} - ?" if title.status == "Ongoing" else str(start.year)
    return str(start.year) if end.year == start.year else f"{start.year} - {end.year}"


def _linked_data(title: InventedTitle, slug: str, base: str) -> str:
    start, end = airing_of(title, 1), last_day(title)
    said: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Movie" if title.type == "Movie" else "TVSeries",
        "name": title.romaji, "url": f"{SITE}/anime/{slug}", "image": f"{base}{poster(slug)}?t=1",
        "description": title.synopsis, "genre": title.genres,
        "numberOfEpisodes": title.episodes,
        "startDate": str(start.date()) if start else None, "endDate": str(end) if end else None,
    }  # fmt: skip
    if title.score is not None:
        said["aggregateRating"] = {
            "@type": "AggregateRating", "ratingValue": f"{title.score / 2:.3f}", "bestRating": 5,
            "worstRating": "0.5", "ratingCount": (title.scored_by or 0) // 50,
        }  # fmt: skip
    text = orjson.dumps({key: value for key, value in said.items() if value is not None}).decode()
    return text.replace("<", "\\u003c")  # or a title could end the script


def _alternative(title: InventedTitle) -> str:
    names = [name for name in (title.english, title.japanese, *title.synonyms) if name]
    label = "Alt title" if len(names) == 1 else "Alt titles"
    return f'<h2 class="aka">\n{label}: {as_visitors_see(", ".join(names))}\n</h2>' if names else ""


def _stars(title: InventedTitle) -> str:
    if title.score is None:
        return '<div class="avgRating" title="10 more votes needed to calculate an average"></div>'
    said = f"{title.score / 2:.3f} out of 5 from {(title.scored_by or 0) // 50:,} votes"
    return f'<div class="avgRating" title="{said}"><span>{said}</span></div>'


def _studios(title: InventedTitle) -> str:
    links = (f'<a href="/anime/studios/{n}">{escape(name)}</a>' for n, name in enumerate(title.studios))
    return ", ".join(links)


def _season(title: InventedTitle) -> str:
    start = airing_of(title, 1)
    if start is None or title.type != "TV":
        return ""
    quarter = _QUARTERS[(start.month - 1) // 3]
    return f' <a href="/anime/seasons/{quarter.lower()}-{start.year}">{quarter} {start.year}</a>'


def _tags(title: InventedTitle) -> str:
    names = [*title.genres, *title.themes, *title.demographics, *title.tags]
    items = (f'<li><a href="/anime/tags/{n}">{escape(name)}</a></li>' for n, name in enumerate(names))
    return ", ".join(items)


def _related(title: InventedTitle, slugs: Mapping[str, str], base: str) -> str:
    """A card a work: picture, name, kind, days and type, all within one link."""
    related = [one for one in title.relations if not one.manga and one.to in slugs]
    return "\n".join(_related_card(one, slugs[one.to], base) for one in related)


def _related_card(relation: TitleRelation, slug: str, base: str) -> str:
    name = escape(relation.to.replace("-", " ").title())
    kind = _RELATIONS.get(relation.kind, "Same Franchise")
    return f"""<div class="pure-u-1 pure-u-md-1-2"><a href="/anime/{slug}" class="RelatedEntry rounded-card">
<img class="RelatedEntry__image" src="{base}{poster(slug)}" />
<div class="RelatedEntry__information RelatedEntry--status0"><div>
<p class="RelatedEntry__name rounded-card__title">{name}</p>
<span class="RelatedEntry__subtitle rounded-card__subtitle">{kind}</span></div>
<ul class="RelatedEntry__metadata"><li><i class="RelatedEntry__metadata_icon fas fa-calendar-alt"></i>
<time class="RelatedEntry__metadata_item rounded-card__subtitle">
<span data-start-date="2003-10-04">2003-10-04</span> - <span data-end-date="2004-10-02">2004-10-02</span>
</time></li><li><i class="RelatedEntry__metadata_icon fas fa-tv"></i>
<span class="RelatedEntry__metadata_item rounded-card__subtitle">
TV: 51 ep </span></li></ul></div></a></div>"""


def _card(title: InventedTitle, slug: str, base: str) -> str:
    other = f"<h6 class='theme-font tooltip-alt'>Alt title: {escape(title.english or '')}</h6>"
    tooltip = f"""<h5 class='theme-font'>{escape(title.romaji)}</h5>{other if title.english else ""}
<ul class='entryBar'><li class='type'>{form(title)}</li><li class='iconYear'>{years(title)}</li></ul>"""
    data = f'data-id="{title.ids.myanimelist}" data-type="anime" data-total-episodes="{title.episodes or 0}"'
    return f"""<li {data} class="card">
<a class="tooltip" href="/anime/{slug}" title="{escape(tooltip)}">
<div class="crop">
<img alt="{escape(title.romaji)}" data-src="{base}{poster(slug)}" src="/inc/img/card-load.svg" />
</div><h3 class='cardName'>{as_visitors_see(title.romaji)}</h3></a></li>"""


def _page(head: str, body: str) -> bytes:
    head = f'<head><meta charset="utf-8">{head}</head>'
    return f'<!DOCTYPE html><html lang="en">{head}<body>{body}</body></html>'.encode()
