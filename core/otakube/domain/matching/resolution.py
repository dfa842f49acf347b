# SPDX-License-Identifier: Apache-2.0
"""Resolution of a title to an anime: from exact titles to similar ones; abstains rather than guess.

Users of every catalogue complain first about wrong merges; an abstention costs one look of a person.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from otakube.domain.matching.similarity import (
    OTHER_SEASON,
    Asked,
    near,
    partial_similarity,
    penalty,
    string_similarity,
)
from otakube.domain.matching.titles import Name, interpretations, take_apart
from otakube.domain.record.claims import Metadata
from otakube.domain.record.pages import identify
from otakube.domain.record.text import comparable
from otakube_api.contract import AnimeType

ACCEPT = 0.9  # a match that nobody needs to look at
MARGIN = 0.08  # by which it must be ahead of every other anime
CONSIDER = 0.72  # below it a candidate is not worth a person's look
MOST_NAMES = 50  # of an anime: each meets each of the others'
SAME_ANIME = 0.7  # agreement of two providers' descriptions from which they may mean one anime

_SAME_WEEK = 7  # days between two starts from which one start with one length backs a slip in a title
_CORROBORATED = 0.05
_SAME_START = 45  # days between two providers' dates of one start: previews, other regions
_OTHER_TYPE, _OTHER_YEAR, _OTHER_LENGTH, _OTHER_START, _OTHER_FORM = 0.1, 0.25, 0.1, 0.15, 0.12


class MatchDecision(StrEnum):
    """Decision about the best candidate for a title."""

    ACCEPT = "Accept"
    ABSTAIN = "Abstain"  # for a person to decide
    NONE = "None"


class Sameness(StrEnum):
    """Tell whether two providers' descriptions mean one anime."""

    SAME = "Same"
    DOUBTFUL = "Doubtful"  # for a person to decide
    OTHER = "Other"


def decide(scores: Sequence[float]) -> MatchDecision:
    """Accept what is good enough and clearly ahead; show a person what is close. Scores come best first."""
    if not scores or scores[0] < CONSIDER:
        return MatchDecision.NONE
    ahead = scores[0] - (scores[1] if len(scores) > 1 else 0)
    # Differences of two decimals are no exact floats.
    return MatchDecision.ACCEPT if scores[0] >= ACCEPT and ahead >= MARGIN - 1e-9 else MatchDecision.ABSTAIN


def title_exactness(asked: str, title: str, *, main: bool) -> int:
    """Tells namesakes apart: 2 for a main title as it was asked for, 1 but for punctuation, 0 for all else.

    "Gintama" means "Gintama", not "Gintama°", and not the anime that is called so beside its own title.
    """
    if not main or comparable(asked) != comparable(title):
        return 0
    return 2 if asked.strip().casefold() == title.casefold() else 1


