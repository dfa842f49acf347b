# SPDX-License-Identifier: Apache-2.0
"""The fetch step: finds the anime at every provider, and keeps each provider's answers as received.

One provider's failure is reported, not fatal, while the quorum stands. Answers that this run has already are
not asked for again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from otakube import logs
from otakube.domain import work
from otakube.domain.claims import Metadata
from otakube.domain.entry import ALTERNATIVES, GoldenRecord, Provider
from otakube.domain.ids import derived_id
from otakube.domain.matching import SAME_ANIME, agreement
from otakube.domain.pages import Page, identify
from otakube.domain.work import FetchSummary
from otakube.errors import Fatal, Retriable, SourceError
from otakube.ports.catalogue import Catalogue, Identities
from otakube.ports.objects import ObjectStore
from otakube.ports.providers import RawRecord, Room
from otakube.steps.inputs import read_checkpoint
from otakube.steps.resolve import Wanted, ids_of, resolve_title, spoken
from otakube_api.contract import FailureReason, Output, SourceReason

PARTS = ("episodes", "relationships", "statistics", "characters", "staff")
EPISODE_UPDATE = "EpisodeUpdate"


@dataclass(slots=True)
class Harvest:
    """What the run has learnt so far."""

    stored: dict[Provider, RawRecord] = field(default_factory=dict)  # by an earlier attempt of this run
    ids: dict[Provider, str] = field(default_factory=dict)
    records: dict[Provider, RawRecord] = field(default_factory=dict)
    described: dict[Provider, Metadata] = field(default_factory=dict)
    agreement: dict[Provider, float] = field(default_factory=dict)
    failed: list[tuple[Provider, SourceError]] = field(default_factory=list)
    episodes_only: bool = False

    @property
    def pages(self) -> list[str]:
        """All pages of the anime that are known by now."""
        own = [Page(provider, name).url for provider, name in self.ids.items()]
        said = [url for one in self.described.values() for url in (one.source_url, *one.same_as)]
        return list(dict.fromkeys([*said, *own]))

    def fail(self, provider: Provider, error: SourceError) -> None:
        """Note that a provider's answer is missing."""
        logs.logger().warning(
            "source failed", provider=provider.value, reason=error.reason.value, message=str(error)
        )
        self.failed.append((provider, error))


async def fetch(  # noqa: PLR0913 - the step's ports
    wanted: Wanted,
    rooms: Mapping[Provider, Room],
    objects: ObjectStore,
    *,
    work_prefix: str,
    uid: str,
    quorum: int,
    mode: str,
    identities: Callable[[], Awaitable[Identities]],
    catalogue: Callable[[], Awaitable[Catalogue]],
) -> dict[Output, str]:
    """Fetch, claim the entry, and leave raw records, the live record and the summary in the bucket.

    `rooms` are those that the installation has switched on, in the order in which they are asked.
    """
    harvest = Harvest(episodes_only=mode == EPISODE_UPDATE)
    rooms = asked(wanted.providers, rooms, harvest)
    first, second = split(rooms)
    harvest.stored = await stored_records(rooms, objects, work_prefix)
    harvest.ids = ids_of([one.source_url for one in harvest.stored.values()])
    harvest.ids |= await first_ids(wanted, first, second, harvest, catalogue)
    await fetch_all(first, harvest, objects, work_prefix)
    await fetch_all(needed(second, harvest), harvest, objects, work_prefix)
    measure_agreement(harvest)
    check_quorum(harvest, quorum)
    entry_id, existing = await (await identities()).claim(harvest.pages, derived_id("ani", uid))
    live = await (await catalogue()).entry(entry_id) if existing else None
    return await conclude(harvest, entry_id, live.record if live else None, objects, work_prefix)


def asked(
    wanted: tuple[Provider, ...], rooms: Mapping[Provider, Room], harvest: Harvest
) -> dict[Provider, Room]:
    """The rooms of the providers that are wanted; one that is switched off is reported, none means all."""
    for provider in wanted:
        if provider not in rooms:
            switched_off = f"{provider} is not switched on in this installation, or lacks its credentials"
            harvest.fail(provider, SourceError(SourceReason.SWITCHED_OFF, switched_off))
    chosen = {provider: room for provider, room in rooms.items() if not wanted or provider in wanted}
    if not chosen:
        raise Fatal(
            FailureReason.QUORUM_NOT_REACHED,
            f"none of {', '.join(wanted) or 'the providers'} is switched on: change spec.providers, "
            "or the installation's providers",
        )
    return chosen


def split(rooms: Mapping[Provider, Room]) -> tuple[dict[Provider, Room], dict[Provider, Room]]:
    """Those to ask at once, and those that stand in for an alternative among them."""
    first: dict[Provider, Room] = {}
    second: dict[Provider, Room] = {}
    for provider, room in rooms.items():
        (second if ALTERNATIVES.get(provider) in first else first)[provider] = room
    return first, second


def needed(second: Mapping[Provider, Room], harvest: Harvest) -> dict[Provider, Room]:
    """The stand-ins whose alternative gave no answer, or only an old copy."""

    def absent(provider: Provider) -> bool:
        record = harvest.records.get(ALTERNATIVES[provider])
        unknown = any(
            failed is ALTERNATIVES[provider] and error.reason is SourceReason.NOT_FOUND
            for failed, error in harvest.failed
        )
        return not unknown and (record is None or record.stale)

    return {provider: room for provider, room in second.items() if absent(provider)}


