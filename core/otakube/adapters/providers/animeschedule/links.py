# SPDX-License-Identifier: Apache-2.0
"""AnimeSchedule's links: related anime by slug, pages elsewhere without a scheme, streams. Pure."""

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.providers.animeschedule.answers import AnimeScheduleAnime, Stream
from otakube.domain.record.claims import ClaimedRelation, ClaimedStreamingLink
from otakube.domain.record.golden import RelationKind
from otakube.domain.record.pages import Page, identify
from otakube.domain.record.text import plain, web_address
from otakube_api.contract import Provider

_RELATIONS: dict[str | None, RelationKind] = {
    "sequels": "Sequel",
    "prequels": "Prequel",
    "parents": "ParentStory",
    "sideStories": "SideStory",
    "spinoffs": "Spinoff",
    "alternatives": "AlternativeVersion",
    "other": "Other",
}
_AIR_TYPES = (" (Raw)", " (Sub)", " (Dub)")


def same_as(said: AnimeScheduleAnime) -> list[str]:
    """Its pages at the other providers, in their canonical form."""
    sites = said.websites
    if sites is None:
        return []
    links = [sites.mal, sites.aniList, sites.kitsu, sites.anidb, sites.animePlanet]
    pages = [identify(url) for link in links if (url := addressed(link))]
    return list(dict.fromkeys(page.url for page in pages if page))


def official(said: AnimeScheduleAnime) -> list[str]:
    """Its own site."""
    url = addressed(said.websites.official) if said.websites else None
    return [url] if url else []


def relation(said: str, slug: str) -> ClaimedRelation:
    """One related anime; its slug is all that is said, and makes its title."""
    page = identify(Page(Provider.ANIMESCHEDULE, slug).url)
    if page is None or page.id != slug:
        refuse(f"relations.{said}", slug, "a slug")
    return ClaimedRelation(
        kind=word("relations", said, _RELATIONS), title=slug.replace("-", " "), source_urls=[page.url]
    )


def streaming(said: AnimeScheduleAnime) -> list[ClaimedStreamingLink]:
    """Streaming links, raw, subtitled or dubbed: one row an address."""
    streams = (said.websites.streams if said.websites else None) or []
    links = [
        ClaimedStreamingLink(site=site, url=url)
        for stream in streams
        if (url := addressed(stream.url)) and (site := site_of(stream))
    ]
    return list({link.url: link for link in links}.values())[:200]


def site_of(stream: Stream) -> str | None:
    """The platform's name without the kind of release."""
    name = plain(stream.name) or plain(stream.platform)
    for suffix in _AIR_TYPES:
        name = name.removesuffix(suffix) if name else None
    return name


def addressed(link: str | None) -> str | None:
    """An address of the web; AnimeSchedule leaves out the scheme."""
    text = plain(link)
    if text is None:
        return None
    return web_address(text if "://" in text else f"https://{text}")
