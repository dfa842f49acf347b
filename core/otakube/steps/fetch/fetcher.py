# SPDX-License-Identifier: Apache-2.0
"""Asks providers about one anime, round by round, and keeps what they answer."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from otakube.away import away
from otakube.domain.locks.lock import format_lock
from otakube.domain.matching.agreement import SAME_ANIME, agreement, closeness, page_of
from otakube.domain.record import handover
from otakube.domain.record.claims import ConvertedRecord, Metadata
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.history import History
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import ProviderAdapter, RawRecord
from otakube.steps.fetch.conversion import convert
from otakube.steps.fetch.plausibility import check_plausibility, record_loss
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import AskedState, log_failure
from otakube.steps.inputs import read_checkpoint
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import ALTERNATIVES


class Fetched(NamedTuple):
    """One provider's answers, before and after their conversion."""

    raw: RawRecord
    record: ConvertedRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFetcher:
    """Asks providers; `stored` is what an earlier attempt kept, and is not asked for again."""

    adapters: Mapping[Provider, ProviderAdapter]
    stored: Mapping[Provider, ConvertedRecord]
    objects: ObjectStore
    work_prefix: str
    history: Callable[[], Awaitable[History]]
    decisions: RunDecisions
    episodes_only: bool

    async def ask(self, state: AskedState, providers: Collection[Provider]) -> AskedState:
        """Fetch where the id is known; then find the anime at the others by links or title, and fetch."""
        state = with_alternatives(await self.apply_locks(state), providers)
        named = [provider for provider in providers if provider in state.ids]
        state = await self._each(state, named, self.find)
        if not state.anchors:  # those that were named are away, or not asked: links lead on
            linked = [provider for provider in providers if provider not in named]
            state = await self._each(state, linked, self.follow_link)
        if not state.anchors:
            return state
        state = await self.apply_locks(state)
        tried = {*named, *state.records, *(failure.provider for failure in state.failures)}
        return await self._each(state, [one for one in providers if one not in tried], self.find)

    async def _each(
        self,
        state: AskedState,
        providers: Collection[Provider],
        ask: Callable[[AskedState, Provider], Awaitable[AskedState]],
    ) -> AskedState:
        """The state with what these providers answer; they are asked at once, and all by the same state."""
        for answered in await asyncio.gather(*(ask(state, provider) for provider in providers)):
            state = state.plus(answered)
        return state

    async def apply_locks(self, state: AskedState) -> AskedState:
        """Take the pages that people said belong, and leave out those that they said do not."""
        pages = self.decisions.pages(state)
        await self.decisions.learn(pages)
        ids = dict(state.ids)
        for page in self.decisions.joined(pages):
            ids.setdefault(page.provider, page.id)
        state, kept = replace(state, ids=ids), list[str]()
        for provider, name in ids.items():
            url = Page(provider, name).url
            lock = (await self.decisions.against(kept, [url])).get(url)
            if lock is None:
                kept.append(url)
            else:
                message = f"{provider} is left out by a merge lock: {format_lock(lock)}"
                state = state.without(provider, SourceError(SourceReason.NOT_FOUND, message))
        return state

    async def follow_link(self, state: AskedState, provider: Provider) -> AskedState:
        """The page that this provider itself links to a known one, if it does."""
        try:
            provider_id = await self.find_by_link(state, provider)
        except SourceError as error:
            return AskedState(failures=(log_failure(provider, error),))
        return await self.fetch(provider, provider_id) if provider_id else AskedState()

    async def find(self, state: AskedState, provider: Provider) -> AskedState:
        """The same anime at a provider: by its id, else by a link, else by a title that agrees in all."""
        if provider in state.ids:
            return await self.fetch(provider, state.ids[provider])
        try:
            provider_id = await self.find_by_link(state, provider) or await self.find_by_title(
                state, provider
            )
        except SourceError as error:
            return AskedState(failures=(log_failure(provider, error),))
        if provider_id is None:
            return AskedState(failures=(log_failure(provider, no_match(provider, state)),))
        return await self.fetch(provider, provider_id)

    async def find_by_link(self, state: AskedState, provider: Provider) -> str | None:
        """The id that the links lead to, unless somebody said that it is another anime."""
        pages = self.decisions.pages(state)
        linked = await self.adapters[provider].source.find(pages)
        page = Page(provider, linked).url if linked else ""
        return None if page in await self.decisions.against(pages, [page]) else linked

    async def find_by_title(self, state: AskedState, provider: Provider) -> str | None:
        """The best of a search, unless surely another anime; a doubtful one is the identity gate's."""
        anchor = state.anchors[0]
        rows = await self.adapters[provider].source.search(anchor.title)
        others = await self.decisions.against(self.decisions.pages(state), [row.source_url for row in rows])
        best = best_match(anchor, [row for row in rows if row.source_url not in others])
        page = identify(best.source_url) if best else None
        return page.id if page else None

    async def fetch(self, provider: Provider, provider_id: str) -> AskedState:
        """One provider's record, readable and plausible, and kept for the steps after."""
        named = AskedState(ids={provider: provider_id})
        if record := self.stored.get(provider):
            return named.plus(answered(record))
        try:
            fetched = await self.read(provider, provider_id)
        except SourceError as error:
            if error.reason is SourceReason.NOT_FOUND:
                await record_loss(await self.history(), provider, provider_id, datetime.now(UTC))
            return replace(named, failures=(log_failure(provider, error),))
        if problem := await self.implausible(provider_id, fetched):
            failure = log_failure(provider, SourceError(SourceReason.IMPLAUSIBLE, problem))
            return replace(named, ignored=(fetched.record.metadata,), failures=(failure,))
        await self.keep(fetched)
        return named.plus(answered(fetched.record))

    async def read(self, provider: Provider, provider_id: str) -> Fetched:
        """Ask one provider, and convert its answers."""
        adapter = self.adapters[provider]
        raw = await adapter.source.fetch(provider_id, episodes_only=self.episodes_only)
        return Fetched(raw, await away(convert, raw, adapter.converter))

    async def implausible(self, provider_id: str, fetched: Fetched) -> str | None:
        """Why the record is to be ignored; None if it is plausible."""
        return await check_plausibility(
            await self.history(),
            provider_id,
            fetched.record,
            cached=all(answer.cached for answer in fetched.raw.answers.values()),
            episodes_only=self.episodes_only,
            at=datetime.now(UTC),
        )

    async def keep(self, fetched: Fetched) -> None:
        """Leave both in the bucket; the converted one last, since a retry goes by it."""
        raw, record = fetched
        await self.objects.put(
            f"{self.work_prefix}/{handover.raw(raw.provider)}", raw.model_dump_json().encode()
        )
        await self.objects.put(
            f"{self.work_prefix}/{handover.converted(raw.provider)}", record.model_dump_json().encode()
        )


