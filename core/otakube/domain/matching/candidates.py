# SPDX-License-Identifier: Apache-2.0
"""Candidates for a title: descriptions grouped by anime, one page of each provider."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from otakube.domain.matching.agreement import (
    Closeness,
    canonical,
    closeness,
    is_same_anime,
    page_of,
    pages_of,
    site_of,
    year_of,
)
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import identify
from otakube_api.contract import Provider

ManualDecision = Callable[[Metadata, Metadata], bool | None]
"""Tell whether a person said that two descriptions mean one anime (True) or two (False)."""

_NOT_CLOSE = Closeness()


def undecided(_one: Metadata, _other: Metadata) -> None:
    """Nobody said anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One anime as the providers' searches describe it, and how well it fits the title asked for."""

    score: float
    described: tuple[Metadata, ...]

    @property
    def source_urls(self) -> list[str]:
        """Its pages, at most one of each provider."""
        return choose_pages(self.described)[0]

    @property
    def contested(self) -> dict[Provider, list[str]]:
        """Pages of one provider of which neither links, length nor date choose one."""
        return choose_pages(self.described)[1]

    def __str__(self) -> str:
        first = self.described[0]
        year = f", {year_of(first)}" if year_of(first) else ""
        return f"{first.title} ({first.type.value}{year}) {first.source_url}"


def group_by_anime(
    found: Sequence[Metadata], decided: ManualDecision = undecided
) -> list[tuple[Metadata, ...]]:
    """Put together what is one anime: as a person said, else by links, else by strong agreement.

    Of two pages of one site the closer one stays with what both agree with; the other is an anime by itself.
    """
    grouped: list[list[Metadata]] = []
    for one in found:
        home = _home(one, grouped, decided)
        if home is None:
            grouped.append([one])
            continue
        for rival in _rivals(one, home, decided):
            home.remove(rival)
            grouped.append([rival])
        home.append(one)
    return [tuple(group) for group in grouped]


def _home(one: Metadata, grouped: Sequence[list[Metadata]], decided: ManualDecision) -> list[Metadata] | None:
    """The group of a description; what a person said of any member outranks every similarity."""
    said = [(group, {decided(one, other) for other in group}) for group in grouped]
    named = next((group for group, words in said if True in words and False not in words), None)
    if named is not None:
        return named
    alike = [
        group
        for group, words in said
        if False not in words and any(is_same_anime(one, other) for other in group)
    ]
    open_ = [group for group in alike if _outdoes(one, group, decided)]
    return max(open_, key=lambda group: _closest(one, group, decided), default=None)


def _rivals(one: Metadata, group: Sequence[Metadata], decided: ManualDecision) -> list[Metadata]:
    """Members that are other pages of the same site, unless a person said that both are one anime."""
    return [
        other
        for other in group
        if site_of(other) == site_of(one)
        and page_of(other) != page_of(one)
        and decided(one, other) is not True
    ]


def _outdoes(one: Metadata, group: Sequence[Metadata], decided: ManualDecision) -> bool:
    """Tell whether a description is closer to the others than each other page of its site is."""
    rivals = _rivals(one, group, decided)
    rest = [other for other in group if other not in rivals]
    mine = max((closeness(one, other) for other in rest), default=_NOT_CLOSE)
    return all(
        mine > max((closeness(rival, other) for other in rest), default=_NOT_CLOSE) for rival in rivals
    )


def _closest(one: Metadata, group: Sequence[Metadata], decided: ManualDecision) -> Closeness:
    rivals = _rivals(one, group, decided)
    return max((closeness(one, other) for other in group if other not in rivals), default=_NOT_CLOSE)


def choose_pages(described: Sequence[Metadata]) -> tuple[list[str], dict[Provider, list[str]]]:
    """One page of each provider, by links, length and date; and those between which none of them does."""
    found: dict[Provider | str, list[str]] = {}
    for url in dict.fromkeys(canonical(url) for one in described for url in (one.source_url, *one.same_as)):
        page = identify(url)
        found.setdefault(page.provider if page else url, []).append(url)
    chosen: list[str] = []
    contested: dict[Provider, list[str]] = {}
    for provider, urls in found.items():
        ranked = sorted(urls, key=lambda url: _support(url, described), reverse=True)
        if len(ranked) == 1 or _support(ranked[0], described) > _support(ranked[1], described):
            chosen.append(ranked[0])
        elif isinstance(provider, Provider):
            contested[provider] = ranked
    return chosen, contested


def _support(url: str, described: Sequence[Metadata]) -> tuple[int, Closeness]:
    """Descriptions of other pages that name a page, and how close its own one is to any of theirs."""
    own = [one for one in described if page_of(one) == url]
    others = [one for one in described if page_of(one) != url]
    named = sum(url in pages_of(one) for one in others)
    close = (closeness(one, other) for one in own for other in others if site_of(one) != site_of(other))
    return named, max(close, default=_NOT_CLOSE)
