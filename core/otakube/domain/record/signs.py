# SPDX-License-Identifier: Apache-2.0
"""Signs of titles: those that stand for letters, and those that tell a sequel from its prequel.

"SPY×FAMILY" is "SPY x FAMILY", and "√A" is "Root A". "K-On!!" is not "K-On!", nor is "Gintama°" "Gintama":
such signs are no part of a comparable name, and are compared apart. ☆ and ★ are one sign, as ♡ and ♥ are.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    dict.fromkeys("×✕✖⨉⨯╳", " x ")
    | {"√": " root ", "∀": " turn a ", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
       "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
    | dict.fromkeys("™®©℠", " ")
    | {chr(sign): f" {unicodedata.normalize('NFKC', chr(sign))} " for sign in range(0x2160, 0x2180)}  # Ⅱ
    | {chr(sign): f" {unicodedata.normalize('NFKC', chr(sign))} " for sign in range(0x2460, 0x2474)}  # ②
)  # fmt: skip
_DEGREE_BEHIND_LETTER = re.compile(r"(?<=[^\W\d_])[º˚]")
_AT_WITHIN_WORD = re.compile(r"(?<=[A-Za-z])@(?=[A-Za-z])")
_DOLLAR_WITHIN_WORD = re.compile(r"(?<=[A-Za-z])\$(?=[A-Za-z])")

_CLASSES = {
    one: signs[0]
    for signs in ("☆★✩✪✫✬✭✮✯✰⭐🌟⋆*", "♡♥❤💕💖💗🖤❣", "♪♫♬♩🎵🎶", "△▲∆▵", "▽▼", "○●◯◎⚪", "◇◆♢♦", "□■",
                  "°˚º゜", "†✝", "♀", "♂", "∞")
    for one in signs
}  # fmt: skip
_NO_SIGNS = frozenset("<>=|^`´¨~$¯¸−⁄∕")  # brackets, separators and accents
_MORE_SIGNS = frozenset("!?@#%*†‡※§°")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u2032\u00b4`]+(?!\w)(?=\W*$|\W*[:!?(\[]|\s+(?:\d|[IVX]+\b))")
_QUOTED = re.compile(r"(?<!\w)['\u2018`]([^'\u2018\u2019`]+)['\u2019`](?!\w)")
_RUN = re.compile(r"[!?]{2,}")


def lettered(text: str) -> str:
    """Text with the signs that stand for letters written as those letters; ligatures in two."""
    if not text.isascii():
        text = _DEGREE_BEHIND_LETTER.sub("°", text).translate(_LETTERS)
    if "@" in text:
        text = _AT_WITHIN_WORD.sub("a", text)
    return _DOLLAR_WITHIN_WORD.sub("s", text) if "$" in text else text


@lru_cache(maxsize=4096)  # each title meets many others
def signs(title: str) -> str:
    """The signs of a title that no letter stands for, in one form each, in order."""
    text = lettered(title)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(_CLASSES.get(c, c) for c in text)).strip()
    found = [*_within(text), *_apostrophes(text)]
    told = "".join(sign for _, sign in sorted(found))
    return _RUN.sub(lambda run: "".join(sorted(run[0])), told) + _end(text)


def _within(text: str) -> list[tuple[int, str]]:
    return [(place, _CLASSES.get(c, c)) for place, c in enumerate(text) if _is_sign(c)]


def _is_sign(character: str) -> bool:
    if character.isalnum() or character.isspace() or character in _NO_SIGNS:
        return False
    return character in _MORE_SIGNS or unicodedata.category(character) in ("So", "Sm", "Sc")


def _apostrophes(text: str) -> list[tuple[int, str]]:
    """Those behind a name, as of "Gintama'": not those within words, or around them."""
    bare = _QUOTED.sub(lambda quoted: f" {quoted[1]} ", text)
    return [(match.start(), "'" * len(match[0])) for match in _APOSTROPHES.finditer(bare)]


def ends_with_stop(title: str) -> bool:
    """Tell whether a title ends with a stop, as "Gintama." does: others leave it out, so it is no sign."""
    return title.rstrip().endswith((".", "。", "．"))


def _end(text: str) -> str:
    """A colon at the very end, as of "Nisekoi:"."""
    return ":" if text.rstrip().endswith((":", "：")) else ""