def with_alternatives(state: AskedState, providers: Collection[Provider]) -> AskedState:
    """A provider that reads the same site as another one has that one's id."""
    ids = dict(state.ids)
    for provider, other in ALTERNATIVES.items():
        if provider in providers and other in ids:
            ids.setdefault(provider, ids[other])
    return replace(state, ids=ids)


def answered(record: ConvertedRecord) -> AskedState:
    """One provider's record, the id that it bears by now, and its parts that are not there."""
    page, provider = identify(record.source_url), record.provider
    faults = record.faults.items()
    return AskedState(
        ids={provider: page.id} if page else {},
        records={provider: record},
        failures=tuple(
            log_failure(provider, SourceError(fault.reason, f"{part}: {fault.message}"))
            for part, fault in faults
        ),
    )


def no_match(provider: Provider, state: AskedState) -> SourceError:
    """Neither a link nor a title leads to the anime: an answer, unless one who might link to it is away."""
    message = f"{provider} has no anime that agrees with {state.anchors[0].title!r}, or several that do alike"
    if not state.unheard:
        return SourceError(SourceReason.NOT_FOUND, message)
    message += f"; {', '.join(state.unheard)}, whose links might lead to one, gave no answer"
    return SourceError(SourceReason.UNAVAILABLE, message)


def best_match(anchor: Metadata, rows: Collection[Metadata]) -> Metadata | None:
    """The row that agrees best with an anime, unless it is surely another.

    None where links, length and date choose between no two pages: the merge would be of either.
    """
    ranked = sorted(rows, key=lambda row: closeness(anchor, row), reverse=True)
    if not ranked or agreement(anchor, ranked[0]) < SAME_ANIME:
        return None
    pages = {page_of(row) for row in ranked if closeness(anchor, row) == closeness(anchor, ranked[0])}
    return ranked[0] if len(pages) == 1 else None


async def stored_records(
    providers: Collection[Provider], objects: ObjectStore, work_prefix: str
) -> dict[Provider, ConvertedRecord]:
    """Records of an earlier attempt of this run; one of another release is fetched anew."""
    keys = [f"{work_prefix}/{handover.converted(provider)}" for provider in providers]
    records = await asyncio.gather(*(read_checkpoint(objects, key, ConvertedRecord) for key in keys))
    return {provider: record for provider, record in zip(providers, records, strict=True) if record}
