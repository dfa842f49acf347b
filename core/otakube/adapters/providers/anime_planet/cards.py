# SPDX-License-Identifier: Apache-2.0
"""Cards of Anime-Planet: related works on the page of an anime, and results of a search. Pure."""

import re
from datetime import date

from selectolax.lexbor import LexborHTMLParser, LexborNode

from otakube.adapters.http.parsing import converts
from otakube.adapters.http.rows import listed
from otakube.adapters.providers.anime_planet.bar import read_format, status, year_of
from otakube.adapters.providers.anime_planet.names import alternative_names
from otakube.adapters.providers.anime_planet.page import attribute, text_of, visible
from otakube.domain.record.claims import ClaimedRelation, Metadata, marks
from otakube.domain.record.golden import Exactness, RelationKind
from otakube.domain.record.markup import bounded
from otakube.domain.record.pages import Page, identify
from otakube.domain.record.text import LONGEST_MARKUP, MOST_TAGS, comparable, plain
from otakube_api.contract import Provider

_SITE = "https://www.anime-planet.com"
_RELATIONS: dict[str, RelationKind] = {
    "sequel": "Sequel",
    "prequel": "Prequel",
    "sidestory": "SideStory",
    "omake": "SideStory",
    "parentstory": "ParentStory",
    "mainstory": "ParentStory",
    "spinoff": "Spinoff",
    "remake": "AlternativeVersion",
    "alternateversion": "AlternativeVersion",
    "alternativeversion": "AlternativeVersion",
    "alternateuniverse": "AlternativeSetting",
    "alternatesetting": "AlternativeSetting",
    "alternativesetting": "AlternativeSetting",
    "recap": "Summary",
    "summary": "Summary",
    "condensedversion": "Summary",
    "compilation": "Compilation",
    "fullstory": "FullStory",
    "character": "Character",
    "adaptation": "Adaptation",
    "samefranchise": "Other",
    "otherfranchise": "Other",
    "other": "Other",
}
"""By a card's words without case, signs and spaces."""
_PLAIN = re.compile(r"(?:https://www\.anime-planet\.com)?(?P<path>/anime/[^\s\\]{1,500})")
_MOST_RELATIONS = 500
_MOST_CARDS = 100  # a page of results has 35


def related(tree: LexborHTMLParser, own: str) -> list[ClaimedRelation]:
    """Related anime of its own franchise and of others, each once, by the card that tells most."""
    found: dict[str, ClaimedRelation] = {}
    for node in tree.css('[id^="tabs--relations--anime"] a[href*="/anime/"]')[:_MOST_RELATIONS]:
        page, name = _linked(node), _name(node, ".RelatedEntry__name, h3")
        if page and name and page != own:
            kind = relation_kind(text_of(node.css_first(".RelatedEntry__subtitle")))
            known = found.get(page)
            if known is None or (known.kind == "Other" and kind != "Other"):
                found[page] = ClaimedRelation(kind=kind, title=name, source_urls=[page])
    return list(found.values())


def relation_kind(said: str | None) -> RelationKind:
    """Our kind for a card's subtitle. Nobody lists the site's words: one that we do not know says no more."""
    return _RELATIONS.get(comparable(said or "").replace(" ", ""), "Other")


@converts
def rows(tree: LexborHTMLParser, today: date) -> list[Metadata]:
    """Anime of a page of search results."""
    cards = tree.css("ul.cardDeck li[data-type=anime]")[:_MOST_CARDS]
    return listed(Provider.ANIME_PLANET, cards, lambda card: row(card, today))


def row(card: LexborNode, today: date) -> Metadata | None:
    """One card; type and year stand in the HTML of its tooltip. None if it links to no anime."""
    link = card.css_first('a[href*="/anime/"]')
    page = _linked(link)
    if link is None or page is None:
        return None
    tooltip = LexborHTMLParser(bounded((attribute(link, "title") or "")[:LONGEST_MARKUP], MOST_TAGS))
    name = _name(card, "h3") or visible(text_of(tooltip.css_first("h5")))
    if name is None:
        return None
    form, years = read_format(text_of(tooltip.css_first(".type"))), text_of(tooltip.css_first(".iconYear"))
    started = year_of(years)
    return Metadata(
        source_url=page,
        title=name,
        synonyms=alternative_names(text_of(tooltip.css_first(".tooltip-alt, h6"))),
        type=form.kind,
        status=status(None, None, years, today),
        episode_count=form.episodes,
        duration_seconds=form.seconds,
        aired_from=started.day,
        exactness=marks(
            aired_from=started.exactness,
            status=Exactness.DERIVED,
            duration_seconds=Exactness.ROUNDED if form.seconds else None,
        ),
    )


def _name(node: LexborNode | None, places: str) -> str | None:
    """The name on a card; where Cloudflare hides it, or it stands nowhere, that of its picture."""
    if node is None:
        return None
    return visible(text_of(node.css_first(places))) or visible(plain(attribute(node.css_first("img"), "alt")))


def _linked(node: LexborNode | None) -> str | None:
    href = (node.attributes.get("href") or "") if node is not None else ""
    match = _PLAIN.fullmatch(href)
    page = identify(f"{_SITE}{match['path']}") if match else None
    return Page(Provider.ANIME_PLANET, page.id).url if page else None
