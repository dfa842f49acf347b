# SPDX-License-Identifier: Apache-2.0
"""Which anime is meant: a cascade from exact titles to similar ones, which abstains rather than guess.

Users of every catalogue complain first about wrong merges; an abstention costs one look of a person.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from otakube.domain.claims import Metadata
from otakube.domain.entry import AnimeType
from otakube.domain.text import sounding
from otakube.domain.titles import Name, take_apart

ACCEPT = 0.9  # a match that nobody needs to look at
MARGIN = 0.08  # by which it must be ahead of every other anime
CONSIDER = 0.72  # below it a candidate is not worth a person's look
SAME_ANIME = 0.7  # agreement of two providers' descriptions from which they mean one anime

# What is taken off for each way to be another anime of the same name.
_OTHER_SEASON = 0.25
_OTHER_PART = 0.2
_OTHER_NUMBER = 0.2  # "Conan 20" is not "Conan 21"
_OTHER_FORM = 0.2
_UNKNOWN_FORM = 0.05
_UNASKED_FORM = 0.12  # "Nana" is rather the series than "Nana Special"
_OTHER_YEAR = 0.3
_NEXT_YEAR = 0.03  # providers differ at the turn of a year
_UNKNOWN_YEAR = 0.02
_OTHER_LENGTH = 0.05

_EQUAL, _SOUNDS_EQUAL = 1.0, 0.97
_NUMBER = re.compile(r"\d+")


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
    """`chosen` is None if there is no candidate, or if none is clearly ahead of the others."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]


def resolve(
    title: str, found: Sequence[Metadata], *, year: int | None = None, kind: AnimeType | None = None
) -> Resolution:
    """Decide which of the anime found a title means; `year` and `kind` tell namesakes apart."""
    scored = sorted(
        (
            Candidate(max(fit(title, one) for one in group), group)
            for group in groups(found)
            if any(_narrowed(one, year, kind) for one in group)
        ),
        key=lambda candidate: -candidate.score,
    )
    candidates = tuple(candidate for candidate in scored if candidate.score >= CONSIDER)
    if not candidates or candidates[0].score < ACCEPT:
        return Resolution(None, candidates)
    ahead = candidates[0].score - (candidates[1].score if len(candidates) > 1 else 0)
    return Resolution(candidates[0] if ahead >= MARGIN else None, candidates)


def _narrowed(one: Metadata, year: int | None, kind: AnimeType | None) -> bool:
    """What a provider does not know excludes nothing."""
    other_year = year is not None and year_of(one) not in (year, None)
    other_kind = kind is not None and one.type not in (kind, AnimeType.UNKNOWN)
    return not other_year and not other_kind


def groups(found: Sequence[Metadata]) -> list[tuple[Metadata, ...]]:
    """Put together what is one anime: by links between the providers, else by strong agreement."""
    grouped: list[list[Metadata]] = []
    for one in found:
        home = next((group for group in grouped if any(same(one, other) for other in group)), None)
        if home is None:
            grouped.append([one])
        else:
            home.append(one)
    return [tuple(group) for group in grouped]


def same(one: Metadata, other: Metadata) -> bool:
    """Whether two providers' descriptions mean one anime."""
    linked = {one.source_url, *one.same_as} & {other.source_url, *other.same_as}
    if linked:
        return True
    return _provider(one) != _provider(other) and agreement(one, other) >= ACCEPT


def agreement(one: Metadata, other: Metadata) -> float:
    """How sure it is that two descriptions mean one anime, 0 to 1: titles, then type, year, length."""
    titles = max(similarity(a, b) for a in names(one) for b in names(other))
    checks = [
        (one.type == other.type, 0.1, AnimeType.UNKNOWN in (one.type, other.type)),
        (_near(year_of(one), year_of(other), 1), 0.25, None in (year_of(one), year_of(other))),
        (
            _near(one.episode_count, other.episode_count, 1),
            0.1,
            not (one.episode_count and other.episode_count),
        ),
    ]
    return max(0.0, titles - sum(weight for holds, weight, unknown in checks if not holds and not unknown))


def fit(title: str, candidate: Metadata) -> float:
    """How well an anime fits a title that a person wrote, 0 to 1."""
    asked = take_apart(title)
    return max(similarity(asked, name) for name in names(candidate))


def names(described: Metadata) -> list[Name]:
    """All titles of an anime, taken apart, each once."""
    titles: Iterable[str | None] = (
        described.title, described.title_english, described.title_japanese, *described.synonyms
    )  # fmt: skip
    return list(dict.fromkeys(take_apart(one) for one in titles if one))


class Asked(NamedTuple):
    """A title that a person wrote, taken apart, and what else they said."""

    name: Name
    year: int | None = None
    kind: AnimeType | None = None
    episodes: int | None = None

    @classmethod
    def of(
        cls,
        name: Name,
        *,
        year: int | None = None,
        kind: AnimeType | None = None,
        episodes: int | None = None,
    ) -> "Asked":
        """What was said apart from the title outranks what the title says."""
        return cls(name, year or name.year, kind or name.kind, episodes)


def similarity(one: Name, other: Name) -> float:
    """1 for the same name, season and part; less for another spelling, much less for another season."""
    return max(0.0, spelled(one.text, other.text) - misfit(Asked.of(one), other))


def misfit(
    asked: Asked, name: Name, *, kind: AnimeType = AnimeType.UNKNOWN, year: int | None = None,
    episodes: int | None = None,
) -> float:  # fmt: skip
    """What is taken off for another season, part, number, form, year or length; unknown is no misfit."""
    off = _OTHER_SEASON if asked.name.season != name.season else 0.0
    off += _OTHER_PART if asked.name.part != name.part else 0.0
    off += _OTHER_NUMBER if _numbers(asked.name.text) != _numbers(name.text) else 0.0
    off += _other_form(asked.kind, name.kind, kind)
    off += _other_year(asked.year, year or name.year)
    if asked.episodes and episodes and not _near(asked.episodes, episodes, 1):
        off += _OTHER_LENGTH
    return off


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _other_form(asked: AnimeType | None, said: AnimeType | None, known: AnimeType) -> float:
    """`said` by the candidate's title, `known` of the candidate."""
    is_ = said or (known if known is not AnimeType.UNKNOWN else None)
    if asked is None:
        return _UNASKED_FORM if said else 0.0
    if is_ is None:
        return _UNKNOWN_FORM
    return 0.0 if asked in (said, known) else _OTHER_FORM


def _other_year(asked: int | None, known: int | None) -> float:
    if asked is None or asked == known:
        return 0.0
    if known is None:
        return _UNKNOWN_YEAR
    return _NEXT_YEAR if _near(asked, known, 1) else _OTHER_YEAR


def spelled(one: str, other: str) -> float:
    """How alike two comparable names are; another spelling is never as good as the same one."""
    if one == other:
        return _EQUAL
    from rapidfuzz.fuzz import ratio, token_sort_ratio  # most titles are equal: fetch need not pay for it

    first, second = sounding(one), sounding(other)
    if first == second:
        return _SOUNDS_EQUAL
    return 0.95 * max(ratio(first, second), token_sort_ratio(one, other)) / 100


def year_of(described: Metadata) -> int | None:
    """Year of the first broadcast."""
    if described.aired_from:
        return described.aired_from.year
    return described.season.year if described.season else None


def _near(one: int | None, other: int | None, distance: int) -> bool:
    return one is not None and other is not None and abs(one - other) <= distance


def _provider(described: Metadata) -> str:
    return described.source_url.split("/")[2]
