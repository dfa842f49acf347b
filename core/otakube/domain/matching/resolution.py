# SPDX-License-Identifier: Apache-2.0
"""Resolution of a title to an anime: from exact titles to similar ones; abstains rather than guess."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from otakube.domain.matching.agreement import SignedName, names, signed_names, titles_of, year_of, years_of
from otakube.domain.matching.candidates import Candidate, ManualDecision, group_by_anime, undecided
from otakube.domain.matching.decision import (
    CONSIDER,
    DOUBTED,
    MatchDecision,
    decide,
    hides_number,
    is_one_of_several,
    is_promotion,
    separate_namesakes,
    title_exactness,
)
from otakube.domain.matching.similarity import Asked, partial_similarity, penalty
from otakube.domain.matching.titles import Name, interpretations, take_apart
from otakube.domain.record.claims import Metadata
from otakube.domain.record.signs import ends_with_stop, signs
from otakube_api.contract import AnimeType


@dataclass(frozen=True, slots=True)
class Resolution:
    """`chosen` may be used unseen; `doubtful` is the best where only a person may choose; never both."""

    chosen: Candidate | None
    doubtful: Candidate | None
    candidates: tuple[Candidate, ...]


class _Known(NamedTuple):
    """Years and types that the descriptions of one anime know together."""

    years: frozenset[int]
    kinds: frozenset[AnimeType]

    @classmethod
    def of(cls, group: Sequence[Metadata]) -> "_Known":
        years = {year for one in group for year in years_of(one)}
        return cls(frozenset(years), frozenset(one.type for one in group) - {AnimeType.UNKNOWN})

    def agrees(self, asked: Asked) -> bool:
        """Tell whether the year or the type that is asked for is known to be this one's."""
        return asked.year in self.years or asked.kind in self.kinds


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
    alike = [group for group in group_by_anime(found, decided) if _narrowed(_Known.of(group), year, kind)]
    scores = separate_namesakes(
        [max(_fit(one, signs(title), group) for one in asked) for group in alike],
        [max(title_exactness(title, member.title, main=True) for member in group) for group in alike],
    )
    ranked = sorted(map(Candidate, scores, alike), key=lambda candidate: -candidate.score)
    candidates = tuple(candidate for candidate in ranked if candidate.score >= CONSIDER)
    decision = decide([candidate.score for candidate in candidates])
    best = candidates[0] if candidates else None
    if decision is MatchDecision.ACCEPT and not _may_win(title, asked, ranked):
        decision = MatchDecision.ABSTAIN
    return Resolution(
        chosen=best if decision is MatchDecision.ACCEPT else None,
        doubtful=best if decision is MatchDecision.ABSTAIN else None,
        candidates=candidates,
    )


def _narrowed(known: _Known, year: int | None, kind: AnimeType | None) -> bool:
    """Tell whether an anime fits; one of which nothing is known is not excluded, nor does it agree."""
    other_year = year is not None and bool(known.years) and year not in known.years
    other_kind = kind is not None and bool(known.kinds) and kind not in known.kinds
    return not other_year and not other_kind


def _may_win(title: str, asked: Sequence[Asked], candidates: Sequence[Candidate]) -> bool:
    """Tell whether the best may be accepted: not as one of several, nor as a music video or a trailer."""
    best = candidates[0].described
    if any(one.year in _Known.of(best).years for one in asked):
        return True
    if _lacks_stop(title, best) and not any(_Known.of(best).agrees(one) for one in asked):
        return False
    others = (name for one in candidates[1:] for member in one.described for name in names(member))
    several = is_one_of_several(asked, (name for member in best for name in names(member)), others)
    if several and not any(title_exactness(title, member.title, main=True) for member in best):
        return False
    kinds = {one.kind for one in asked if one.kind}
    return is_promotion(title, kinds) or not any(is_promotion(one.title, {one.type}) for one in best)


def _lacks_stop(title: str, group: Sequence[Metadata]) -> bool:
    """Tell whether a stop that was written is in no title of an anime: "Gintama." is none of "Gintama"."""
    return ends_with_stop(title) and not any(ends_with_stop(name) for one in group for name in titles_of(one))


def _fit(asked: Asked, marks: str, group: Sequence[Metadata]) -> float:
    """Score of an anime for what a person asked for, 0 to 1; `marks` are the signs that they wrote."""
    known = _Known.of(group)
    return max(_fit_title(asked, marks, title, one, known) for one in group for title in signed_names(one))


def _hides_number(asked: Asked, name: Name, one: Metadata) -> bool:
    """Tell whether a sequel is asked for by a bare name; an official one is often its prequel's as well."""
    main = take_apart(one.title)
    official = {take_apart(title) for title in (one.title_english, one.title_japanese) if title}
    return hides_number(asked, name, main, names(one), official=name in official)


def _fit_title(asked: Asked, marks: str, title: SignedName, one: Metadata, known: _Known) -> float:
    year = asked.year if asked.year in known.years else year_of(one) or max(known.years, default=None)
    kind = asked.kind if asked.kind in known.kinds else one.type
    off = penalty(asked, title.name, kind=kind or AnimeType.UNKNOWN, year=year, episodes=one.episode_count)
    score = max(0.0, partial_similarity(asked.name.text, title.name.text) - off)
    other_sign = marks != title.signs and not known.agrees(asked)
    hidden = _hides_number(asked, title.name, one) and asked.year not in known.years
    return min(score, DOUBTED) if other_sign or hidden else score
