# SPDX-License-Identifier: Apache-2.0
"""Other works that AniList relates or recommends, and links away from it. Pure."""

from collections.abc import Iterable

from otakube.adapters.http.parsing import refuse, word
from otakube.adapters.providers.anilist.answers import (
    ExternalLink,
    MediaTitle,
    OtherMedia,
    RecommendationNode,
    RelationEdge,
)
from otakube.adapters.providers.anilist.vocabulary import RELATIONS, SITES, STREAMS
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink
from otakube.domain.record.text import plain, web_address


def title(field: str, said: MediaTitle) -> str:
    """The main title: romaji before the others, as the other providers have it."""
    names = (said.romaji, said.userPreferred, said.english, said.native)
    return next((name for one in names if (name := plain(one))), None) or refuse(
        field, said.romaji, "a title"
    )


def pages(field: str, said: OtherMedia) -> list[str]:
    """Addresses of a work: its page at AniList, and that at MyAnimeList, by which others know it."""
    site = word(field, said.type, SITES)
    other = [f"https://myanimelist.net/{site}/{said.idMal}"] if said.idMal and said.idMal > 0 else []
    return [f"https://anilist.co/{site}/{said.id}", *other]


def relation(edge: RelationEdge) -> ClaimedRelation | None:
    """One relation to one work; None if the work is gone."""
    if edge.node is None:
        return None
    return ClaimedRelation(
        kind=word("relations.relationType", edge.relationType, RELATIONS),
        title=title("relations.node.title", edge.node.title),
        source_urls=pages("relations.node.type", edge.node),
    )


def recommendation(said: RecommendationNode) -> ClaimedRecommendation | None:
    """One recommendation; None if its work is gone, or if more people voted against it than for it."""
    other, votes = said.mediaRecommendation, said.rating or 0
    if other is None or votes < 0:
        return None
    return ClaimedRecommendation(
        title=title("recommendations.title", other.title),
        source_urls=pages("recommendations.type", other),
        votes=votes,
    )


def streaming(links: Iterable[ExternalLink]) -> list[ClaimedStreamingLink]:
    """Streaming links, each address once."""
    found = {
        url: ClaimedStreamingLink(
            site=plain(link.site) or refuse("externalLinks.site", link.site, "a name"), url=url
        )
        for link in links
        if alive(link) and streams(link) and (url := web_address(link.url))
    }
    return list(found.values())


def external(links: Iterable[ExternalLink]) -> list[str]:
    """Its other pages: official sites, social media, and links of a kind that AniList did not tell."""
    found = (web_address(link.url) for link in links if alive(link) and not streams(link))
    return list(dict.fromkeys(url for url in found if url))


def streams(link: ExternalLink) -> bool:
    """True of a streaming site."""
    return word("externalLinks.type", link.type, STREAMS)


def alive(link: ExternalLink) -> bool:
    """AniList keeps links that lead nowhere any more, and marks them."""
    return not link.isDisabled
