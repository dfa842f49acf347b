# SPDX-License-Identifier: Apache-2.0
"""Placeholders: what a provider shows where it knows nothing. They are absent, in one table per provider.

A picture is known by the name of its file, a text by how it begins or by being one of the usual words.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from otakube.adapters.http import no_text
from otakube.domain.record.prose import Prose, read_prose
from otakube.domain.record.text import LONGEST_NAME, comparable, plain, web_address


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS = frozenset(
    {
        "unknown", "n/a", "n.a", "tba", "tbd", "tbc", "t.b.a", "t.b.d", "none", "null", "nil",
        "undefined", "not available", "not known", "not applicable", "to be announced", "to be determined",
        "to be decided", "to be confirmed", "to be added", "unannounced", "undisclosed", "no data", "no info",
        "no information", "not yet known", "not yet announced", "not yet available",
        "none found", "none found, add some", "add some", "coming soon",
        "unknown studio", "no studio", "no studios", "not listed", "not specified", "unspecified",
        "untitled", "unnamed", "no title", "no name", "title tba", "title unknown", "unknown title",
        "未定", "不明", "未発表", "未公開", "名称未定", "不詳", "未詳", "タイトル未定", "なし",
        "未知", "待定", "暂无", "暫無", "未命名", "未公布", "暂定", "미정", "미상", "없음", "미공개",
        "제목 미정",
        "desconocido", "desconocida", "por anunciar", "sin título", "sin titulo", "por determinar",
        "sin datos",
        "desconhecido", "desconhecida", "a anunciar", "a definir", "a ser anunciado", "sem título",
        "sem dados",
        "inconnu", "inconnue", "à venir", "à annoncer", "à déterminer", "sans titre", "non communiqué",
        "unbekannt", "wird noch bekannt gegeben", "noch nicht bekannt", "ohne titel", "keine angabe",
    }
)  # fmt: skip
_SUBJECTS = _words(
    """
    synopsis sypnosis synopses description descriptions summary plot overview biography bio information info
    background details data text
    """
)
_NEGATIONS = _words(
    """
    no not none nothing without hasn isn doesn don haven missing unavailable unknown pending tba tbd tbc soon
    first add added announced determined yet
    """
)
_AROUND = _words(
    """
    a an the this that it its is are was were has have had been be being t s ve do does currently current
    there here for to of in on at by with from we you i your our us and or any can could will may one more so
    still now time moment sorry please help improve expand update updates submit contribute click check back
    later come coming series anime ona ova special manga title titles entry entries show movie film episode
    episodes character page item english japanese official language translation translated available provided
    given about written found exist exists known decided confirmed revealed released adding expanding editing
    edit write writing database site website someone somebody anyone user users member members community note
    """
)
TEXTS = ("please add a", "lorem ipsum dolor")
"""Beginnings of texts without letters that compare: as `comparable` writes them."""
_ABSENT = re.compile(
    r"(?:note )?(?:sorry )?(?:currently )?(?:there (?:is|are) )?(?:currently |still )?(?:we have )?"
    rf"no (?:english |official |japanese )?(?:{'|'.join(sorted(_SUBJECTS))}) "
    r"(?:(?:info(?:rmation)? )?(?:has|have) (?:not )?(?:yet )?been|(?:is |was )?(?:yet|available|found)"
    r"|for this)\b"
)
_SIGNS = re.compile(r"[?？\-–—_.…*/\\~\s]+")
_AROUND_A_WORD = "()[]{}<>（）【】\"'*-–—.!… \t\n"
_YEAR_BEHIND = re.compile(r"\s*\(?(?:19|20)[0-9]{2}\)?$")
_SHOWN = (
    r"(?:anime|manga|character|char|person|people|staff|series|user|avatar|image|img|picture|photo|pic|poster"
    r"|cover|artwork|art|thumbnail|thumb|banner|screenshot|screencap|card|main)s?"
)
_FILE = re.compile(
    rf"(?:{_SHOWN}[_-]?)*+"
    rf"(?:default|missing|placeholder|spaceholder|transparent|blank|question[_-]?mark|nopic"
    rf"|no[_-]?{_SHOWN}|broken[_-]?{_SHOWN}|not[_-]?(?:found|available|avail)|tb[ad]|now[_-]?printing"
    r"|unknown|unavailable|na|empty|coming[_-]?soon|fallback|dummy|silhouette|lazy(?:[_-]?load)?|loading|spinner)"
    rf"(?:[_@-]?(?:available|avail|found|yet|b\d{{1,3}}|\d{{1,4}}(?:x\d{{0,4}})?|[0-9a-f]{{32}}"
    rf"|{_SHOWN}|placeholder|large|small|medium|original|xl|[lmst]))*+"
)
_PIXEL = re.compile(r"(?:pixel|spacer|1x1|[01]x[01])")
_FOLDERS = ("default", "defaults", "missing", "placeholder", "placeholders", "fallback")
_SIZES = ("original", "large", "medium", "small", "tiny")  # of one picture in a folder of its own


def is_placeholder(text: str) -> bool:
    """True of a word or a sign that stands where nothing is known."""
    text = unicodedata.normalize("NFKC", text)
    bare = _YEAR_BEHIND.sub("", text.strip(_AROUND_A_WORD)).strip(_AROUND_A_WORD).casefold()
    return _SIGNS.fullmatch(text) is not None or bare in WORDS


def says_nothing(text: str) -> bool:
    """True of a sentence that says that there is no text.

    Each of its words is one of those that such sentences are made of ("This anime has no synopsis yet"), or
    it begins as they do; a story that begins so goes on otherwise.
    """
    if len(text) > no_text.LONGEST:
        return False
    said = comparable(text)
    words = _words(said)
    closed = words <= _SUBJECTS | _NEGATIONS | _AROUND and bool(words & _NEGATIONS)
    told = bool(words & (_SUBJECTS | {"nothing", "none"}))
    return (closed and told) or _ABSENT.match(said) is not None or no_text.says_nothing(text)


class Placeholders(NamedTuple):
    """One provider's: beginnings of the names of files, and of texts."""

    pictures: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def picture(self, url: str | None) -> str | None:
        """The address of a picture; None if it is none, or a placeholder's."""
        address = web_address(url)
        if address is None:
            return None
        # urlsplit refuses addresses such as http://[, which are the image step's to refuse.
        name = re.split(r"[?#]", address, maxsplit=1)[0].rpartition("/")[2].casefold()
        stem = name.partition(".")[0]
        folder = re.split(r"[?#]", address, maxsplit=1)[0].split("/")[-2].casefold()
        sized = folder in _FOLDERS and stem in _SIZES
        named = name.startswith(self.pictures) or _FILE.fullmatch(stem) or _PIXEL.fullmatch(stem)
        return None if sized or named else address

    def prose(self, text: str | None) -> Prose:
        """A text with its credit; None for a sentence that says that there is none."""
        found = read_prose(text)
        if found.text is None or not self._says_nothing(found.text):
            return found
        return Prose(None, None, found.spoilers)

    def name(self, text: str | None, main: str | None = None) -> str | None:
        """A name; a placeholder is none, unless the anime is called so."""
        found = plain(text)
        return None if found is None or (found != main and is_placeholder(found)) else found

    def names(self, values: Iterable[str | None], main: str | None = None) -> list[str]:
        """Plain, distinct names in their order; one longer than a name can be is no name."""
        found = (self.name(value, main) for value in values)
        return list(dict.fromkeys(name for name in found if name and len(name) <= LONGEST_NAME))

    def _says_nothing(self, text: str) -> bool:
        if is_placeholder(text):
            return True
        begun = len(text) <= no_text.LONGEST and comparable(text).startswith((*TEXTS, *self.texts))
        return begun or says_nothing(text)
