# SPDX-License-Identifier: Apache-2.0
"""Which of very many anime a title means: a cascade from equal titles over equal sounds to similar spellings.

Three of four titles end at a dictionary; the rest meets only the names that share their rare trigrams. The
index is cheaper to build than to keep (some seconds for 35,000 anime), so it has no stored form.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Self

from otakube.domain.entry import AnimeType
from otakube.domain.matching import ACCEPT, CONSIDER, MARGIN, Asked, misfit, spelled
from otakube.domain.ngrams import Ngrams
from otakube.domain.text import LONGEST_NAME, comparable, sounding
from otakube.domain.titles import Name, readings, take_apart

_RERANKED = 48  # names that are compared letter by letter


class Titled(NamedTuple):
    """One anime of the index: the main title first, then all others; what is not known is None."""

    id: str
    titles: Sequence[str]
    kind: AnimeType = AnimeType.UNKNOWN
    year: int | None = None
    episodes: int | None = None


class Decision(StrEnum):
    """What to do with the best hit."""

    ACCEPT = "Accept"
    ABSTAIN = "Abstain"  # for a person to decide
    NONE = "None"


class Hit(NamedTuple):
    """An anime, its title that fits best, and how well, 0 to 1."""

    id: str
    title: str
    score: float


class Found(NamedTuple):
    """The decision, and the anime that come into question, best first."""

    decision: Decision
    hits: tuple[Hit, ...]


class TitleIndex:
    """Titles of many anime, to be searched by title."""

    def __init__(self, rows: Sequence[Titled]) -> None:
        self._rows = rows
        self._titles: list[tuple[int, str, Name]] = []  # row, as written, taken apart
        self._equal: dict[str, list[int]] = {}  # comparable form: titles
        self._sounds: dict[str, list[int]] = {}  # sound of the name alone: titles
        for number, row in enumerate(rows):
            for title in dict.fromkeys(row.titles):
                self._add(number, title)
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
    ) -> Found:
        """The anime that a title means, and whether that needs a person's look."""
        asked = [Asked.of(name, year=year, kind=kind, episodes=episodes) for name in readings(query)]
        titles = self._alike(query, asked)
        scored = self._scored(query, asked, titles)
        if not scored or scored[0].score < ACCEPT:
            near = [title for one in asked for title in self._near(one)]
            scored = self._scored(query, asked, [*titles, *near])
        return Found(decide(scored), tuple(scored[:limit]))

    def _add(self, row: int, title: str) -> None:
        name = take_apart(title)
        self._equal.setdefault(comparable(title[:LONGEST_NAME]), []).append(len(self._titles))
        self._sounds.setdefault(sounding(name.text), []).append(len(self._titles))
        self._titles.append((row, title, name))

    def _alike(self, query: str, asked: Sequence[Asked]) -> list[int]:
        """Titles equal to the query, and titles whose names sound the same."""
        equal = self._equal.get(comparable(query[:LONGEST_NAME]), [])
        return [*equal, *(title for one in asked for title in self._sounds.get(sounding(one.name.text), []))]

    def _near(self, asked: Asked) -> list[int]:
        spellings = self._ngrams.nearest(sounding(asked.name.text), _RERANKED)
        return [title for one in spellings for title in self._sounds[self._spellings[one]]]

    def _scored(self, query: str, asked: Sequence[Asked], titles: Iterable[int]) -> list[Hit]:
        """The best title of each anime, best anime first."""
        whole = comparable(query[:LONGEST_NAME])
        best: dict[int, Hit] = {}
        for title in dict.fromkeys(titles):
            row, written, name = self._titles[title]
            score = max(self._fit(one, whole, written, name, row) for one in asked)
            if score > (best[row].score if row in best else 0):
                best[row] = Hit(self._rows[row].id, written, score)
        return sorted(best.values(), key=lambda hit: -hit.score)

    def _fit(self, asked: Asked, whole: str, written: str, name: Name, row: int) -> float:
        known = self._rows[row]
        equal = comparable(written[:LONGEST_NAME]) == whole
        base = 1.0 if equal else spelled(asked.name.text, name.text)
        return max(0.0, base - misfit(asked, name, kind=known.kind, year=known.year, episodes=known.episodes))


def decide(hits: Sequence[Hit]) -> Decision:
    """Accept what is good enough and clearly ahead; show a person what is close; drop the rest."""
    if not hits or hits[0].score < CONSIDER:
        return Decision.NONE
    ahead = hits[0].score - (hits[1].score if len(hits) > 1 else 0)
    return Decision.ACCEPT if hits[0].score >= ACCEPT and ahead >= MARGIN else Decision.ABSTAIN
