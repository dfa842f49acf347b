# SPDX-License-Identifier: Apache-2.0
"""Provider text made plain: no markup, no control characters, one form for comparison."""

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from otakube.domain.record.markup import bounded
from otakube.domain.record.tags import tags_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

LONGEST_NAME = 500  # entry.Title
LONGEST_PROSE = 20_000  # entry.Text

LONGEST_TEXT = 10 * LONGEST_PROSE  # read of any text: prose may be written in entities
LONGEST_MARKUP = 2 * LONGEST_PROSE  # read of a text with tags
MOST_TAGS = 1_000  # read of a text: time grows with the square of nested ones

_TAG = re.compile(r"<[a-zA-Z/!?]")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_BLANKS = re.compile(r"\s{2,}")
_NO_CHARACTER = re.compile(r"&#[0-9]{8,}+;?")  # beyond Unicode; int() refuses one of 4,300 digits
_WEB = re.compile(r"https?://[^\s]{1,2000}")
_APOSTROPHE = re.compile(r"(?<=\w)['`\u00b4\u2018\u2019\u02bc](?=\w)|(?<=[^\W\d_])[-\u2010\u2011](?=[a-z])")
"""Of "Jun'ichi" and "Shin-ichirou", which others leave out; "Jean-Pierre" is two names."""
_NOT_WORD = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z]")
_LONG = re.compile(r"([aeou])\1+|(?<=o)u")
_LONG_H = re.compile(r"(?<=[a-z])oh(?![aeiouy])|\boh(?=[bdgknrstz]|\b)")  # Itoh, Ohno, Oh
_LONG_NAME = re.compile(r"([ou])\1+|(?<=o)u")
_NN = re.compile(r"(?<=[aeiou])nn(?=i?ch|it|y)")  # Junnichi and Shunnya are typed so; Anna and Konno have two
_OLD_YE = re.compile(r"(?<=[aeiou])ye")  # Inouye, Uyeda
_ROMAJI = re.compile(
    r"(?:(?:kk?|ss?h?|tt?s?|[tc]?ch|pp?|d[zj]|[bdfghjmnrvwyz])?y?[aeiou]|h(?=[^aeiouy]|$)|[mn](?=[^aeiouy]|$))+"
)
_SHORT = 4  # letters; "T.A.O." is not "TO"
_SILENT = frozenset({"the", "and", "a", "an"})
_ROMANISED = (
    ("cch", "tch"), ("shi", "si"), ("chi", "ti"), ("tsu", "tu"), ("fu", "hu"), ("sh", "sy"), ("ch", "ty"),
    ("j", "zy"), ("yy", "y"), ("zyi", "zi"), ("di", "zi"), ("dz", "z"), ("du", "zu"),
    ("mb", "nb"), ("mp", "np"), ("mm", "nm"),
)  # fmt: skip


def plain(text: str | None) -> str | None:
    """Text without tags, entities, control and direction characters, trimmed; None if nothing is left."""
    if text is None:
        return None
    text = text[:LONGEST_TEXT]
    return clean(_without_markup(text) if _TAG.search(text) else unescaped(text))  # "I <3 you" is no markup


def clean(text: str) -> str | None:
    """Text that is no markup, without control and direction characters, trimmed; None if nothing is left."""
    text = "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    text = _BLANKS.sub(_blank_line, _SPACES.sub(" ", text)).strip()
    return text or None


def unescaped(text: str) -> str:
    """Text with its entities read."""
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text))


def _blank_line(blanks: re.Match[str]) -> str:
    return "\n\n" if blanks[0].count("\n") > 1 else blanks[0]


def _without_markup(text: str) -> str:
    root = fragment_of(text).root
    return root.text() if root else ""


def fragment_of(text: str) -> "LexborHTMLParser":
    """A text as an HTML fragment; line breaks and ends of paragraphs are newlines, scripts are nothing."""
    from selectolax.lexbor import LexborHTMLParser  # most texts have no tags: a pod need not pay for it

    text = text[:LONGEST_MARKUP]
    fragment = LexborHTMLParser(bounded(text, MOST_TAGS, tags_of(text)), is_fragment=True)
    fragment.strip_tags(["script", "style"])
    for node in fragment.css("br, p"):
        node.insert_after("\n")
    return fragment


def web_address(text: str | None) -> str | None:
    """An address of the web; None for scripts, files and what is no address."""
    return text if text and _WEB.fullmatch(text) else None


def comparable(text: str) -> str:
    """One spelling of a name for comparison: no case, accents, widths or punctuation, single spaces."""
    # Mathematical letters have cases only once they are decomposed.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    # Combining marks of Latin letters are accents; those of kana tell ga from ka and stay.
    unaccented = "".join(c for c in decomposed if not 0x300 <= ord(c) < 0x370)
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", unaccented)).strip()


def name_key(name: str) -> str:
    """One spelling of a person's name in any order: "Takamaki, Ann" and "Ann Takamaki"."""
    return " ".join(sorted(comparable(name).split()))


def sound_key(name: str) -> str:
    """One spelling of a person's name in any order and romanisation: "Gojou", "Gojō", "Gojo" and "Gojoh".

    A part that is no Japanese word in Latin letters has no other spelling: "God" is not "Good". Of a name of
    one part only o and u may be long or short: "Ken" is not "Keen".
    """
    parts = _LONG_H.sub("o", comparable(_APOSTROPHE.sub("", name))).split()
    long = _LONG if len(parts) > 1 else _LONG_NAME
    return " ".join(sorted(_part_key(part, long) for part in parts))


def _part_key(part: str, long: re.Pattern[str]) -> str:
    if _ROMAJI.fullmatch(part) is None:
        return part
    return long.sub(r"\1", _romanised(_OLD_YE.sub("e", _NN.sub("n", part))))


def sounding(text: str) -> str:
    """One spelling of a comparable name whatever its romanisation, without spaces.

    "youko" is "yoko", "wo" is "o", "si" is "shi", "sempai" is "senpai". English suffers, but is told apart.
    """
    words = ["o" if word == "wo" else word for word in text.split()]
    spoken = "".join(word for word in words if word not in _SILENT)
    text = spoken if len(spoken) > _SHORT else "".join(words)
    if not _LATIN.search(text):
        return text
    return _LONG.sub(r"\1", _romanised(text))


def _romanised(text: str) -> str:
    for form, spelling in _ROMANISED:
        text = text.replace(form, spelling)
    return text
