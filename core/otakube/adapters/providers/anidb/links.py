# SPDX-License-Identifier: Apache-2.0
"""AniDB's links: to its other anime, and to other sites by number of the site. Pure.

Numbers from AniDB's anime page and its clients; one that is not listed here is a link that we do not read.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree.ElementTree import Element

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.providers.anidb.document import anime_id, whole
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink
from otakube.domain.record.golden import RelationKind
from otakube.domain.record.pages import Page, identify
from otakube.domain.record.text import plain, web_address
from otakube_api.contract import Provider

_MAL = "2"
_SITES = {
    "1": "https://www.animenewsnetwork.com/encyclopedia/anime.php?id={}",
    _MAL: "https://myanimelist.net/anime/{}",
    "4": "{}",  # official, Japanese: an address
    "5": "{}",  # official, English
    "6": "https://en.wikipedia.org/wiki/{}",
    "7": "https://ja.wikipedia.org/wiki/{}",
    "8": "https://cal.syoboi.jp/tid/{}",
    "9": "https://www.allcinema.net/prog/show_c.php?num_c={}",
    "10": "http://anison.info/data/program/{}.html",
    "43": "https://www.imdb.com/title/{}",
}
_STREAMS = {
    "28": ("Crunchyroll", "https://www.crunchyroll.com/series/{}"),
    "32": ("Amazon", "https://www.amazon.com/dp/{}"),
    "41": ("Netflix", "https://www.netflix.com/title/{}"),
}
_RELATIONS: dict[str | None, RelationKind] = {
    "Sequel": "Sequel",
    "Prequel": "Prequel",
    "Same Setting": "Other",  # one world, other people: we have no word for it
    "Alternative Setting": "AlternativeSetting",
    "Alternate Setting": "AlternativeSetting",
    "Alternative Version": "AlternativeVersion",
    "Music Video": "Other",
    "Character": "Character",
    "Side Story": "SideStory",
    "Parent Story": "ParentStory",
    "Summary": "Summary",
    "Full Story": "FullStory",
    "Other": "Other",
}
_MAL_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def same_as(anime: Element) -> list[str]:
    """Its page at MyAnimeList, if AniDB names one: of several pages none is all of this anime."""
    numbers = [name for kind, name in _entities(anime) if kind == _MAL and _MAL_NUMBER.fullmatch(name)]
    return [Page(Provider.JIKAN, numbers[0]).url] if len(set(numbers)) == 1 else []


def external(anime: Element) -> list[str]:
    """Its own pages, and those about it elsewhere; pages that are this anime are `same_as`."""
    found = [web_address(plain(anime.findtext("url")))]
    found += [_address(_SITES[kind], name) for kind, name in _entities(anime) if kind in _SITES]
    same = same_as(anime)
    return [url for url in dict.fromkeys(found) if url and url not in same][:200]


def streaming(anime: Element) -> list[ClaimedStreamingLink]:
    """Streaming links."""
    links = [
        ClaimedStreamingLink(site=_STREAMS[kind][0], url=url)
        for kind, name in _entities(anime)
        if kind in _STREAMS and (url := _address(_STREAMS[kind][1], name))
    ]
    return list({link.url: link for link in links}.values())[:200]


def _entities(anime: Element) -> Iterator[tuple[str, str]]:
    """Kind and name (an identifier or an address) of every resource, all entities of each."""
    for resource in anime.iterfind("resources/resource"):
        for entity in resource.iterfind("externalentity"):
            name = plain(entity.findtext("url") or entity.findtext("identifier"))
            if name:
                yield resource.get("type", ""), name


def _address(form: str, name: str) -> str | None:
    url = web_address(name if form == "{}" else form.format(quote(name, safe="")))
    page = identify(url) if url else None
    return page.url if page else url


def relation(node: Element) -> ClaimedRelation:
    """One related anime."""
    kind = word("relatedanime.type", node.get("type"), _RELATIONS)
    return ClaimedRelation(kind=kind, title=_name(node), source_urls=[_page(node)])


def similar(node: Element) -> ClaimedRecommendation:
    """One similar anime; `approval` counts those who agree."""
    votes = whole("similaranime.approval", node.get("approval"))
    return ClaimedRecommendation(title=_name(node), source_urls=[_page(node)], votes=votes)


def _name(node: Element) -> str:
    return plain(node.text) or refuse(f"{node.tag}", node.text, "a title")


def _page(node: Element) -> str:
    return Page(Provider.ANIDB, anime_id(node)).url
