# SPDX-License-Identifier: Apache-2.0
"""Recommendations and streaming links of all providers, merged by work and by address."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from otakube.domain.merge.relations import RelatedWork, work_of
from otakube.domain.record import claims
from otakube.domain.record.golden import Recommendation, StreamingLink
from otakube_api.contract import Provider

_MOST = 200  # the record's own limit, of both
_PAGES = 20


def merge_recommendations(
    said: Mapping[Provider, Sequence[claims.ClaimedRecommendation]],
) -> list[Recommendation]:
    """One row a work with everybody's votes added, the most voted for first; None where nobody counts."""
    works: list[RelatedWork] = []
    votes: list[int | None] = []
    for provider, one in ((p, one) for p, rows in said.items() for one in rows):
        work = work_of(one.title, one.source_urls, provider)
        known = next((number for number, other in enumerate(works) if other.is_one(work)), None)
        if known is None:
            works.append(work)
            votes.append(one.votes)
            continue
        works[known].add(work)
        if one.votes is not None:
            votes[known] = (votes[known] or 0) + one.votes
    ranked = sorted(range(len(works)), key=lambda number: -(votes[number] or 0))
    return [_row(works[number], votes[number]) for number in ranked[:_MOST]]


def _row(work: RelatedWork, votes: int | None) -> Recommendation:
    return Recommendation(
        title=work.title,
        source_urls=list(work.urls.values())[:_PAGES],
        votes=votes,
        providers=work.providers,
    )


def merge_streaming(said: Mapping[Provider, Sequence[claims.ClaimedStreamingLink]]) -> list[StreamingLink]:
    """One row an address."""
    links: dict[tuple[str, str, str], StreamingLink] = {}
    for provider, one in ((p, one) for p, rows in said.items() for one in rows):
        key = address(one.url)
        known = links.setdefault(key, StreamingLink(site=one.site, url=one.url))
        if provider not in known.providers:
            links[key] = known.model_copy(update={"providers": [*known.providers, provider]})
    return list(links.values())[:_MOST]


def address(url: str) -> tuple[str, str, str]:
    """Target of an address, whatever its scheme, case of host and last slash."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query
