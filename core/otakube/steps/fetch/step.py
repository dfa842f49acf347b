# SPDX-License-Identifier: Apache-2.0
"""The fetch step: finds the anime at every provider, and keeps each provider's answers as received.

One provider's failure is reported, not fatal, while the quorum stands. Answers that this run has already are
not asked for again.
"""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from otakube.domain.checks.identity import doubt, doubtful, surely_another
from otakube.domain.locks.effects import locked_fields
from otakube.domain.matching.resolution import agreement
from otakube.domain.record import handover
from otakube.domain.record.claims import Relationships
from otakube.domain.record.golden import ALTERNATIVES, GateFinding, GoldenRecord
from otakube.domain.record.handover import FetchSummary
from otakube.domain.record.ids import derived_id
from otakube.domain.record.pages import Page
from otakube.errors import Fatal, Retriable, SourceError
from otakube.ports.catalogue import Catalogue, Identities
from otakube.ports.history import History
from otakube.ports.locks import Locks
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import ProviderAdapter
from otakube.steps.fetch.asking import Asking, Harvest, stored_records
from otakube.steps.fetch.ownership import stay_apart
from otakube.steps.fetch.prequels import episodes_before
from otakube.steps.fetch.resolve import Wanted, ids_of, resolve_title, spoken
from otakube.steps.fetch.run_locks import Decisions, meant
from otakube_api.contract import FailureReason, Gate, Mode, Output, Provider, ReviewPolicy, SourceReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is known from before; each store is reached when it is needed."""

    identities: Callable[[], Awaitable[Identities]]
    catalogue: Callable[[], Awaitable[Catalogue]]
    history: Callable[[], Awaitable[History]]
    locks: Callable[[], Awaitable[Locks]]


async def fetch(  # noqa: PLR0913 - the step's ports
    wanted: Wanted,
    adapters: Mapping[Provider, ProviderAdapter],
    objects: ObjectStore,
    memory: Memory,
    *,
    work_prefix: str,
    uid: str,
    quorum: int,
    mode: str,
    review_policy: str,
) -> dict[Output, str]:
    """Fetch, claim the entry, and leave raw records, the live record and the summary in the bucket.

    `adapters` are those that the installation has switched on, in the order in which they are asked.
    """
    decisions = Decisions(locks=memory.locks)
    wanted = await meant(wanted, decisions)
    harvest = Harvest(episodes_only=mode == Mode.EPISODE_UPDATE, allowed=decisions.allowed)
    adapters = asked(wanted.providers, adapters, harvest)
    first, second = split(adapters)
    harvest.stored = await stored_records(adapters, objects, work_prefix)
    harvest.ids = ids_of([one.source_url for one in harvest.stored.values()])
    named = await first_ids(wanted, (first, second), harvest, memory, decisions)
    harvest.ids |= named
    asking = Asking(
        harvest=harvest, objects=objects, prefix=work_prefix, history=memory.history, decisions=decisions
    )
    await asking.all(first)
    await asking.all(needed(second, harvest))
    await asking.go_by_locks()
    await forget_unusable(harvest, adapters)
    set_apart(
        harvest,
        decisions,
        vouched=() if wanted.title else named,
        reviewed=review_policy != ReviewPolicy.NEVER,
    )
    measure_agreement(harvest, decisions)
    check_quorum(harvest, quorum)
    identities = await memory.identities()
    await stay_apart(harvest, asked_for(named, harvest), identities, decisions)
    check_quorum(harvest, quorum)
    entry_id, existing = await identities.claim(harvest.pages, derived_id("ani", uid))
    catalogue = await memory.catalogue()
    live = await catalogue.entry(entry_id) if existing else None
    before = await episodes_before(catalogue, related(harvest, adapters))
    await keep_locks(harvest, decisions, objects, work_prefix)
    summary = summarised(harvest, entry_id, existing=live is not None, before=before)
    return await conclude(summary, live.record if live else None, objects, work_prefix)


def asked(
    wanted: tuple[Provider, ...], adapters: Mapping[Provider, ProviderAdapter], harvest: Harvest
) -> dict[Provider, ProviderAdapter]:
    """The adapters of the providers that are wanted; one that is switched off is reported, none means all."""
    for provider in wanted:
        if provider not in adapters:
            switched_off = f"{provider} is not switched on in this installation, or lacks its credentials"
            harvest.fail(provider, SourceError(SourceReason.SWITCHED_OFF, switched_off))
    chosen = {provider: adapter for provider, adapter in adapters.items() if not wanted or provider in wanted}
    if not chosen:
        raise Fatal(
            FailureReason.QUORUM_NOT_REACHED,
            f"none of {', '.join(wanted) or 'the providers'} is switched on: change spec.providers, "
            "or the installation's providers",
        )
    return chosen


def split(
    adapters: Mapping[Provider, ProviderAdapter],
) -> tuple[dict[Provider, ProviderAdapter], dict[Provider, ProviderAdapter]]:
    """Those to ask at once, and those that stand in for an alternative among them."""
    first: dict[Provider, ProviderAdapter] = {}
    second: dict[Provider, ProviderAdapter] = {}
    for provider, adapter in adapters.items():
        (second if ALTERNATIVES.get(provider) in first else first)[provider] = adapter
    return first, second


def needed(second: Mapping[Provider, ProviderAdapter], harvest: Harvest) -> dict[Provider, ProviderAdapter]:
    """The stand-ins whose alternative gave no answer, or only an old copy."""

    def absent(provider: Provider) -> bool:
        record = harvest.records.get(ALTERNATIVES[provider])
        unknown = any(
            failed is ALTERNATIVES[provider] and error.reason is SourceReason.NOT_FOUND
            for failed, error in harvest.failed
        )
        return record.stale if record else not unknown

    return {provider: adapter for provider, adapter in second.items() if absent(provider)}


async def first_ids(
    wanted: Wanted,
    adapters: tuple[Mapping[Provider, ProviderAdapter], Mapping[Provider, ProviderAdapter]],
    harvest: Harvest,
    memory: Memory,
    decisions: Decisions,
) -> dict[Provider, str]:
    """The providers' ids that follow from what was asked for."""
    if wanted.anime_id:
        live = await (await memory.catalogue()).entry(wanted.anime_id)
        if live is None:
            raise Fatal(
                FailureReason.ANIME_UNKNOWN,
                f"the catalogue has no entry {wanted.anime_id}: correct spec.anime.id, or use sourceUrls",
            )
        return ids_of(live.record.entry.sources)
    if wanted.source_urls:
        return ids_of(wanted.source_urls, strict=True)
    if harvest.stored:
        return {}
    return ids_of((await resolve_title(wanted, *adapters, decisions.between)).source_urls)


