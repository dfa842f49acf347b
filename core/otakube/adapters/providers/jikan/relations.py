# SPDX-License-Identifier: Apache-2.0
"""Other works and other sites, from Jikan's answers. Pure: one function a kind of row."""

from otakube.adapters.http.parsing import word
from otakube.adapters.http.rows import converted
from otakube.adapters.providers.jikan.answers import JikanLink, RecommendationRow, RelatedGroup, RelatedTitle
from otakube.adapters.providers.jikan.vocabulary import RELATIONS, SITES
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink
from otakube.domain.record.text import plain, web_address


def related(group: RelatedGroup) -> list[ClaimedRelation]:
    """One kind of relation to several works."""
    kind = word("relations.relation", group.relation, RELATIONS)

    def row(one: RelatedTitle) -> ClaimedRelation | None:
        name = plain(one.name)
        return (
            ClaimedRelation(kind=kind, title=name, source_urls=[page(one.type, one.mal_id)]) if name else None
        )

    return converted(group.entry, row)


def recommended(row: RecommendationRow) -> ClaimedRecommendation | None:
    """An anime that people who like this one like; `votes` of them. None if it has no visible title."""
    title = plain(row.entry.title)
    if title is None:
        return None
    return ClaimedRecommendation(title=title, source_urls=[page("anime", row.entry.mal_id)], votes=row.votes)


def streaming(link: JikanLink) -> ClaimedStreamingLink | None:
    """Streaming link; None if the site has no name or the address is none of the web."""
    site, url = plain(link.name), web_address(link.url)
    return ClaimedStreamingLink(site=site, url=url) if site and url else None


def page(kind: str, mal_id: int) -> str:
    """The page of an anime or a manga on MyAnimeList."""
    return f"https://myanimelist.net/{word('relations.entry.type', kind, SITES)}/{mal_id}"
