# SPDX-License-Identifier: Apache-2.0
"""Makes the first state of a fetch: the providers to ask, and the ids by which the anime is named."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from otakube.domain.record.claims import ConvertedRecord
from otakube.domain.record.golden import GateFinding
from otakube.errors import Fatal, SourceError
from otakube.ports.catalogue import Catalogue
from otakube.ports.listings import Listings
from otakube.ports.providers import ProviderAdapter
from otakube.steps.fetch.resolve import FetchRequest, ids_of, resolve_title
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import NamedState, SourceFailure, log_failure
from otakube_api.contract import FailureReason, Gate, Provider, SourceReason
from otakube_api.providers import ALTERNATIVES

Adapters = Mapping[Provider, ProviderAdapter]


def choose(request: FetchRequest, adapters: Adapters) -> Adapters:
    """Adapters of the providers that are requested; none means all."""
    requested = request.providers
    chosen = {one: adapter for one, adapter in adapters.items() if not requested or one in requested}
    if not chosen:
        raise Fatal(
            FailureReason.PROVIDERS_UNUSABLE,
            f"none of {', '.join(requested) or 'the providers'} is switched on: change spec.providers, "
            "or the installation's providers",
        )
    return chosen


def split(adapters: Adapters) -> tuple[Adapters, Adapters]:
    """Those to ask at once, and those that stand in for an alternative among them."""
    first: dict[Provider, ProviderAdapter] = {}
    second: dict[Provider, ProviderAdapter] = {}
    for provider, adapter in adapters.items():
        (second if ALTERNATIVES.get(provider) in first else first)[provider] = adapter
    return first, second


async def name_anime(
    request: FetchRequest,
    adapters: Adapters,
    catalogue: Callable[[], Awaitable[Catalogue]],
    listings: Callable[[], Awaitable[Listings]],
    decisions: RunDecisions,
    stored: Mapping[Provider, ConvertedRecord],
) -> NamedState:
    """The first state; a title is resolved, unless an earlier attempt has fetched what it means."""
    missing = [provider for provider in request.providers if provider not in adapters]
    failures = tuple(switched_off(provider) for provider in missing)
    gates: tuple[GateFinding, ...] = ()
    if request.anime_id:
        requested = await ids_of_entry(request.anime_id, await catalogue(), listings)
    elif request.source_urls:
        requested = ids_of(request.source_urls, strict=True)
    elif stored:
        requested = {}
    else:
        candidate = await resolve_title(request, *split(adapters), decisions.between)
        requested = ids_of(candidate.source_urls)
        gates = tuple(contested_pages(provider, urls) for provider, urls in candidate.contested.items())
    return NamedState(requested=requested, stored=stored, failures=failures, gates=gates)


def contested_pages(provider: Provider, urls: Sequence[str]) -> GateFinding:
    """The finding that several pages of one provider fit, and none of them more than the others."""
    listed = ", ".join(urls)
    message = f"{provider} has {len(urls)} pages that fit alike: {listed}; name one in spec.anime.sourceUrls"
    return GateFinding(gate=Gate.IDENTITY, message=message[:500])


async def ids_of_entry(
    entry_id: str, catalogue: Catalogue, listings: Callable[[], Awaitable[Listings]]
) -> dict[Provider, str]:
    """The providers' ids of an entry that is live or listed."""
    live = await catalogue.entry(entry_id)
    if live is not None:
        return ids_of(live.record.entry.sources)
    listed = await (await listings()).get(entry_id)
    if listed is None:
        raise Fatal(
            FailureReason.ANIME_UNKNOWN,
            f"the catalogue has no entry {entry_id}: correct spec.anime.id, or use sourceUrls",
        )
    if not (ids := ids_of(listed.listing.sources)):
        pages = ", ".join(listed.listing.sources)
        message = f"{entry_id} has pages that no provider is asked by ({pages}): use sourceUrls"
        raise Fatal(FailureReason.SOURCE_URL_UNSUPPORTED, message)
    return ids


def switched_off(provider: Provider) -> SourceFailure:
    """A provider that is requested, and cannot be asked."""
    message = f"{provider} is not switched on in this installation, or lacks its credentials"
    return log_failure(provider, SourceError(SourceReason.SWITCHED_OFF, message))
