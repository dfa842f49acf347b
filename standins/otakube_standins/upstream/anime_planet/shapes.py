# SPDX-License-Identifier: Apache-2.0
"""Pages built as Anime-Planet's are: JSON-LD, a heading, the bar of facts, tags, relations. Pure."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import orjson

from otakube_standins.upstream.catalogue import InventedTitle
from otakube_standins.upstream.episodes import airing_of, last_day

SITE = "https://www.anime-planet.com"
_QUARTERS = ("Winter", "Spring", "Summer", "Fall")
_TYPES = {"ONA": "Web", "Special": "TV Special", "Music": "Music Video"}


def anime(title: InventedTitle, slugs: Mapping[str, str], base: str) -> bytes:
    """The page of an anime."""
    slug = slugs[title.key]
    head = f"""<title>{escape(title.romaji)} | Anime-Planet</title>
<link rel="canonical" href="{SITE}/anime/{slug}">
<script type="application/ld+json">{_linked_data(title, slug, base)}</script>"""
    body = f"""<h1 itemprop="name">{escape(title.romaji)}</h1>
{_alternative(title)}
<section class="pure-g entryBar">
<div class="pure-1 md-1-5"><span class="type">{form(title)}</span></div>
<div class="pure-1 md-1-5">{_studios(title)}</div>
<div class="pure-1 md-1-5"><span class="iconYear">{years(title)}</span>{_season(title)}</div>
</section>
<div class="pure-1 md-3-5 entrySynopsis"><p>{escape(title.synopsis or "")}</p></div>
<div class="tags"><h4>Tags</h4><ul>{_tags(title)}</ul></div>
<div id="tabs--relations--anime"><div>{_related(title, slugs)}</div></div>"""
    return _page(head, body)


def results(titles: Iterable[InventedTitle], slugs: Mapping[str, str], base: str) -> bytes:
    """The list of a search."""
    cards = "\n".join(_card(title, slugs[title.key], base) for title in titles)
    listed = f'<ul class="cardDeck cardGrid">{cards}</ul>' if cards else "<p>No results found.</p>"
    return _page("<title>Browse Anime | Anime-Planet</title>", listed)


def lost() -> bytes:
    """Page of a wrong address."""
    return _page("<title>404 Not Found | Anime-Planet</title>", "<h1>Not Found</h1>")


def challenge() -> bytes:
    """The guard's page, which only a browser passes."""
    script = '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
    return _page(f"<title>Just a moment...</title>{script}", "<noscript>Enable JavaScript</noscript>")


def poster(slug: str) -> str:
    """Path of the poster."""
    return f"/images/anime-planet/anime/primary/{slug}-1-190x260.jpg"


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
    return f'<h2 class="aka">{label}: {escape(", ".join(names))}</h2>' if names else ""


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


def _related(title: InventedTitle, slugs: Mapping[str, str]) -> str:
    cards = []
    for relation in title.relations:
        if not relation.manga and relation.to in slugs:
            name = escape(relation.to.replace("-", " ").title())
            link = f'<a href="/anime/{slugs[relation.to]}"><h3 class="cardName">{name}</h3></a>'
            cards.append(f'<div class="pure-u-1">{link} {escape(relation.kind)}</div>')
    return "\n".join(cards)


def _card(title: InventedTitle, slug: str, base: str) -> str:
    tooltip = f"""<h5 class="theme-font">{escape(title.romaji)}</h5><ul class="entryBar">
<li class="type">{form(title)}</li><li class="iconYear">{years(title)}</li></ul>"""
    data = f'data-id="{title.ids.myanimelist}" data-type="anime" data-total-episodes="{title.episodes or 0}"'
    return f"""<li {data} class="card">
<a class="tooltip" href="/anime/{slug}" title="{escape(tooltip)}">
<div class="crop"><img data-src="{base}{poster(slug)}" alt=""></div>
<h3 class="cardName">{escape(title.romaji)}</h3></a></li>"""


def _page(head: str, body: str) -> bytes:
    head = f'<head><meta charset="utf-8">{head}</head>'
    return f'<!DOCTYPE html><html lang="en">{head}<body>{body}</body></html>'.encode()
