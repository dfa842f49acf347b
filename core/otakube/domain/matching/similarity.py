# SPDX-License-Identifier: Apache-2.0
"""Similarity of names: alike in spelling, less penalties for another season, form or year.

The figures were fitted to one half of a weekly dataset's titles and hold on the other: docs/matching.md.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from otakube.domain.matching.titles import Name
from otakube.domain.record.text import sounding
from otakube_api.contract import AnimeType

SMALL_WORDS = frozenset(
    {"no", "wo", "o", "ni", "ga", "wa", "na", "to", "the", "of", "a", "an", "in", "de", "and"}
)

# At best, by what two names have in common.
_EQUAL, _SOUNDS_EQUAL, _SOUNDS_EQUAL_SHORT, _MISSPELT, _LONGER = 1.0, 0.97, 0.88, 0.95, 0.85
_MORE = 0.25  # taken off a longer name for all that it has more
_BEHIND = 0.1  # the same, where all of it comes behind
_SHORT, _TELLING = 5, 8  # letters from which a name is within another, or sounds like it, by no chance

# What is taken off for each way to be another anime of the same name.
OTHER_SEASON = 0.25
_OTHER_PART = 0.2
_OTHER_WORD = 0.11  # the second season of one is the second part of another, or neither
_MISSING_NUMBER = 0.11  # "OVA" may be any of those that "OVA 1" begins
_LATER_PART = 0.05  # of the year that is asked for: "Aldnoah.Zero (2015)" is its second part
_OTHER_NUMBER = 0.2  # "Conan 20" is not "Conan 21"
_OTHER_FORM = 0.26
_UNKNOWN_FORM = 0.11
_UNASKED_FORM = 0.12  # "Nana" is rather the series than "Nana Special"
_OTHER_YEAR = 0.3
_NEXT_YEAR = 0.15  # a sequel is often a year younger
_UNKNOWN_YEAR = 0.11  # remakes share their names
_UNASKED_YEAR = 0.11  # a title that says its year has a namesake
_OTHER_LENGTH = 0.05

_NUMBER = re.compile(r"\d+")
_CJK = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_IDEOGRAPHIC = re.compile(f"[{_CJK}]")
_LETTER = re.compile(
    f"(?:(?<=[{_CJK}])|(?<= ))[a-zα-ω](?=$|[{_CJK}])"
    f"|(?<=[{_CJK}])[a-zα-ω](?= )|(?<= )[bcf-hj-mp-rt-xzα-ω](?= )"
)
_CROSS = re.compile(r"(?<=\w) x (?=\w)")
_sound = lru_cache(maxsize=4096)(sounding)  # each name meets many others


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
        """Prefer the year and type given beside the title to those in the title."""
        return cls(name, year or name.year, kind or name.kind, episodes)


def penalty(
    asked: Asked,
    name: Name,
    *,
    kind: AnimeType = AnimeType.UNKNOWN,
    year: int | None = None,
    episodes: int | None = None,
) -> float:
    """Penalty for another season, part, number, form, year or length.

    `name` is a title of the candidate, the others are what is known of it.
    """
    that_year = asked.year is not None and asked.year == year
    off = _other_count(asked.name, name, that_year=that_year)
    off += _OTHER_NUMBER if _numbers(asked.name.text) != _numbers(name.text) else 0.0
    if not (that_year and asked.kind is None and name.kind is AnimeType.TV):  # "(TV)" tells namesakes apart
        off += _other_form(asked.kind, name.kind, kind)
    off += _other_year(asked.year, name.year, year)
    if asked.episodes and episodes and not near(asked.episodes, episodes, 1):
        off += _OTHER_LENGTH
    return off


def _other_count(asked: Name, name: Name, *, that_year: bool) -> float:
    """For another season or part, or a number that only one of them has."""
    if (asked.season, asked.part) == (name.season, name.part):
        return _MISSING_NUMBER if asked.numbered != name.numbered and not that_year else 0.0
    if that_year and asked.season == asked.part == 1 and not asked.numbered:
        return _LATER_PART
    if (asked.season, asked.part) == (name.part, name.season) and 1 in (asked.season, asked.part):
        return _OTHER_WORD
    off = OTHER_SEASON if asked.season != name.season else 0.0
    return off + (_OTHER_PART if asked.part != name.part else 0.0)


@lru_cache(maxsize=4096)
def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _other_form(asked: AnimeType | None, said: AnimeType | None, known: AnimeType) -> float:
    """`said` by the candidate's title, `known` of the candidate."""
    if asked is None:
        return _UNASKED_FORM if said else 0.0
    if asked in (said, known):
        return 0.0
    return _UNKNOWN_FORM if said is None and known is AnimeType.UNKNOWN else _OTHER_FORM


