# SPDX-License-Identifier: Apache-2.0
"""Decides on scores: accept what is sure and clearly ahead, show a person what is close.

Users of every catalogue complain first about wrong merges; an abstention costs one look of a person.
"""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from otakube.domain.matching.notations import PROMOTION
from otakube.domain.matching.similarity import Asked, string_similarity
from otakube.domain.matching.titles import Name, spelling, take_apart
from otakube.domain.record.signs import ends_with_stop, signs
from otakube_api.contract import AnimeType

ACCEPT = 0.9  # a match that nobody needs to look at
MARGIN = 0.08  # by which it must be ahead of every other anime
CONSIDER = 0.72  # below it a candidate is not worth a person's look
DOUBTED = 0.89  # at best, of a match that something speaks against


class MatchDecision(StrEnum):
    """Decision about the best candidate for a title."""

    ACCEPT = "Accept"
    ABSTAIN = "Abstain"  # for a person to decide
    NONE = "None"


def decide(scores: Sequence[float]) -> MatchDecision:
    """Accept what is good enough and clearly ahead; show a person what is close. Scores come best first."""
    if not scores or scores[0] < CONSIDER:
        return MatchDecision.NONE
    ahead = scores[0] - (scores[1] if len(scores) > 1 else 0)
    # Differences of two decimals are no exact floats.
    return MatchDecision.ACCEPT if scores[0] >= ACCEPT and ahead >= MARGIN - 1e-9 else MatchDecision.ABSTAIN


def title_exactness(asked: str, title: str, *, main: bool) -> int:
    """Tells namesakes apart: 2 for a main title with the signs asked for, 1 with other signs, 0 for all else.

    "Gintama" means "Gintama", not "Gintama°", and not the anime that is called so beside its own title. A
    main title that tells itself from a namesake by its year or form, "Shaman King (2021)", is as exact.
    """
    if not main or (spelling(asked) != spelling(title) and spelling(asked) != _bare(title)):
        return 0
    return 2 if (signs(asked), ends_with_stop(asked)) == (signs(title), ends_with_stop(title)) else 1


def _bare(title: str) -> str:
    """A title's name, if nothing but a year or a form in brackets is behind it."""
    if not title.endswith((")", "]")):
        return ""
    name = take_apart(title)
    marked = name.year is not None or name.kind in (AnimeType.TV, AnimeType.ONA)
    return name.text if marked and name.season == name.part == 1 else ""


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


def other_sign(asked: str, title: str) -> bool:
    """Tell whether a title has other signs than the one asked for: "K-On!!" is not "K-On!"."""
    return signs(asked) != signs(title)


def hides_number(
    asked: Asked, name: Name, main: Name, others: Collection[Name], *, official: bool = False
) -> bool:
    """Tell whether an anime whose main title says a season or number is asked for without any.

    `name` is the title of it that fits, `others` are all. "Mushishi 2nd Season" may be called "Mushishi" for
    short, or in another script, and OVA 3 of eleven as the series is; "Gunbuster 2" is called "Diebuster".
    A season's `official` name of another language is as often that of the first one; a film's is its own.
    """
    number = number_said(main)
    if number == _NO_NUMBER or number_said(asked.name) != _NO_NUMBER or number_said(name) == number:
        return False
    text = asked.name.text
    return (
        (official and main.kind is None)
        or main.text.startswith(text)
        or text.isascii() != main.text.isascii()
        or string_similarity(text, main.text) >= ACCEPT
        or any(other.text == name.text and number_said(other) != _NO_NUMBER for other in others)
    )


_NO_NUMBER = (1, 1, False)


def number_said(name: Name) -> tuple[int, int, bool]:
    """Season and part of a name, and whether it says that it is the first of several."""
    return name.season, name.part, name.numbered


def is_one_of_several(asked: Iterable[Asked], best: Iterable[Name], others: Iterable[Name]) -> bool:
    """Tell whether a form was asked for without a number, and others of that name and form have one.

    "Haikyuu!! Movie" may be any of four, though a page of all films is called so. `best` are the names of the
    anime that fits best, `others` those of the rest.
    """
    forms = [one.name for one in asked if one.name.kind and number_said(one.name) == _NO_NUMBER]
    numbers = {number_said(name) for name in others if any(_is_named_like(name, form) for form in forms)}
    return bool(numbers - {_NO_NUMBER} - {number_said(name) for name in best})


def _is_named_like(name: Name, form: Name) -> bool:
    """Tell whether a title is of this name and form, a subtitle apart."""
    return name.kind is form.kind and f"{name.text} ".startswith(f"{form.text} ")


def is_promotion(title: str, kinds: Collection[AnimeType]) -> bool:
    """Tell whether an anime is a music video, a trailer or a commercial: never meant by its name alone."""
    return AnimeType.MUSIC in kinds or bool(PROMOTION.search(spelling(title)))