def separate_namesakes(scores: Sequence[float], literal: Sequence[int]) -> list[float]:
    """Let the only one that is most literal be ahead of its namesakes; both lists in one order."""
    best = max(scores, default=0.0)
    rivals = [place for place, score in enumerate(scores) if score > best - MARGIN]
    most = max((literal[place] for place in rivals), default=0)
    winners = [place for place in rivals if literal[place] == most]
    if not most or len(winners) > 1:
        return list(scores)
    below = scores[winners[0]] - MARGIN
    return [score if place in winners else min(score, below) for place, score in enumerate(scores)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One anime as the providers' searches describe it, and how well it fits the title asked for."""

    score: float
    described: tuple[Metadata, ...]

    @property
    def source_urls(self) -> list[str]:
        """Its pages."""
        return list(dict.fromkeys(url for one in self.described for url in (one.source_url, *one.same_as)))

    def __str__(self) -> str:
        first = self.described[0]
        year = f", {year_of(first)}" if year_of(first) else ""
        return f"{first.title} ({first.type.value}{year}) {first.source_url}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """`chosen` may be used unseen; `doubtful` is the best where only a person may choose; never both."""

    chosen: Candidate | None
    doubtful: Candidate | None
    candidates: tuple[Candidate, ...]


ManualDecision = Callable[[Metadata, Metadata], bool | None]
"""Tell whether a person said that two descriptions mean one anime (True) or two (False)."""


def undecided(_one: Metadata, _other: Metadata) -> None:
    """Nobody said anything."""


def resolve(
    title: str,
    found: Sequence[Metadata],
    *,
    year: int | None = None,
    kind: AnimeType | None = None,
    decided: ManualDecision = undecided,
) -> Resolution:
    """Decide which of the anime found a title means; `year` and `kind` tell namesakes apart."""
    asked = [Asked.of(name, year=year, kind=kind) for name in interpretations(title)]
    alike = [
        group for group in group_by_anime(found, decided) if any(_narrowed(one, year, kind) for one in group)
    ]
    scores = separate_namesakes(
        [max(_fit(one, member) for one in asked for member in group) for group in alike],
        [max(title_exactness(title, member.title, main=True) for member in group) for group in alike],
    )
    ranked = sorted(map(Candidate, scores, alike), key=lambda candidate: -candidate.score)
    candidates = tuple(candidate for candidate in ranked if candidate.score >= CONSIDER)
    decision = decide([candidate.score for candidate in candidates])
    best = candidates[0] if candidates else None
    return Resolution(
        chosen=best if decision is MatchDecision.ACCEPT else None,
        doubtful=best if decision is MatchDecision.ABSTAIN else None,
        candidates=candidates,
    )


def _narrowed(one: Metadata, year: int | None, kind: AnimeType | None) -> bool:
    """Tell whether a description fits; an unknown year or type excludes nothing."""
    other_year = year is not None and year_of(one) not in (year, None)
    other_kind = kind is not None and one.type not in (kind, AnimeType.UNKNOWN)
    return not other_year and not other_kind


def _fit(asked: Asked, candidate: Metadata) -> float:
    """Score of an anime for what a person asked for, 0 to 1."""

    def fit(name: Name) -> float:
        off = penalty(
            asked, name, kind=candidate.type, year=year_of(candidate), episodes=candidate.episode_count
        )
        return max(0.0, partial_similarity(asked.name.text, name.text) - off)

    return max(map(fit, names(candidate)))


def group_by_anime(
    found: Sequence[Metadata], decided: ManualDecision = undecided
) -> list[tuple[Metadata, ...]]:
    """Put together what is one anime: as a person said, else by links, else by strong agreement."""
    grouped: list[list[Metadata]] = []
    for one in found:
        home = _home(one, grouped, decided)
        if home is None:
            grouped.append([one])
        else:
            home.append(one)
    return [tuple(group) for group in grouped]


def _home(one: Metadata, grouped: Sequence[list[Metadata]], decided: ManualDecision) -> list[Metadata] | None:
    """The group of a description; what a person said of any member outranks every similarity."""
    said = [(group, {decided(one, other) for other in group}) for group in grouped]
    open_ = [(group, words) for group, words in said if False not in words]
    named = (group for group, words in open_ if True in words)
    alike = (group for group, _ in open_ if any(is_same_anime(one, other) for other in group))
    return next(chain(named, alike), None)


def is_same_anime(one: Metadata, other: Metadata) -> bool:
    """Tell whether two descriptions mean one anime beyond doubt."""
    return compare(one, other) is Sameness.SAME


def compare(anchor: Metadata, row: Metadata) -> Sameness:
    """Tell whether another description is of the anchor's anime: by pages, else by `agreement`.

    Two pages of one site are two anime, whatever their titles; Jikan and MyAnimeList are one site.
    """
    pages, others = _pages(anchor), _pages(row)
    if pages & others:
        return Sameness.SAME
    if _site(anchor) == _site(row):
        return Sameness.OTHER
    agreed = agreement(anchor, row)
    if agreed >= ACCEPT:
        return Sameness.SAME
    return Sameness.DOUBTFUL if agreed >= SAME_ANIME else Sameness.OTHER


def agreement(one: Metadata, other: Metadata) -> float:
    """Score that two descriptions mean one anime, 0 to 1: titles, then type, year, start, length."""
    titles = max(
        name_similarity(a, b) - (_OTHER_FORM if _formed_apart(a, one, b, other) else 0)
        for a in names(one)
        for b in names(other)
    )
    apart = _days_apart(one, other)
    checks = [
        (one.type == other.type, _OTHER_TYPE, AnimeType.UNKNOWN in (one.type, other.type)),
        (near(year_of(one), year_of(other), 1), _OTHER_YEAR, None in (year_of(one), year_of(other))),
        (near(apart, 0, _SAME_START), _OTHER_START, apart is None),
        (
            near(one.episode_count, other.episode_count, 1),
            _OTHER_LENGTH,
            not (one.episode_count and other.episode_count),
        ),
        (not _numbered_apart(one, other), OTHER_SEASON, near(apart, 0, _SAME_START)),
    ]
    off = sum(weight for holds, weight, unknown in checks if not holds and not unknown)
    known = near(apart, 0, _SAME_WEEK) and near(one.episode_count, other.episode_count, 0)
    return min(1.0, max(0.0, titles - off + (_CORROBORATED if known else 0)))


def _formed_apart(name: Name, one: Metadata, named: Name, other: Metadata) -> bool:
    """Tell whether a title says a form that the other is not: "Akira" is a film without saying so."""
    return (name.kind or named.kind) is not None and (name.kind or one.type) != (named.kind or other.type)


def _numbered_apart(one: Metadata, other: Metadata) -> bool:
    """Tell whether the main titles name another season or part, as sequels do that share a synonym."""
    first, second = take_apart(one.title), take_apart(other.title)
    return (first.season, first.part) != (second.season, second.part)


def names(described: Metadata) -> list[Name]:
    """The titles of an anime, taken apart, each once; of very many the first."""
    titles: Iterable[str | None] = (
        described.title, described.title_english, described.title_japanese, *described.synonyms
    )  # fmt: skip
    said = islice(filter(None, titles), MOST_NAMES)
    return list(dict.fromkeys(take_apart(one) for one in said))


def name_similarity(one: Name, other: Name) -> float:
    """1 for the same name, season and part; less for another spelling, much less for another season."""
    unnamed = Asked(one._replace(kind=None, year=None))
    return max(
        0.0, string_similarity(one.text, other.text) - penalty(unnamed, other._replace(kind=None, year=None))
    )


def year_of(described: Metadata) -> int | None:
    """Year of the first broadcast."""
    if described.aired_from:
        return described.aired_from.year
    return described.season.year if described.season else None


def _days_apart(one: Metadata, other: Metadata) -> int | None:
    if one.aired_from is None or other.aired_from is None:
        return None
    return abs((one.aired_from - other.aired_from).days)


def _pages(described: Metadata) -> set[str]:
    urls = (described.source_url, *described.same_as)
    return {page.url if (page := identify(url)) else url for url in urls}


def _site(described: Metadata) -> str:
    return described.source_url.split("/")[2]
