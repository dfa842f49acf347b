# SPDX-License-Identifier: Apache-2.0
"""Title search over very many anime: a cascade from equal titles over equal sounds to similar spellings.

Three of four titles end at a dictionary; the rest meets only the names that share their rare trigrams. The
index is cheaper to build than to keep (some seconds for 35,000 anime), so it has no stored form.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from otakube.domain.matching.ngrams import Ngrams
from otakube.domain.matching.resolution import (
    ACCEPT,
    MatchDecision,
    decide,
    separate_namesakes,
    title_exactness,
)
from otakube.domain.matching.similarity import Asked, partial_similarity, penalty, prefix_score
from otakube.domain.matching.titles import Name, interpretations, take_apart
from otakube.domain.record.text import LONGEST_NAME, comparable, sounding
from otakube_api.contract import AnimeType

_RERANKED = 48  # names that are compared letter by letter


class Titled(NamedTuple):
    """One anime of the index: the main title first, then all others; what is not known is None."""

    id: str
    titles: Sequence[str]
    kind: AnimeType = AnimeType.UNKNOWN
    year: int | None = None
    episodes: int | None = None


class TitleHit(NamedTuple):
    """An anime, its title that fits best, and how well, 0 to 1."""

    id: str
    title: str
    score: float


class TitleMatches(NamedTuple):
    """The decision, and the anime that come into question, best first."""

    decision: MatchDecision
    hits: tuple[TitleHit, ...]


class _Title(NamedTuple):
    row: int
    main: bool
    written: str
    whole: str  # comparable
    name: Name
    sound: str  # of the name alone


class TitleIndex:
    """Titles of many anime, to be searched by title."""

    def __init__(self, rows: Sequence[Titled]) -> None:
        self._rows = rows
        self._equal: dict[str, list[_Title]] = {}
        self._sounds: dict[str, list[_Title]] = {}
        for title in _taken(rows):
            self._equal.setdefault(title.whole, []).append(title)
            self._sounds.setdefault(title.sound, []).append(title)
        self._spellings = list(self._sounds)
        self._ngrams = Ngrams.build(self._spellings)

    @classmethod
    def build(cls, rows: Iterable[Titled]) -> Self:
        """Index these anime."""
        return cls(list(rows))

    def search(
        self,
        query: str,
        limit: int = 10,
        *,
        year: int | None = None,
        kind: AnimeType | None = None,
        episodes: int | None = None,
    ) -> TitleMatches:
        """The anime that a title means, and whether that needs a person's look."""
        query = query[:LONGEST_NAME]
        asked = [Asked.of(name, year=year, kind=kind, episodes=episodes) for name in interpretations(query)]
        whole = comparable(query)
        hits = self._best(query, asked, self._equal.get(whole, []))
        if not hits or hits[0].score < ACCEPT:
            hits = self._best(query, asked, self._alike(asked, whole))
        return TitleMatches(decide([hit.score for hit in hits]), tuple(hits[:limit]))

    def _alike(self, asked: Sequence[Asked], whole: str) -> list[_Title]:
        """Titles equal to the query, and those whose names sound or are spelt like it."""
        sounds = [sounding(one.name.text) for one in asked]
        near = [self._spellings[i] for sound in sounds for i in self._ngrams.nearest(sound, _RERANKED)]
        alike = [title for sound in dict.fromkeys([*sounds, *near]) for title in self._sounds.get(sound, [])]
        return [*self._equal.get(whole, []), *alike]

    def _best(self, query: str, asked: Sequence[Asked], titles: Iterable[_Title]) -> list[TitleHit]:
        """The best title of each anime, best anime first, namesakes told apart."""
        whole = comparable(query)
        best: dict[int, tuple[float, _Title]] = {}
        alike: dict[tuple[str, str], float] = {}
        for title in titles:
            score = max(self._fit(one, title, whole, alike) for one in asked)
            if score > (best[title.row][0] if title.row in best else 0):
                best[title.row] = score, title
        chosen = [title for _, title in best.values()]
        scores = separate_namesakes(
            [score for score, _ in best.values()],
            [title_exactness(query, title.written, main=title.main) for title in chosen],
        )
        hits = [
            TitleHit(self._rows[title.row].id, title.written, score)
            for title, score in zip(chosen, scores, strict=True)
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def _fit(self, asked: Asked, title: _Title, whole: str, alike: dict[tuple[str, str], float]) -> float:
        """`alike` keeps how alike two names are: many titles share one."""
        row = self._rows[title.row]
        off = penalty(asked, title.name, kind=row.kind, year=row.year, episodes=row.episodes)
        if title.whole == whole:
            return max(0.0, 1 - off)
        key = asked.name.text, title.name.text
        if key not in alike:
            alike[key] = partial_similarity(*key)
        return max(prefix_score(whole, title.whole), alike[key] - off)


def _taken(rows: Sequence[Titled]) -> Iterator[_Title]:
    for number, row in enumerate(rows):
        for place, title in enumerate(dict.fromkeys(row.titles)):
            name = take_apart(title)
            yield _Title(
                number, place == 0, title, comparable(title[:LONGEST_NAME]), name, sounding(name.text)
            )
