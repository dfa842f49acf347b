# SPDX-License-Identifier: Apache-2.0
"""Conversions in a run: one for each part of each record, whoever reads it, however often it is retried."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from enriched import LIGHTHOUSE, PREFIX, SETTINGS, UNLIMITED, fetched
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.bootstrap.providers import build, converter
from otakube.domain.checks.plausibility import Health
from otakube.domain.record.claims import ConvertedRecord
from otakube.errors import SourceError
from otakube.ports.providers import ProviderAdapter, RawRecord
from otakube.steps.fetch.conversion import convert
from otakube.steps.fetch.resolve import FetchRequest
from otakube.steps.fetch.step import Memory, fetch
from otakube.steps.stage.step import stage
from otakube_api.contract import Mode, Provider, ReviewPolicy, SourceReason
from upstream_app import upstream

PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")


@dataclass
class CountingConverter:
    """A provider's converter, which counts what is asked of it."""

    provider: Provider
    counts: "Counter[tuple[Provider, str]]"

    def __getattr__(self, part: str) -> Any:
        self.counts[self.provider, part] += 1
        return getattr(converter(self.provider), part)


class Nothing:
    """Stores in which nothing is known, and which forget what they are told."""

    async def claim(self, source_urls: list[str], entry_id: str) -> tuple[str, bool]:
        return entry_id, False

    async def by_source(self, source_url: str) -> None:
        return None

    async def readings(self, provider: Provider, title: str) -> list[Any]:
        return []

    async def add(self, provider: Provider, title: str, reading: Any) -> None:
        return None

    async def outcomes(self, provider: Provider, new: Any = ()) -> list[Any]:
        return []

    async def health(self, provider: Provider) -> Health:
        return Health()

    async def about(self, pages: list[str]) -> list[Any]:
        return []

    async def get(self, ids: list[str]) -> list[Any]:
        return []


async def nothing() -> Any:
    return Nothing()


REQUEST = FetchRequest(
    anime_id="", source_urls=("https://myanimelist.net/anime/70211",), title="", providers=tuple(LIGHTHOUSE)
)


async def run(adapters: Mapping[Provider, ProviderAdapter], objects: FolderObjects) -> None:
    """Fetch, as its pod does, then stage."""
    await fetch(
        REQUEST,
        adapters,
        objects,
        Memory(claims=nothing, catalogue=nothing, listings=nothing, history=nothing, locks=nothing),
        work_prefix=PREFIX,
        uid="uid",
        quorum=1,
        mode=Mode.FULL_ENRICHMENT,
        review_policy=ReviewPolicy.REQUIRED,
    )
    await stage(objects, work_prefix=PREFIX, mode=Mode.FULL_ENRICHMENT)


async def test_each_part_of_a_record_is_converted_once_in_a_run(tmp_path: Path) -> None:
    counts: Counter[tuple[Provider, str]] = Counter()
    objects = FolderObjects(tmp_path)
    async with upstream(UNLIMITED) as client:
        adapters = {
            provider: replace(adapter, converter=CountingConverter(provider, counts))
            for provider, adapter in build(SETTINGS, client, {}).items()
        }
        await run(adapters, objects)
        first = dict(counts)
        await run(adapters, objects)  # as after a pod that was killed
    answered = {provider for provider, _ in first}
    assert answered >= {Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB}
    assert first == {(provider, part): 1 for provider in answered for part in PARTS}
    assert counts == first, "a retry converted again"


async def test_a_converted_record_is_the_same_after_its_way_through_the_bucket() -> None:
    for provider, raw in (await fetched()).items():
        record = convert(raw, converter(provider))
        assert ConvertedRecord.model_validate_json(record.model_dump_json()) == record
        assert record.faults == {}


class Stumbling:
    """A converter that cannot read some parts."""

    def __init__(self, *unreadable: str) -> None:
        self.unreadable = unreadable

    def __getattr__(self, part: str) -> Any:
        def refuse(raw: RawRecord) -> None:
            raise SourceError(SourceReason.ANSWER_INVALID, f"{part}.x is no number")

        return refuse if part in self.unreadable else getattr(converter(Provider.JIKAN), part)


async def test_a_part_that_cannot_be_read_is_none_and_says_why() -> None:
    raw = (await fetched({Provider.JIKAN: "70211"}))[Provider.JIKAN]
    record = convert(raw, Stumbling("episodes", "staff"))
    assert (record.episodes, record.staff) == (None, None)
    assert record.characters
    assert {name: fault.message for name, fault in record.faults.items()} == {
        "episodes": "episodes.x is no number", "staff": "staff.x is no number",
    }  # fmt: skip


async def test_a_record_whose_anime_cannot_be_read_is_none() -> None:
    raw = (await fetched({Provider.JIKAN: "70211"}))[Provider.JIKAN]
    with pytest.raises(SourceError, match=r"metadata\.x is no number"):
        convert(raw, Stumbling("metadata"))


async def test_a_part_of_more_rows_than_anime_have_is_left_out_and_says_so() -> None:
    raw = (await fetched({Provider.JIKAN: "70211"}))[Provider.JIKAN]

    class Lengthy:
        def __getattr__(self, part: str) -> Any:
            read = getattr(converter(Provider.JIKAN), part)
            return (lambda raw: read(raw)[:1] * 5_001) if part == "characters" else read

    record = convert(raw, Lengthy())
    assert record.characters is None
    assert record.unreadable["characters"].reason is SourceReason.ANSWER_TOO_LARGE
    assert record.unreadable["characters"].message == "5001 rows, of which 5000 are read"
