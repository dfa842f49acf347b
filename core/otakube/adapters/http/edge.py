# SPDX-License-Identifier: Apache-2.0
"""The edge of the providers: whatever one of them sends becomes a result or a SourceError, and ends no run.

An adapter refuses what it does not expect. What it did not think of ends here: it is a fault of ours, so its
traceback stands in the log with how many there were, and the run goes on without this answer.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from typing import Any

from otakube import logs
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError, StepError
from otakube.ports.providers import MOST_FOUND, Converter, ProviderSource, RawRecord
from otakube_api.contract import Provider, SourceReason


class ProviderEdge:
    """One provider's edge; `broken` counts what the adapter did not think of."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.broken = 0

    @contextmanager
    def during(self, call: str) -> Iterator[None]:
        """Let through what an adapter may raise; stores' errors are not the provider's."""
        try:
            yield
        except (SourceError, StepError):
            raise
        except Exception as error:  # whatever an answer provokes is the provider's failure
            self.broken += 1
            logs.logger().exception(
                "provider adapter broke", provider=self._provider.value, call=call, count=self.broken
            )
            raise unexpected(error, call) from error


class GuardedSource:
    """A provider's source behind its edge."""

    def __init__(self, source: ProviderSource, edge: ProviderEdge) -> None:
        self.provider, self.batch = source.provider, source.batch
        self._source = source
        self._edge = edge

    async def search(self, title: str) -> list[Metadata]:
        with self._edge.during("search"):
            return (await self._source.search(title))[:MOST_FOUND]

    async def find(self, source_urls: Sequence[str]) -> str | None:
        with self._edge.during("find"):
            return await self._source.find(source_urls)

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        with self._edge.during("fetch"):
            return await self._source.fetch(provider_id, episodes_only=episodes_only)

    async def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        pages = aiter(self._source.describe(provider_ids))
        while True:
            with self._edge.during("describe"):
                try:
                    page = await anext(pages)
                except StopAsyncIteration:
                    return
            yield page


class GuardedConverter:
    """A provider's converter behind its edge; each part is a function of it."""

    def __init__(self, converter: Converter, edge: ProviderEdge) -> None:
        self._converter = converter
        self._edge = edge

    def __getattr__(self, part: str) -> Callable[[RawRecord], Any]:
        convert = getattr(self._converter, part)

        def guarded(raw: RawRecord) -> Any:
            with self._edge.during(part):
                return convert(raw)

        return guarded


def unexpected(error: Exception, call: str) -> SourceError:
    """The failure of a call by an error that nobody expected, without its text, which may quote anything."""
    last = extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
    reason = SourceReason.ANSWER_TOO_LARGE if isinstance(error, MemoryError) else SourceReason.ANSWER_INVALID
    return SourceError(reason, f"{call}: an answer that Otakube cannot read ({place}; the log has more)")
