# SPDX-License-Identifier: Apache-2.0
"""Other works that Kitsu relates, and where a work can be watched. Pure."""

from otakube.adapters.http.parsing import read, refuse, word
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.kitsu.answers import (
    AnimeAttributes,
    Document,
    KitsuResource,
    RoleAttributes,
    StreamerAttributes,
    StreamingLinkAttributes,
)
from otakube.adapters.providers.kitsu.vocabulary import MEDIA, RELATIONS
from otakube.domain.record.claims import ClaimedRelation, ClaimedStreamingLink
from otakube.domain.record.text import plain, web_address

_LONGEST_NUMBER = 10  # digits


def number_of(resource: KitsuResource) -> str:
    """A resource's number, fit to stand in an address."""
    if not (resource.id.isascii() and resource.id.isdigit() and len(resource.id) <= _LONGEST_NUMBER):
        refuse(f"{resource.type:.50}.id", resource.id, "a number")
    return resource.id


def title(said: AnimeAttributes) -> str:
    """The main title: romaji before the canonical one, as the other providers have it."""
    candidates = (said.titles.get("en_jp"), said.canonicalTitle, *said.titles.values())
    found = next((name for one in candidates if (name := plain(one))), None)
    return found or refuse("canonicalTitle", said.canonicalTitle, "a title")


def relations(document: Document, anime: KitsuResource) -> list[ClaimedRelation]:
    """All relations; one whose other end Kitsu does not have any more says nothing."""
    edges = document.related(anime, "mediaRelationships")
    known = [(edge, others[0]) for edge in edges if (others := document.related(edge, "destination"))]
    return converted(known, lambda pair: relation(*pair))


def relation(edge: KitsuResource, other: KitsuResource) -> ClaimedRelation:
    """One relation to one work."""
    names = {key: other.attributes[key] for key in ("titles", "canonicalTitle") if key in other.attributes}
    return ClaimedRelation(
        kind=word("mediaRelationships.role", read(RoleAttributes, edge.attributes).role, RELATIONS),
        title=title(read(AnimeAttributes, names)),
        source_urls=[f"https://kitsu.app/{word('type', other.type, MEDIA)}/{number_of(other)}"],
    )


def streaming(document: Document, anime: KitsuResource) -> list[ClaimedStreamingLink]:
    """Streaming links, each address once; a link to nowhere, or of no known site, is none."""
    links = document.related(anime, "streamingLinks")
    found = [link for one in links if (link := streaming_link(one, document.related(one, "streamer")))]
    return list({link.url: link for link in found}.values())


def streaming_link(link: KitsuResource, streamers: list[KitsuResource]) -> ClaimedStreamingLink | None:
    """One site's page of the anime."""
    url = web_address(read(StreamingLinkAttributes, link.attributes).url)
    site = plain(read(StreamerAttributes, streamers[0].attributes).siteName) if streamers else None
    return ClaimedStreamingLink(site=site, url=url) if url and site else None