async def forget_unusable(harvest: Harvest, adapters: Mapping[Provider, ProviderAdapter]) -> None:
    """Keep no answers that cannot be read or believed: the next run would be served the same again."""
    for provider in {failed for failed, error in harvest.failed if error.reason in _UNUSABLE}:
        await adapters[provider].forget()


_UNUSABLE = (SourceReason.ANSWER_INVALID, SourceReason.IMPLAUSIBLE)


def asked_for(named: Mapping[Provider, str], harvest: Harvest) -> str:
    """The page that a person named, else the most trusted one that was found."""
    provider, name = next(iter((named or harvest.ids).items()))
    return Page(provider, name).url


def set_apart(
    harvest: Harvest, decisions: Decisions, *, vouched: Collection[Provider], reviewed: bool
) -> None:
    """Tell of providers that may speak of another anime; without a person who looks they are left out."""
    site = {*vouched, *(ALTERNATIVES[provider] for provider in vouched if provider in ALTERNATIVES)}
    doubts = doubtful(harvest.described, site, harvest.ignored)
    settled = decisions.settled(harvest.described, harvest.described.keys() - doubts)
    for provider, best in doubts.items():
        if provider in settled:
            continue
        one = harvest.described[provider]
        found = doubt(provider, one, best)
        another = provider not in site and surely_another(one, best, harvest.described.values())
        if not another:
            harvest.gates.append(found)
        if another or not reviewed:
            why = "so little that nobody need look" if another else "since nobody reviews"
            message = f"{found.message}; left out, {why}"
            harvest.drop(provider, SourceError(SourceReason.NOT_FOUND, message))


