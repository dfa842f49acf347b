# SPDX-License-Identifier: Apache-2.0
"""Asks providers about one anime and keeps what they answer; a part of the fetch step."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from otakube import logs
from otakube.domain.locks.lock import Lock, format_lock
from otakube.domain.matching.resolution import SAME_ANIME, agreement
from otakube.domain.record import handover
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import ALTERNATIVES, GateFinding
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.history import History
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import ProviderAdapter, RawRecord
from otakube.steps.fetch.plausibility import gone, weigh
from otakube.steps.fetch.run_locks import Decisions
from otakube.steps.inputs import read_checkpoint
from otakube_api.contract import Provider, SourceReason

PARTS = ("episodes", "relationships", "statistics", "characters", "staff")


@dataclass(slots=True)
class Harvest:
    """What the run has learnt so far."""

    stored: dict[Provider, RawRecord] = field(default_factory=dict)  # by an earlier attempt of this run
    ids: dict[Provider, str] = field(default_factory=dict)
    records: dict[Provider, RawRecord] = field(default_factory=dict)
    described: dict[Provider, Metadata] = field(default_factory=dict)
    ignored: list[Metadata] = field(default_factory=list)  # implausible, yet it says which anime is meant
    agreement: dict[Provider, float] = field(default_factory=dict)
    failed: list[tuple[Provider, SourceError]] = field(default_factory=list)
    gates: list[GateFinding] = field(default_factory=list)
    episodes_only: bool = False
    allowed: Callable[[list[str]], list[str]] = list  # those that no merge lock keeps out
    others: set[str] = field(default_factory=set)  # pages that belong to another entry

    @property
    def pages(self) -> list[str]:
        """All pages of the anime that are known by now; what was asked for outranks what a provider links."""
        own = [Page(provider, name).url for provider, name in self.ids.items()]
        said = [url for one in self.described.values() for url in (one.source_url, *one.same_as)]
        allowed = set(self.allowed([*own, *said])) - self.others
        return [page for page in dict.fromkeys([*said, *own]) if page in allowed]

    @property
    def anchors(self) -> list[Metadata]:
        """What the anime is known by, so far."""
        return [*self.described.values(), *self.ignored]

    @property
    def title(self) -> str:
        """In the words of the most trusted provider that answered."""
        return next(self.described[provider] for provider in Provider if provider in self.described).title

    def fail(self, provider: Provider, error: SourceError) -> None:
        """Note that a provider's answer is missing."""
        logs.logger().warning(
            "source failed", provider=provider.value, reason=error.reason.value, message=str(error)
        )
        self.failed.append((provider, error))

    def drop(self, provider: Provider, error: SourceError) -> None:
        """Leave a provider's answer out, and forget what only it said."""
        self.fail(provider, error)
        for known in (self.records, self.described, self.ids):
            known.pop(provider, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks providers and adds to the harvest; what was kept by an earlier attempt is not asked again."""

    harvest: Harvest
    objects: ObjectStore
    prefix: str
    history: Callable[[], Awaitable[History]]
    decisions: Decisions

    async def all(self, adapters: Mapping[Provider, ProviderAdapter]) -> None:
        """Fetch where the id is known; then find the anime at the others by links or title, and fetch."""
        ids = self.harvest.ids
        await self.go_by_locks()
        for provider, other in ALTERNATIVES.items():
            if provider in adapters and other in ids:
                ids.setdefault(provider, ids[other])
        known = [provider for provider in adapters if provider in ids]
        await asyncio.gather(*(self.fetch(adapters[provider], provider) for provider in known))
        if not self.harvest.anchors:  # those that were named are away, or not asked: links lead on
            await asyncio.gather(*(self.follow(adapters[one], one) for one in adapters if one not in known))
        if not self.harvest.anchors:
            return
        await self.go_by_locks()
        tried = {*known, *self.harvest.records, *(provider for provider, _ in self.harvest.failed)}
        others = [provider for provider in adapters if provider not in tried]
        await asyncio.gather(*(self.find(adapters[provider], provider) for provider in others))

    async def go_by_locks(self) -> None:
        """Take the pages that people said belong, and leave out those that they said do not."""
        await self.decisions.learn(self.harvest.pages)
        for page in self.decisions.forced(self.harvest.pages):
            self.harvest.ids.setdefault(page.provider, page.id)
        kept: list[str] = []
        for provider, name in list(self.harvest.ids.items()):
            url = Page(provider, name).url
            lock = (await self.decisions.against(kept, [url])).get(url)
            if lock is None:
                kept.append(url)
            else:
                self.harvest.drop(provider, left_out(provider, lock))

    async def follow(self, adapter: ProviderAdapter, provider: Provider) -> None:
        """The page that this provider itself links to a known one, if it does."""
        try:
            found = await self.find_by_link(adapter, provider)
        except SourceError as error:
            return self.harvest.fail(provider, error)
        if found is not None:
            self.harvest.ids[provider] = found
            await self.fetch(adapter, provider)
        return None

    async def find(self, adapter: ProviderAdapter, provider: Provider) -> None:
        """The same anime at another provider: by a lock, a link, else a title that agrees in all."""
        if provider in self.harvest.ids:
            return await self.fetch(adapter, provider)
        try:
            found = await self.find_by_link(adapter, provider) or await self.find_by_title(adapter)
        except SourceError as error:
            return self.harvest.fail(provider, error)
        if found is None:
            message = f"{provider} has no anime that agrees with {self.harvest.anchors[0].title!r}"
            return self.harvest.fail(provider, SourceError(SourceReason.NOT_FOUND, message))
        self.harvest.ids[provider] = found
        return await self.fetch(adapter, provider)

    async def find_by_link(self, adapter: ProviderAdapter, provider: Provider) -> str | None:
        """What the links lead to, unless somebody said that it is another anime."""
        found = await adapter.source.find(self.harvest.pages)
        page = Page(provider, found).url if found else ""
        return None if page in await self.decisions.against(self.harvest.pages, [page]) else found

    async def find_by_title(self, adapter: ProviderAdapter) -> str | None:
        """The best of a search, unless surely another anime; a doubtful one is the identity gate's."""
        anchor = self.harvest.anchors[0]
        rows = await adapter.source.search(anchor.title)
        others = await self.decisions.against(self.harvest.pages, [row.source_url for row in rows])
        rows = [row for row in rows if row.source_url not in others]
        best = max(rows, key=lambda row: agreement(anchor, row), default=None)
        if best is None or agreement(anchor, best) < SAME_ANIME:
            return None
        page = identify(best.source_url)
        return page.id if page else None

    async def fetch(self, adapter: ProviderAdapter, provider: Provider) -> None:
        """One provider's record, checked for readability and plausibility, and stored; a failure is noted."""
        try:
            record, described = await self.readable(adapter, provider)
        except SourceError as error:
            if error.reason is SourceReason.NOT_FOUND:
                await gone(await self.history(), provider, self.harvest.ids[provider], datetime.now(UTC))
            return self.harvest.fail(provider, error)
        self.note_missing(adapter, provider, record)
        if provider not in self.harvest.stored:
            await self.objects.put(
                f"{self.prefix}/{handover.raw(provider)}", record.model_dump_json().encode()
            )
        page = identify(record.source_url)
        self.harvest.ids[provider] = page.id if page else self.harvest.ids[provider]
        self.harvest.records[provider], self.harvest.described[provider] = record, described
        return None

    async def readable(self, adapter: ProviderAdapter, provider: Provider) -> tuple[RawRecord, Metadata]:
        """A record that can be read and believed; a stored one has been weighed before."""
        record, only = self.harvest.stored.get(provider), self.harvest.episodes_only
        if record is not None:
            return record, adapter.converter.metadata(record)
        title = self.harvest.ids[provider]
        record = await adapter.source.fetch(title, episodes_only=only)
        described = adapter.converter.metadata(record)
        problem = await weigh(
            await self.history(),
            title,
            record,
            adapter.converter,
            episodes_only=only,
            at=datetime.now(UTC),
        )
        if problem:
            self.harvest.ignored.append(described)
            raise SourceError(SourceReason.IMPLAUSIBLE, problem)
        return record, described

    def note_missing(self, adapter: ProviderAdapter, provider: Provider, record: RawRecord) -> None:
        """Parts that the provider did not answer, or that cannot be read."""
        for part, missing in record.missing.items():
            error = SourceError(SourceReason(missing.reason), f"{part}: {missing.message}")
            self.harvest.fail(provider, error)
        for part in PARTS:
            try:
                getattr(adapter.converter, part)(record)
            except SourceError as error:
                self.harvest.fail(provider, SourceError(error.reason, f"{part}: {error}"))


def left_out(provider: Provider, lock: Lock) -> SourceError:
    """Why a provider's answer does not count, and whom to ask."""
    return SourceError(SourceReason.NOT_FOUND, f"{provider} is left out by a merge lock: {format_lock(lock)}")


async def stored_records(
    adapters: Mapping[Provider, ProviderAdapter], objects: ObjectStore, prefix: str
) -> dict[Provider, RawRecord]:
    """What an earlier attempt of this run fetched; a record of another release is fetched anew."""
    keys = [f"{prefix}/{handover.raw(provider)}" for provider in adapters]
    found = await asyncio.gather(*(read_checkpoint(objects, key, RawRecord) for key in keys))
    return {provider: record for provider, record in zip(adapters, found, strict=True) if record}
