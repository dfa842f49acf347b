# SPDX-License-Identifier: Apache-2.0
"""A look at many listed entries by the providers' batch requests, before each costs a fetch of its own.

Some providers describe 20 or 50 anime in one request; of those that take no list of ids a look costs as much
as a fetch. What they say is held against the dataset's row: an entry whose pages are gone, or show another
anime, is for a person. A provider that is away says nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from otakube import logs
from otakube.domain.matching.agreement import SAME_ANIME, agreement
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Season
from otakube.domain.record.listing import Listing
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.listings import ListedEntry
from otakube.ports.providers import ProviderAdapter
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES

Adapters = Mapping[Provider, ProviderAdapter]


@dataclass(frozen=True, slots=True)
class Described:
    """Pages with what their providers say, and those that their providers have no more."""

    found: dict[Page, Metadata] = field(default_factory=dict)
    absent: set[Page] = field(default_factory=set)


def asked_pages(listing: Listing, adapters: Adapters) -> list[Page]:
    """Pages by which a provider that is switched on can be asked."""
    sites = {*adapters, *(ALTERNATIVES[one] for one in adapters if one in ALTERNATIVES)}
    return [page for url in listing.sources if (page := identify(url)) and page.provider in sites]


async def doubts(entries: Sequence[ListedEntry], adapters: Adapters) -> dict[str, str]:
    """Why an entry is for a person, by its id; those without a doubt are left out."""
    described = await describe(entries, adapters)
    found = {
        one.entry_id: doubt_of(one.listing, asked_pages(one.listing, adapters), described) for one in entries
    }
    return {entry_id: doubt for entry_id, doubt in found.items() if doubt}


async def describe(entries: Sequence[ListedEntry], adapters: Adapters) -> Described:
    """Ask for all pages of these entries, a batch a request."""
    described = Described()
    pages = {page for one in entries for page in asked_pages(one.listing, adapters) if page.id.isdigit()}
    for provider in (one for one, adapter in adapters.items() if adapter.source.batch > 1):
        asked = sorted(page for page in pages if page.provider is provider)
        found: dict[Page, Metadata] = {}
        try:
            async for part in adapters[provider].source.describe([page.id for page in asked]):
                found |= {Page(provider, name): about for name, about in part.items()}
        except SourceError as error:  # each entry's own fetch meets it again, and counts it
            logs.logger().warning("no preview", provider=provider, reason=error.reason, message=str(error))
        else:
            described.absent.update(set(asked) - found.keys())
        described.found.update(found)
    return described


def doubt_of(listing: Listing, pages: Sequence[Page], described: Described) -> str:
    """The doubt of one entry; empty if there is none, or nothing is known."""
    if pages and all(page in described.absent for page in pages):
        return f"AnimeUnknown: no provider has {', '.join(page.url for page in pages)}"
    known = [page for page in pages if page in described.found]
    ours = as_metadata(listing)
    if ours is None or not known:
        return ""
    others = [page for page in known if agreement(ours, described.found[page]) < SAME_ANIME]
    if others != known:
        return ""
    shown = ", ".join(f"{page.url} shows {described.found[page].title!r:.100}" for page in others)
    return f"Identity: {shown}"


def as_metadata(listing: Listing) -> Metadata | None:
    """The row as a provider would describe the anime; None for texts that no description holds."""
    season, names = listing.season, listing.names()
    quarter = season.quarter if season else None
    try:
        return Metadata(
            source_url=listing.sources[0],
            title=names[0],
            synonyms=list(names[1:200]),
            type=listing.type,
            status=listing.status,
            season=Season(year=season.year, quarter=quarter) if season and quarter else None,
            episode_count=listing.episodes,
        )
    except ValidationError:  # nothing to compare: the caller raises no doubt
        return None
