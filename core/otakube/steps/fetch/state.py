# SPDX-License-Identifier: Apache-2.0
"""Fetch state: four frozen values, each made from the one before. Named, asked, attributed, owned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from otakube import logs
from otakube.domain.record.claims import ConvertedRecord, Metadata
from otakube.domain.record.golden import GateFinding
from otakube.domain.record.pages import Page
from otakube.errors import SourceError
from otakube_api.contract import Provider, SourceReason
from otakube_api.providers import ALTERNATIVES


class SourceFailure(NamedTuple):
    """One provider whose answer, or a part of it, is missing."""

    provider: Provider
    error: SourceError


def log_failure(provider: Provider, error: SourceError) -> SourceFailure:
    """A failure that the log knows of."""
    logs.logger().warning(
        "source failed", provider=provider.value, reason=error.reason.value, message=str(error)
    )
    return SourceFailure(provider, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedState:
    """The anime's ids that follow from the request, and what an earlier attempt of this run has fetched."""

    requested: Mapping[Provider, str]
    stored: Mapping[Provider, ConvertedRecord]
    failures: tuple[SourceFailure, ...] = ()  # providers that are named, and switched off
    gates: tuple[GateFinding, ...] = ()  # pages of one provider between which nothing chooses


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedState:
    """Answers of the providers, and ids by which they know the anime."""

    ids: Mapping[Provider, str] = field(default_factory=dict)
    records: Mapping[Provider, ConvertedRecord] = field(default_factory=dict)
    ignored: tuple[Metadata, ...] = ()  # implausible, yet it says which anime is meant
    failures: tuple[SourceFailure, ...] = ()

    @property
    def metadata(self) -> dict[Provider, Metadata]:
        """The anime itself, as each provider describes it."""
        return {provider: record.metadata for provider, record in self.records.items()}

    @property
    def anchors(self) -> list[Metadata]:
        """Descriptions that say which anime is meant."""
        return [*self.metadata.values(), *self.ignored]

    @property
    def unheard(self) -> list[Provider]:
        """Providers that may know the anime, and were asked in vain."""
        answers = (SourceReason.NOT_FOUND, SourceReason.SWITCHED_OFF)
        failed = [provider for provider, error in self.failures if error.reason not in answers]
        sites = {*self.records, *(ALTERNATIVES.get(provider) for provider in self.records)}
        return [provider for provider in dict.fromkeys(failed) if provider not in sites]

    @property
    def title(self) -> str:
        """Main title by the most trusted provider that answered."""
        return next(
            self.records[provider] for provider in Provider if provider in self.records
        ).metadata.title

    @property
    def own_pages(self) -> list[str]:
        """Pages by their ids."""
        return [Page(provider, name).url for provider, name in self.ids.items()]

    @property
    def claimed_pages(self) -> list[str]:
        """Pages that the providers name, their own first."""
        return [url for about in self.metadata.values() for url in (about.source_url, *about.same_as)]

    def plus(self, other: Self) -> Self:
        """Both; what `other` knows of a provider is newer."""
        return replace(
            self,
            ids={**self.ids, **other.ids},
            records={**self.records, **other.records},
            ignored=self.ignored + other.ignored,
            failures=self.failures + other.failures,
        )

    def without(self, provider: Provider, error: SourceError) -> Self:
        """The rest, if a provider's answer is left out: what only it said is forgotten."""
        return replace(
            self,
            ids={other: name for other, name in self.ids.items() if other is not provider},
            records={other: record for other, record in self.records.items() if other is not provider},
            failures=(*self.failures, log_failure(provider, error)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedState:
    """Answers that are about the anime, how well each agrees with the others, and doubts for the reviewer."""

    asked: AskedState
    agreement: Mapping[Provider, float]
    gates: tuple[GateFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedState:
    """Answers and pages that are this entry's, and the pages that merge locks give to other entries."""

    asked: AskedState
    agreement: Mapping[Provider, float]
    gates: tuple[GateFinding, ...]
    pages: tuple[str, ...]
    foreign_pages: frozenset[str]
