# SPDX-License-Identifier: Apache-2.0
"""Metadata providers, as steps need them: a source that answers (I/O), a converter that reads (pure)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, PrivateAttr

from otakube.domain.record.claims import Character, Episode, Metadata, Relationships, Staff
from otakube.domain.record.golden import Statistics
from otakube_api.contract import Provider

MOST_FOUND = 10  # rows of a search


@dataclass(frozen=True, slots=True, weakref_slot=True)
class AnswerMemory:
    """Counts in the budget of whoever gave it, until the last answer that has it is gone. All are alike."""


class Answer(BaseModel):
    """One answer as received."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    url: str
    fetched_at: AwareDatetime  # when the provider said so; a cached answer keeps its time
    stale: bool = False  # the provider said that it served an old copy
    cached: bool = False  # from our cache: still fresh, or the provider confirmed it unchanged
    etag: str | None = None
    body: Any  # JSON, or the text of XML and HTML
    _memory: AnswerMemory = PrivateAttr(default_factory=AnswerMemory)
    _question: str = PrivateAttr(default="")

    def counted(self, memory: AnswerMemory) -> Self:
        """This answer, as the one for which the memory was given."""
        self._memory = memory
        return self

    @property
    def question(self) -> str:
        """Digest of what was asked; empty in an answer that was read back from a store."""
        return self._question

    def asked(self, question: str) -> Self:
        """This answer, as the one to this question."""
        self._question = question
        return self


class Missing(BaseModel):
    """A part that a provider did not answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    reason: str  # SourceReason
    message: str


class RawRecord(BaseModel):
    """All that one provider answered about one anime, in one object. Parts: `anime`, `episodes/1`, …"""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    provider: Provider
    source_url: str
    answers: dict[str, Answer]
    missing: dict[str, Missing] = {}  # parts beside `anime` that failed

    @property
    def stale(self) -> bool:
        """True if any part was an old copy."""
        return any(answer.stale for answer in self.answers.values())

    @property
    def fetched_at(self) -> AwareDatetime:
        """Time at which the oldest part was received."""
        return min(answer.fetched_at for answer in self.answers.values())

    def bodies(self, part: str) -> list[Any]:
        """Bodies of `part` and of its pages, in order."""
        pages = [(name, answer) for name, answer in self.answers.items() if name.partition("/")[0] == part]
        return [
            answer.body for _, answer in sorted(pages, key=lambda page: int(page[0].partition("/")[2] or 0))
        ]


class ProviderSource(Protocol):
    """One provider's API. Every failure is a SourceError."""

    provider: Provider
    batch: int  # anime that one request of `describe` names; 1 where the provider takes no list of ids

    async def search(self, title: str) -> list[Metadata]:
        """Anime whose titles resemble it, best first, at most ten."""

    async def find(self, source_urls: Sequence[str]) -> str | None:
        """This provider's id of an anime known by pages elsewhere; None if it has no such link."""

    async def fetch(self, provider_id: str, *, episodes_only: bool = False) -> RawRecord:
        """All parts of one anime, or what its episodes need. `anime` must answer; others may be missing."""

    def describe(self, provider_ids: Sequence[str]) -> AsyncIterator[Mapping[str, Metadata]]:
        """Metadata of many anime by id, `batch` a request; an id that the provider lacks is left out."""


class Converter(Protocol):
    """One provider's answers in our words. Pure; what cannot be read is AnswerInvalid with the field."""

    def metadata(self, raw: RawRecord) -> Metadata: ...

    def episodes(self, raw: RawRecord) -> list[Episode]: ...

    def relationships(self, raw: RawRecord) -> Relationships: ...

    def statistics(self, raw: RawRecord) -> Statistics: ...

    def characters(self, raw: RawRecord) -> list[Character]: ...

    def staff(self, raw: RawRecord) -> list[Staff]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdapter:
    """One provider: what asks it, what reads its answers, and what forgets those that were kept."""

    source: ProviderSource
    converter: Converter
    forget: Callable[[], Awaitable[None]]
