# SPDX-License-Identifier: Apache-2.0
"""Titles taken apart: the name, and which season, part or form is meant. "Mushishi II" is not "Mushishi".

The forms are those of the catalogues: English, romanised Japanese, Japanese, Chinese, Korean, and licensors'
languages. A number that cannot be a season belongs to the name: "Mob Psycho 100", "86", "Steins;Gate 0".
"""

import re
from functools import lru_cache
from typing import NamedTuple

from otakube.domain.record.text import LONGEST_NAME, comparable
from otakube_api.contract import AnimeType

LONGEST_COMPARED = 200  # letters of a name: some letters stand for eighteen, and time grows with the square
FINAL = 99  # a final season or part, whose number the title does not say

_WORDS = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
    "ファースト": 1, "セカンド": 2, "サード": 3, "前": 1, "後": 2, "后": 2, "zen": 1, "kou": 2, "ko": 2,
    "final": FINAL, "last": FINAL, "ファイナル": FINAL, "最終": FINAL, "完結": FINAL, "kanketsu": FINAL,
    "zoku": 2, "続": 2,
}  # fmt: skip


_N = r"(\d{1,2})(?:st|nd|rd|th)?"
_NTH = r"(\d{1,2})(?:st|nd|rd|th|a|o|e|eme)"
_ORDINAL = "(first|second|third|fourth|fifth|sixth|seventh|eighth|final|last)"
_COUNT = "(one|two|three|four|five|six|seven|eight|ii|iii|iv|vi|i|v)"
_KANJI = r"(\d{1,2}|[一二三四五六七八九十])"
_SEASONS = "season|stage|series|saison|staffel|temporada|stagione|sezon|сезон"
_PARTS = "part|cour|parte|partie|teil|часть"

# What is said behind the word comes first: "Major 2nd Season 2" is the second season of "Major 2nd".
_SEASON = (
    re.compile(rf"\b(?:{_SEASONS}) ?(?:{_N}|{_COUNT})\b"),
    re.compile(
        rf"\b(?:the )?(?:{_NTH}|{_ORDINAL}) (?:{_SEASONS})\b|\bs(\d{{1,2}})\b"
        rf"|\b(\d{{1,2}}) ?(?:ki|기|сезон)\b|第? ?{_KANJI} ?(?:期|季|シーズン|シリーズ)|シーズン ?{_KANJI}"
        r"|(ファースト|セカンド|サード|ファイナル) ?シーズン|(最終)(?:季|シーズン|章)"
        r"|^(zoku|続) ?(?=\w)| ?(続)(?:章|編)?$|\b(zoku)(?: ?(?:shou|hen))?$"
    ),
)
_PART = (
    re.compile(rf"\b(?:{_PARTS}) ?(?:{_N}|{_COUNT})\b"),
    re.compile(
        rf"\b(?:{_NTH}|{_ORDINAL}) (?:part|cour)\b"
        rf"|第? ?{_KANJI} ?(?:クール|部)|(?:パート|クール) ?{_KANJI}"
        r"|([前後后]|完結)[編篇]|\b(zen|kou|ko|kanketsu) ?(?:hen|pen)\b"
    ),
)
_TRAILING = (
    re.compile(
        r"(?<! no)(?<! nr)(?<! vol)(?<! episode)(?<! chapter)(?<! case)(?<! type)(?<! unit)(?<! route)"
        r" (?:(ii|iii|iv|v|vi|vii|viii)|([2-9]))$"
    ),
)
_FORMS: tuple[tuple[AnimeType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{words})(?: ?(?<!\d)(\d{{1,2}})(?!\d)(?!st|nd|rd|th|期|季))?"))
    for kind, words in (
        (AnimeType.MOVIE, r"(?<= )(?:the |le |der |la |il |o )?(?:movies?|film[es]?|pelicula)\b"
                          r"|\b(?:gekijou?ban|eiga)\b|劇場版|剧场版|映画|电影|극장판"),
        (AnimeType.OVA, r"(?<= )(?:ova|oad|ovas|oads)\b"),
        (AnimeType.ONA, r"(?<= )ona\b"),
        (AnimeType.SPECIAL, r"(?<= )(?:tv )?(?:specials?|tokubetsu ?hen)\b|スペシャル|特別[編篇]"),
        (AnimeType.TV, r"(?<= )(?:the )?(?:tv|tv series|tv anime)$|^tv(?:アニメ|动画| anime)"),
    )
)  # fmt: skip
_MARKED = re.compile(
    r"[\d期季部編篇후続映電电劇剧特シクスパフサ最극]|[ivx]{1,4}$|hen|pen|ban|movie|film|eiga|pelicula|ov|oad|ona|special|tv"
    rf"|zoku|{_SEASONS}|{_PARTS}"
)  # most names have none of these, and cost no more than this look
_YEAR = re.compile(r"[\[(（]\s*((?:19|20)\d\d)\s*[\])）]")
_BARE_YEAR = re.compile(r"^(.*\D) ((?:19[3-9]|20[0-4])\d)$")
_KIND_OF_MUSIC = re.compile(r"[\[(（]\s*music\s*[\])）]", re.IGNORECASE)


class Name(NamedTuple):
    """A title's comparable form without what tells it from its namesakes.

    `season` and `part` are 1 where none is named and FINAL for a final one; the number of a film or an OVA is
    its part. `kind` and `year` are None where the title does not say them.
    """

    text: str
    season: int = 1
    part: int = 1
    kind: AnimeType | None = None
    year: int | None = None


@lru_cache(maxsize=4096)  # each title meets many others
def take_apart(title: str) -> Name:
    """Split a title into name, season, part, form and year; of a very long one its beginning."""
    title = title[:LONGEST_NAME]
    title, year = _take_year(title)
    title, music = _KIND_OF_MUSIC.subn(" ", title)
    whole = comparable(title)[:LONGEST_COMPARED].rstrip()
    kind = AnimeType.MUSIC if music else None
    if not _MARKED.search(whole):
        return Name(whole, kind=kind, year=year)
    text, part = _take(_PART, whole)
    text, form, number = _take_form(text)
    text, season = _take(_SEASON, text)
    if season is None:
        text, season = _take(_TRAILING, text)
    return Name(text or whole, season or 1, part or number or 1, form or kind, year)


def interpretations(title: str) -> list[Name]:
    """Possible meanings of a title: a year at the end may be one, or part of the name ("Akira 1988")."""
    name = take_apart(title)
    bare = _BARE_YEAR.match(comparable(title[:LONGEST_NAME])) if name.year is None else None
    if bare is None:
        return [name]
    return [name, take_apart(bare[1])._replace(year=int(bare[2]))]


def _take_year(title: str) -> tuple[str, int | None]:
    match = _YEAR.search(title)
    if match is None:
        return title, None
    rest = title[: match.start()] + " " + title[match.end() :]
    return (rest, int(match[1])) if comparable(rest) else (title, None)


def _take(forms: tuple[re.Pattern[str], ...], text: str) -> tuple[str, int | None]:
    for form in forms:
        match = form.search(text)
        if match and (rest := _without(match, text)):
            said = next(group for group in match.groups() if group)
            return rest, int(said) if said.isdigit() else _WORDS[said]
    return text, None


def _take_form(text: str) -> tuple[str, AnimeType | None, int | None]:
    for kind, words in _FORMS:
        match = words.search(text)
        if match and (rest := _without(match, text)):
            return rest, kind, int(match[1]) if match[1] else None
    return text, None, None


def _without(match: re.Match[str], text: str) -> str:
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
