# SPDX-License-Identifier: Apache-2.0
"""The step `fetch`: finds the anime at every provider, and keeps each provider's answers.

One provider's failure is reported, not fatal, while the quorum stands. Answers that this run has already are
not asked for again. `state` has the four values that a fetch goes through.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from otakube.commit.claims import PageClaims
from otakube.domain.locks.effects import locked_fields
from otakube.domain.record import handover
from otakube.domain.record.claims import Relationships
from otakube.domain.record.golden import GateFinding, GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.domain.record.ids import derived_id
from otakube.domain.record.pages import Page
from otakube.errors import Fatal, Retriable
from otakube.ports.catalogue import Catalogue
from otakube.ports.history import History
from otakube.ports.listings import Listings
from otakube.ports.locks import Locks
from otakube.ports.objects import ObjectStore
from otakube.steps.fetch.airing import await_episode
from otakube.steps.fetch.attribution import attribute
from otakube.steps.fetch.fetcher import ProviderFetcher, stored_records
from otakube.steps.fetch.naming import Adapters, choose, name_anime, split
from otakube.steps.fetch.ownership import enforce_different_locks
from otakube.steps.fetch.prequels import episodes_before
from otakube.steps.fetch.resolve import FetchRequest, format_failures, ids_of
from otakube.steps.fetch.run_locks import RunDecisions, apply_title_lock
from otakube.steps.fetch.state import AskedState, NamedState, OwnedState
from otakube_api.contract import FailureReason, Gate, Mode, Output, Provider, ReviewPolicy, SourceReason
from otakube_api.providers import ALTERNATIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Stores of what is known from before; each is reached when it is needed."""

    claims: Callable[[], Awaitable[PageClaims]]
    catalogue: Callable[[], Awaitable[Catalogue]]
    listings: Callable[[], Awaitable[Listings]]
    history: Callable[[], Awaitable[History]]
    locks: Callable[[], Awaitable[Locks]]


async def fetch(  # noqa: PLR0913 - the step's ports
    request: FetchRequest,
    adapters: Adapters,
    objects: ObjectStore,
    memory: Memory,
    *,
    work_prefix: str,
    uid: str,
    quorum: int,
    mode: str,
    review_policy: str,
    episode: int | None = None,
) -> dict[Output, str]:
    """Fetch, claim the entry, and leave raw and converted records, the live record and the summary.

    `adapters` are those that the installation has switched on, in the order in which they are asked.
    """
    decisions = RunDecisions(locks=memory.locks)
    request = await apply_title_lock(request, decisions)
    chosen = choose(request, adapters)
    stored = await stored_records(chosen, objects, work_prefix)
    named = await name_anime(request, chosen, memory.catalogue, memory.listings, decisions, stored)
    fetcher = ProviderFetcher(
        adapters=chosen,
        stored=stored,
        objects=objects,
        work_prefix=work_prefix,
        history=memory.history,
        decisions=decisions,
        episodes_only=mode == Mode.EPISODE_UPDATE,
    )
    asked = await ask_all(named, fetcher)
    attributed = attribute(
        asked,
        decisions,
        vouched=() if request.title else tuple(named.requested),
        reviewed=review_policy != ReviewPolicy.NEVER,
    )
    check_quorum(attributed.asked, quorum)
    page, claims = requested_page(named, attributed.asked), await memory.claims()
    owned = await enforce_different_locks(attributed, page, claims, decisions)
    check_quorum(owned.asked, quorum)
    entry_id, existing = await claims.claim(owned.pages, request.anime_id or derived_id("ani", uid))
    catalogue = await memory.catalogue()
    live = await catalogue.entry(entry_id) if existing else None
    before = await episodes_before(catalogue, relationships(owned.asked))
    if episode is not None:
        await await_episode(episode, owned.asked, chosen, live.record if live else None, before)
    contradictions = await write_locks(owned, decisions, objects, work_prefix)
    findings = [*named.gates, *contradictions]
    live_version = live.version if live else None
    summary = summarise(owned, entry_id, findings, live_version=live_version, before=before)
    return await write_summary(summary, live.record if live else None, objects, work_prefix)


async def ask_all(named: NamedState, fetcher: ProviderFetcher) -> AskedState:
    """The second state: what all providers answer, stand-ins where their alternative gave nothing fresh."""
    known = ids_of([record.source_url for record in named.stored.values()])
    asked = AskedState(ids={**known, **named.requested}, failures=named.failures)
    first, second = split(fetcher.adapters)
    asked = await fetcher.ask(asked, first)
    asked = await fetcher.ask(asked, needed_stand_ins(asked, second))
    asked = await fetcher.apply_locks(asked)
    await forget_unusable(asked, fetcher.adapters)
    return asked