async def first_ids(
    wanted: Wanted,
    first: Mapping[Provider, Room],
    second: Mapping[Provider, Room],
    harvest: Harvest,
    catalogue: Callable[[], Awaitable[Catalogue]],
) -> dict[Provider, str]:
    """The providers' ids that follow from what was asked for."""
    if wanted.anime_id:
        live = await (await catalogue()).entry(wanted.anime_id)
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
    return ids_of((await resolve_title(wanted, first, second)).source_urls)


async def fetch_all(
    rooms: Mapping[Provider, Room], harvest: Harvest, objects: ObjectStore, prefix: str
) -> None:
    """Fetch where the id is known; then find the anime at the others by links or title, and fetch."""
    for provider, other in ALTERNATIVES.items():
        if provider in rooms and other in harvest.ids:
            harvest.ids.setdefault(provider, harvest.ids[other])
    known = [provider for provider in rooms if provider in harvest.ids]
    await asyncio.gather(*(fetch_one(rooms[p], p, harvest, objects, prefix) for p in known))
    if not harvest.described:
        return
    others = [provider for provider in rooms if provider not in harvest.ids]
    await asyncio.gather(*(find_and_fetch(rooms[p], p, harvest, objects, prefix) for p in others))


async def find_and_fetch(
    room: Room, provider: Provider, harvest: Harvest, objects: ObjectStore, prefix: str
) -> None:
    """The same anime at another provider: by a link, else by a title that agrees in all that is known."""
    try:
        found = await room.source.find(harvest.pages) or await find_by_title(room, harvest)
    except SourceError as error:
        return harvest.fail(provider, error)
    if found is None:
        missing = SourceError(
            SourceReason.NOT_FOUND, f"{provider} has no anime that agrees with {_title(harvest)!r}"
        )
        return harvest.fail(provider, missing)
    harvest.ids[provider] = found
    await fetch_one(room, provider, harvest, objects, prefix)
    return None


async def find_by_title(room: Room, harvest: Harvest) -> str | None:
    """The best of a search, if it is the same anime beyond doubt."""
    anchor = next(iter(harvest.described.values()))
    rows = await room.source.search(anchor.title)
    best = max(rows, key=lambda row: agreement(anchor, row), default=None)
    if best is None or agreement(anchor, best) < SAME_ANIME:
        return None
    page = identify(best.source_url)
    return page.id if page else None


async def fetch_one(
    room: Room, provider: Provider, harvest: Harvest, objects: ObjectStore, prefix: str
) -> None:
    """One provider's record, checked for readability and stored; a failure is noted."""
    record = harvest.stored.get(provider)
    try:
        if record is None:
            record = await room.source.fetch(harvest.ids[provider], episodes_only=harvest.episodes_only)
        described = room.converter.metadata(record)
    except SourceError as error:
        return harvest.fail(provider, error)
    for part, missing in record.missing.items():
        harvest.fail(provider, SourceError(SourceReason(missing.reason), f"{part}: {missing.message}"))
    for part in PARTS:
        try:
            getattr(room.converter, part)(record)
        except SourceError as error:
            harvest.fail(provider, SourceError(error.reason, f"{part}: {error}"))
    if provider not in harvest.stored:
        await objects.put(f"{prefix}/{work.raw(provider)}", record.model_dump_json().encode())
    page = identify(record.source_url)
    harvest.ids[provider] = page.id if page else harvest.ids[provider]
    harvest.records[provider], harvest.described[provider] = record, described
    return None


async def stored_records(
    rooms: Mapping[Provider, Room], objects: ObjectStore, prefix: str
) -> dict[Provider, RawRecord]:
    """What an earlier attempt of this run fetched; a record of another release is fetched anew."""
    keys = [f"{prefix}/{work.raw(provider)}" for provider in rooms]
    found = await asyncio.gather(*(read_checkpoint(objects, key, RawRecord) for key in keys))
    return {provider: record for provider, record in zip(rooms, found, strict=True) if record}


def measure_agreement(harvest: Harvest) -> None:
    """How well each provider's anime agrees with the others': a wrong link shows here."""
    for provider, described in harvest.described.items():
        others = [agreement(described, other) for p, other in harvest.described.items() if p is not provider]
        harvest.agreement[provider] = round(max(others, default=1.0), 3)


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


async def conclude(
    harvest: Harvest, entry_id: str, live: GoldenRecord | None, objects: ObjectStore, prefix: str
) -> dict[Output, str]:
    """Leave the live record and the summary, and tell the workflow."""
    summary = FetchSummary(
        entry_id=entry_id,
        title=_title(harvest),
        existing=live is not None,
        answered=list(harvest.described),
        failed=[
            {"provider": provider.value, "reason": error.reason.value, "message": str(error)[:500]}
            for provider, error in harvest.failed
        ],
        agreement=harvest.agreement,
        fetched_at=max((one.fetched_at for one in harvest.records.values()), default=datetime.now(UTC)),
    )
    if live is not None:
        await objects.put(f"{prefix}/{work.LIVE}", live.model_dump_json().encode())
    await objects.put(f"{prefix}/{work.FETCH}", summary.model_dump_json().encode())
    return {
        Output.ENTRY_ID: entry_id,
        Output.TITLE: summary.title,
        Output.ANSWERED_SOURCES: orjson.dumps(summary.answered).decode(),
        Output.FAILED_SOURCES: orjson.dumps(summary.failed).decode(),
    }


def _title(harvest: Harvest) -> str:
    order = (harvest.described[provider] for provider in Provider if provider in harvest.described)
    return next(order).title