async def keep_locks(harvest: Harvest, decisions: Decisions, objects: ObjectStore, prefix: str) -> None:
    """Leave the anime's merge locks for the stages; those that contradict each other are a gate's finding."""
    locks = decisions.of(harvest.pages, others=harvest.others)
    wrong = locked_fields(locks.locks, harvest.pages).contradictions
    harvest.gates += [GateFinding(gate=Gate.CONSISTENCY, message=message[:500]) for message in wrong]
    await objects.put(f"{prefix}/{handover.LOCKS}", locks.model_dump_json().encode())


def measure_agreement(harvest: Harvest, decisions: Decisions) -> None:
    """How well each provider's anime agrees with the others': a wrong link shows, unless a person knows."""
    for provider, described in harvest.described.items():
        others = [agreement(described, other) for p, other in harvest.described.items() if p is not provider]
        rest = harvest.described.keys() - {provider}
        settled = provider in decisions.settled(harvest.described, rest)
        harvest.agreement[provider] = 1.0 if settled else round(max(others, default=1.0), 3)


def check_quorum(harvest: Harvest, quorum: int) -> None:
    """Enough providers answered; else what fits: nobody knows it, or somebody may later."""
    if len(harvest.described) >= quorum:
        return
    unknown = [error for _, error in harvest.failed if error.reason is SourceReason.NOT_FOUND]
    if harvest.failed and len(unknown) == len(harvest.failed) and not harvest.described:
        raise Fatal(
            FailureReason.ANIME_UNKNOWN,
            f"no provider knows this anime: {spoken(harvest.failed)}. Correct spec.anime",
        )
    again = any(error.reason in _PASSING for _, error in harvest.failed)
    raise (Retriable if again else Fatal)(
        FailureReason.QUORUM_NOT_REACHED,
        f"{len(harvest.described)} providers answered, {quorum} are needed: {spoken(harvest.failed)}",
    )


_PASSING = (SourceReason.UNAVAILABLE, SourceReason.RATE_LIMITED)


def related(harvest: Harvest, adapters: Mapping[Provider, ProviderAdapter]) -> dict[Provider, Relationships]:
    """What the providers say of related works; those that cannot be read have been reported."""
    found = {}
    for provider, record in harvest.records.items():
        with contextlib.suppress(SourceError):  # was reported when it was fetched
            found[provider] = adapters[provider].converter.relationships(record)
    return found


def summarised(harvest: Harvest, entry_id: str, *, existing: bool, before: int | None) -> FetchSummary:
    """What the steps after this one need to know; `before`: episodes of the seasons before."""
    return FetchSummary(
        entry_id=entry_id,
        title=harvest.title,
        existing=existing,
        answered=list(harvest.described),
        failed=[
            {"provider": provider.value, "reason": error.reason.value, "message": str(error)[:500]}
            for provider, error in harvest.failed
        ],
        agreement=harvest.agreement,
        gates=harvest.gates,
        episodes_before=before,
        fetched_at=max((one.fetched_at for one in harvest.records.values()), default=datetime.now(UTC)),
    )


async def conclude(
    summary: FetchSummary, live: GoldenRecord | None, objects: ObjectStore, prefix: str
) -> dict[Output, str]:
    """Leave the live record and the summary, and tell the workflow."""
    if live is not None:
        await objects.put(f"{prefix}/{handover.LIVE}", live.model_dump_json().encode())
    await objects.put(f"{prefix}/{handover.FETCH}", summary.model_dump_json().encode())
    return {
        Output.ENTRY_ID: summary.entry_id,
        Output.TITLE: summary.title,
        Output.ANSWERED_SOURCES: orjson.dumps(summary.answered).decode(),
        Output.FAILED_SOURCES: orjson.dumps(summary.failed).decode(),
    }