def needed_stand_ins(asked: AskedState, second: Collection[Provider]) -> list[Provider]:
    """The stand-ins whose alternative gave no answer, or only an old copy."""
    unknown = {one for one, error in asked.failures if error.reason is SourceReason.NOT_FOUND}

    def needed(provider: Provider) -> bool:
        record = asked.records.get(ALTERNATIVES[provider])
        return record.stale if record else ALTERNATIVES[provider] not in unknown

    return [provider for provider in second if needed(provider)]


async def forget_unusable(asked: AskedState, adapters: Adapters) -> None:
    """Keep no answers that cannot be read or accepted: the next run would be served the same again."""
    for provider in {one for one, error in asked.failures if error.reason in _UNUSABLE}:
        await adapters[provider].forget()


_UNUSABLE = (SourceReason.ANSWER_INVALID, SourceReason.IMPLAUSIBLE)


def requested_page(named: NamedState, asked: AskedState) -> str:
    """The page that a person named, else the most trusted one that was found."""
    provider, provider_id = next(iter((named.requested or asked.ids).items()))
    return Page(provider, provider_id).url


async def write_locks(
    owned: OwnedState, decisions: RunDecisions, objects: ObjectStore, prefix: str
) -> list[GateFinding]:
    """Leave the anime's merge locks for the stages; those that contradict each other are findings."""
    locks = decisions.of(owned.pages, others=owned.foreign_pages)
    await objects.put(f"{prefix}/{handover.LOCKS}", locks.model_dump_json().encode())
    wrong = locked_fields(locks.locks, owned.pages).contradictions
    return [GateFinding(gate=Gate.CONSISTENCY, message=message[:500]) for message in wrong]


def check_quorum(asked: AskedState, quorum: int) -> None:
    """Enough providers answered; else what fits: nobody knows it, or somebody may later."""
    if len(asked.records) >= quorum:
        return
    reasons = [error.reason for _, error in asked.failures]
    if reasons and set(reasons) == {SourceReason.NOT_FOUND} and not asked.records:
        message = f"no provider knows this anime: {format_failures(asked.failures)}. Correct spec.anime"
        raise Fatal(FailureReason.ANIME_UNKNOWN, message)
    again = any(reason in _PASSING for reason in reasons)
    message = (
        f"{len(asked.records)} providers answered, {quorum} are needed: {format_failures(asked.failures)}"
    )
    if again:
        raise Retriable(FailureReason.QUORUM_NOT_REACHED, message)
    raise Fatal(FailureReason.PROVIDERS_UNUSABLE, message)


_PASSING = (SourceReason.UNAVAILABLE, SourceReason.RATE_LIMITED)


def relationships(asked: AskedState) -> dict[Provider, Relationships]:
    """Related works by provider, where they can be read."""
    found = {provider: record.relationships for provider, record in asked.records.items()}
    return {provider: related for provider, related in found.items() if related is not None}


def summarise(
    owned: OwnedState,
    entry_id: str,
    findings: Sequence[GateFinding],
    *,
    live_version: int | None,
    before: int | None,
) -> FetchSummary:
    """The summary for the steps after this one; `before`: episodes of the seasons before."""
    asked = owned.asked
    return FetchSummary(
        entry_id=entry_id,
        title=asked.title,
        existing=live_version is not None,
        live_version=live_version,
        answered=list(asked.records),
        failed=[
            {"provider": provider.value, "reason": error.reason.value, "message": str(error)[:500]}
            for provider, error in asked.failures
        ],
        agreement=dict(owned.agreement),
        gates=[*owned.gates, *findings],
        notes=[f"{p}: {note}"[:500] for p, one in asked.records.items() for note in one.notes][:100],
        episodes_before=before,
        fetched_at=max((record.fetched_at for record in asked.records.values()), default=datetime.now(UTC)),
    )


async def write_summary(
    summary: FetchSummary, live: GoldenRecord | None, objects: ObjectStore, prefix: str
) -> dict[Output, str]:
    """Leave the live record and the summary; the outputs for the workflow."""
    if live is not None:
        await objects.put(f"{prefix}/{handover.LIVE}", live.model_dump_json().encode())
    await objects.put(f"{prefix}/{handover.FETCH}", summary.model_dump_json().encode())
    return {
        Output.ENTRY_ID: summary.entry_id,
        Output.TITLE: summary.title,
        Output.ANSWERED_SOURCES: orjson.dumps(summary.answered).decode(),
        Output.FAILED_SOURCES: orjson.dumps(summary.failed).decode(),
    }
