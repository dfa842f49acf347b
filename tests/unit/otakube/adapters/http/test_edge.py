# SPDX-License-Identifier: Apache-2.0
"""The edge of the providers: what an adapter did not think of is a SourceError, logged and counted."""

import io
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, cast

import pytest

from otakube import logs
from otakube.adapters.http.edge import GuardedConverter, GuardedSource, ProviderEdge
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube.errors import Retriable, SourceError
from otakube.ports.providers import MOST_FOUND, Converter, ProviderSource, RawRecord
from otakube_api.contract import AnimeType, FailureReason, Provider, SourceReason

ROW = Metadata(
    source_url="https://kitsu.app/anime/1", title="x", type=AnimeType.TV, status=AnimeStatus.ONGOING
)


class Breaking:
    """A source whose calls all raise one error."""

    provider, batch = Provider.KITSU, 1

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def search(self, title: str) -> list[Metadata]:
        raise self.error

    async def find(self, source_urls: Any) -> str | None:
        raise self.error

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        raise self.error

    async def describe(self, provider_ids: Any) -> AsyncIterator[Mapping[str, Metadata]]:
        yield {"1": ROW}
        raise self.error


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    to = io.StringIO()
    logs.start(to=to)
    yield to
    logs.start()


async def described(source: ProviderSource) -> None:
    async for _ in source.describe(["1", "2"]):
        pass


async def called(error: Exception, edge: ProviderEdge) -> list[BaseException]:
    """What each call of a source and of a converter raises, in their order."""
    source, raised = GuardedSource(Breaking(error), edge), list[BaseException]()
    for call in (source.search("x"), source.find([]), source.fetch("1"), described(source)):
        try:
            await call
        except Exception as caught:  # the test looks at what came through
            raised.append(caught)
    return raised


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("secret"), SourceReason.ANSWER_INVALID),
        (OverflowError(), SourceReason.ANSWER_INVALID),
        (RecursionError(), SourceReason.ANSWER_INVALID),
        (MemoryError(), SourceReason.ANSWER_TOO_LARGE),
    ],
)
async def test_what_an_adapter_did_not_think_of_is_logged_counted_and_translated(
    error: Exception, reason: SourceReason, log: io.StringIO
) -> None:
    edge = ProviderEdge(Provider.KITSU)
    raised = await called(error, edge)
    assert [type(one) for one in raised] == [SourceError] * 4
    assert {cast(SourceError, one).reason for one in raised} == {reason}
    assert {one.__cause__ for one in raised} == {error}
    assert "secret" not in str(raised[0])
    place = f"{type(error).__name__} in test_edge.py"
    assert f"search: an answer that Otakube cannot read ({place}" in str(raised[0])
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(one["call"], one["count"]) for one in lines] == [
        ("search", 1), ("find", 2), ("fetch", 3), ("describe", 4),
    ]  # fmt: skip
    assert all("Traceback" in one["exception"] and one["provider"] == "Kitsu" for one in lines)
    assert edge.broken == 4


@pytest.mark.parametrize(
    "error",
    [
        SourceError(SourceReason.NOT_FOUND, "not known there"),
        Retriable(FailureReason.STORE_UNAVAILABLE, "the bucket is away"),
    ],
)
async def test_what_an_adapter_may_raise_goes_through_as_it_is(error: Exception, log: io.StringIO) -> None:
    edge = ProviderEdge(Provider.KITSU)
    assert await called(error, edge) == [error] * 4
    assert (edge.broken, log.getvalue()) == (0, "")


def test_a_converter_that_breaks_refuses_the_part(log: io.StringIO) -> None:
    class Converter_:
        def staff(self, raw: RawRecord) -> None:
            raise KeyError("name")

        def episodes(self, raw: RawRecord) -> list[int]:
            return [1]

    edge = ProviderEdge(Provider.KITSU)
    converter = GuardedConverter(cast(Converter, Converter_()), edge)
    assert converter.episodes(cast(RawRecord, None)) == [1]
    with pytest.raises(SourceError, match=r"staff: .*KeyError"):
        converter.staff(cast(RawRecord, None))
    assert edge.broken == 1


async def test_of_a_search_no_more_rows_pass_than_are_asked_for() -> None:
    class Finding(Breaking):
        async def search(self, title: str) -> list[Metadata]:
            return [ROW] * 50

    found = await GuardedSource(Finding(ValueError()), ProviderEdge(Provider.KITSU)).search("x")
    assert len(found) == MOST_FOUND