def _other_year(asked: int | None, said: int | None, known: int | None) -> float:
    if asked is None:
        return _UNASKED_YEAR if said else 0.0
    if asked in (said, known):
        return 0.0
    if said is None and known is None:
        return _UNKNOWN_YEAR
    return _NEXT_YEAR if said is None and near(asked, known, 1) else _OTHER_YEAR


def near(one: int | None, other: int | None, distance: int) -> bool:
    """Tell whether both are known and no further apart."""
    return one is not None and other is not None and abs(one - other) <= distance


def string_similarity(one: str, other: str) -> float:
    """Similarity of two comparable names, 0 to 1; another spelling is never as good as the same one."""
    if one == other:
        return _EQUAL
    first, second = _sound(one), _sound(other)
    if first == second:
        told = len(first) >= _TELLING or _crossed(one) == _crossed(other)
        return _SOUNDS_EQUAL if told else _SOUNDS_EQUAL_SHORT
    alike = _ratio(one, other, first, second)
    if alike <= _LONGER:
        return alike
    if _letters(one) != _letters(other) or _is_begun(first, second):
        return _LONGER  # "Maidragon S" is a season, not a slip
    words, others = _words(one), _words(other)
    more = words ^ others
    if (words < others or others < words) and not more <= SMALL_WORDS:
        return _LONGER  # a longer name, not another spelling
    return alike


def _crossed(text: str) -> str:
    """A name with "x" written as in "3x3 Eyes", where others part it."""
    return _CROSS.sub("x", text)


@lru_cache(maxsize=4096)
def _letters(text: str) -> list[str]:
    """Letters that stand alone, as sequels are named by; those within a name are rests of contractions."""
    return _LETTER.findall(text)


def _is_begun(one: str, other: str) -> bool:
    """Tell whether a name without spaces between words begins or ends another one."""
    shorter, longer = sorted((one, other), key=len)
    if longer.isascii() or not _IDEOGRAPHIC.search(shorter):
        return False
    return longer.startswith(shorter) or longer.endswith(shorter)


def _ratio(one: str, other: str, first: str, second: str) -> float:
    from rapidfuzz.fuzz import ratio, token_sort_ratio  # most titles are equal: fetch need not pay for it

    return float(_MISSPELT * max(ratio(first, second), token_sort_ratio(one, other)) / 100)


def partial_similarity(one: str, other: str) -> float:
    """Similarity of two names, or the share of the longer one that the other is: subtitles come and go."""
    alike = string_similarity(one, other)
    first, second = sorted((_sound(one), _sound(other)), key=len)
    if alike >= _LONGER or len(first) < _SHORT:
        return alike
    words, others = _words(one), _words(other)
    whole = 100.0 if words <= others or others <= words else _within(first, second)
    return max(alike, (_LONGER - _MORE * (1 - len(first) / len(second))) * whole / 100)


def prefix_score(asked: str, title: str) -> float:
    """Score of a comparable title that begins with the whole query, numbers and forms included."""
    if len(asked) < _SHORT or not title.startswith(asked + " "):
        return 0.0
    return _LONGER - _BEHIND * (1 - len(asked) / len(title))


def _within(shorter: str, longer: str) -> float:
    from rapidfuzz.fuzz import partial_ratio

    return float(partial_ratio(shorter, longer))
