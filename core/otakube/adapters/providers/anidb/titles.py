# SPDX-License-Identifier: Apache-2.0
"""AniDB's daily dump of titles, which stands in for the search that its API does not have. Pure.

A name that two anime share finds neither of them: the dump has no year and no type to tell them apart.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from otakube.adapters.http.parsing import converts, refuse
from otakube.adapters.providers.anidb.document import MOST_ELEMENTS, parse
from otakube.domain.matching.decision import CONSIDER
from otakube.domain.matching.shortlist import shortlist
from otakube.domain.matching.title_index import Titled, TitleIndex
from otakube.domain.matching.titles import interpretations, spelling
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube.domain.record.pages import Page
from otakube.domain.record.text import LONGEST_NAME, plain, sounding
from otakube.ports.providers import MOST_FOUND
from otakube_api.contract import AnimeType, Provider

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_NEAR = 300  # titles that are compared letter by letter
_MOST_COMPARED = 100  # of which those that share a name are left out


class AniDBTitle(NamedTuple):
    kind: str  # main, official, syn, short
    language: str
    text: str


class AniDBNames(NamedTuple):
    """One anime of the dump."""

    id: str
    titles: tuple[AniDBTitle, ...]


class _Dump:
    """Reads the dump as it streams by: no tree is built of its hundred thousand titles."""

    def __init__(self) -> None:
        self.found: list[AniDBNames] = []
        self._titles: list[AniDBTitle] = []
        self._path: list[tuple[str, Mapping[str, str]]] = []
        self._text: list[str] = []
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if len(self._path) >= 3 or self._count > 2 * MOST_ELEMENTS:
            refuse("the titles", tag, "animetitles, anime and title within each other")
        self._path.append((tag, attributes))
        self._text = []

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        _, attributes = self._path.pop()
        if tag == "title" and (text := plain("".join(self._text))) and len(text) <= LONGEST_NAME:
            kind, where = attributes.get("type", ""), attributes.get(_LANGUAGE, "")
            self._titles.append(AniDBTitle(kind, where, text))
        if tag == "anime":
            number = attributes.get("aid", "")
            if not (number.isascii() and number.isdigit()):
                refuse("anime.aid", number, "a number")
            self.found.append(AniDBNames(number, tuple(self._titles)))
            self._titles = []
        self._text = []

    def close(self) -> list[AniDBNames]:
        return self.found


def read_titles(body: Any) -> list[AniDBNames]:
    """All anime of the dump with their titles."""
    found: list[AniDBNames] = parse(body, _Dump())
    return found or refuse("the titles", "empty", "at least one anime")


class TitleDump:
    """The anime of a dump. A search reads all titles, and compares those of the nearest anime."""

    def __init__(self, dump: Sequence[AniDBNames]) -> None:
        self._dump = dump
        self._names = {one.id: one for one in dump}
        self._owners = [number for number, one in enumerate(dump) for _ in one.titles]
        self._sounds = [sounding(spelling(title.text)) for one in dump for title in one.titles]

    def search(self, title: str) -> list[Metadata]:
        """Anime with a name like this one, best first, at most ten."""
        near = TitleIndex.build(
            Titled(one.id, [name.text for name in _main_first(one)]) for one in self._near(title)
        )
        hits = [hit for hit in near.search(title, _MOST_COMPARED).hits if hit.score >= CONSIDER]
        owners = Counter(
            name for hit in hits for name in {spelling(title.text) for title in self._names[hit.id].titles}
        )
        unshared = (self._names[hit.id] for hit in hits if owners[spelling(hit.title)] == 1)
        described = (describe(names) for names in unshared)
        return [metadata for metadata in described if metadata][:MOST_FOUND]

    def _near(self, title: str) -> list[AniDBNames]:
        """Anime of which a title comes near, for each thing that the title may mean."""
        places = [
            place
            for name in interpretations(title)
            for place in shortlist(sounding(name.text), self._sounds, _MOST_NEAR)
        ]
        return [self._dump[number] for number in dict.fromkeys(self._owners[place] for place in places)]


def index_titles(body: Any) -> TitleDump:
    """The dump in an answer, ready to be searched."""
    return TitleDump(read_titles(body))


def _main_first(names: AniDBNames) -> list[AniDBTitle]:
    return sorted(names.titles, key=lambda title: title.kind != "main")


@converts
def describe(names: AniDBNames) -> Metadata | None:
    """Metadata from the dump: an anime's names. None if it has no main title."""
    main = _first(names, "main")
    if main is None:
        return None
    english, japanese = _first(names, "official", "en"), _first(names, "official", "ja")
    others = dict.fromkeys(one.text for one in names.titles if one.text not in (main, english, japanese))
    return Metadata(
        source_url=Page(Provider.ANIDB, names.id).url,
        title=main,
        title_english=english,
        title_japanese=japanese,
        synonyms=list(others)[:200],
        type=AnimeType.UNKNOWN,
        status=AnimeStatus.UNKNOWN,
    )


def _first(names: AniDBNames, kind: str, language: str | None = None) -> str | None:
    return next(
        (
            one.text
            for one in names.titles
            if one.kind == kind and (language is None or one.language == language)
        ),
        None,
    )
