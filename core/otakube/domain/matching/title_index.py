# SPDX-License-Identifier: Apache-2.0
"""Title search over very many anime: a cascade from equal titles over equal sounds to similar spellings.

Three of four titles end at a dictionary; the rest meets only the names that share their rare trigrams. The
index is cheaper to build than to keep (some seconds for 35,000 anime), so it has no stored form.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from otakube.domain.matching.decision import (
    ACCEPT,
    DOUBTED,
    MatchDecision,
    decide,
    hides_number,
    is_one_of_several,
    is_promotion,
    number_said,
    separate_namesakes,
    title_exactness,
)
from otakube.domain.matching.ngrams import Ngrams
from otakube.domain.matching.similarity import Asked, partial_similarity, penalty, prefix_score
from otakube.domain.matching.titles import Name, interpretations, spelling, take_apart
from otakube.domain.record.signs import signs
from otakube.domain.record.text import LONGEST_NAME, sounding
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
    signs: str
    sound: str  # of the name alone
    lent: bool = False  # the first season's, with the season of this anime: found by it, never accepted


class TitleIndex:
    """Titles of many anime, to be searched by title."""

    def __init__(self, rows: Sequence[Titled]) -> None:
        self._rows = rows
        self._by_id = {row.id: row for row in rows}
        self._names: list[list[Name]] = [[] for _ in rows]
        self._equal: dict[str, list[_Title]] = {}
        self._sounds: dict[str, list[_Title]] = {}
        for title in _taken(rows):
            self._equal.setdefault(title.whole, []).append(title)
            self._sounds.setdefault(title.sound, []).append(title)
            self._names[title.row].append(title.name)
        for title in _lent(rows, self._names):
            self._sounds[title.sound].append(title)
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
        whole = spelling(query)
        hits = self._best(query, asked, self._equal.get(whole, []))
        if not hits or hits[0].score < ACCEPT:
            hits = self._best(query, asked, self._alike(asked, whole))
        decision = decide([hit.score for hit in hits])
        if decision is MatchDecision.ACCEPT and not self._may_win(query, asked, hits):
            decision = MatchDecision.ABSTAIN
        return TitleMatches(decision, tuple(hits[:limit]))

    def _may_win(self, query: str, asked: Sequence[Asked], hits: Sequence[TitleHit]) -> bool:
        """Tell whether the best may be accepted: not as one of several, nor as a music video or a trailer."""
        row = self._by_id[hits[0].id]
        if any(one.year and one.year == row.year for one in asked):
            return True
        others = (name for hit in hits[1:] for name in map(take_apart, (hit.title, self._main(hit))))
        several = is_one_of_several(asked, [take_apart(hits[0].title)], others)
        if several and spelling(row.titles[0]) != spelling(query):
            return False
        kinds = {one.kind for one in asked if one.kind}
        return not is_promotion(row.titles[0], {row.kind}) or is_promotion(query, kinds)

    def _main(self, hit: TitleHit) -> str:
        return self._by_id[hit.id].titles[0]

    def _alike(self, asked: Sequence[Asked], whole: str) -> list[_Title]:
        """Titles equal to the query, and those whose names sound or are spelt like it."""
        sounds = [sounding(one.name.text) for one in asked]
        near = [self._spellings[i] for sound in sounds for i in self._ngrams.nearest(sound, _RERANKED)]
        alike = [title for sound in dict.fromkeys([*sounds, *near]) for title in self._sounds.get(sound, [])]
        return [*self._equal.get(whole, []), *alike]

    def _best(self, query: str, asked: Sequence[Asked], titles: Iterable[_Title]) -> list[TitleHit]:
        """The best title of each anime, best anime first, namesakes told apart."""
        whole, marks = spelling(query), signs(query)
        best: dict[int, tuple[float, _Title]] = {}
        alike: dict[tuple[str, str], float] = {}
        for title in titles:
            score = max(self._fit(one, title, whole, marks, alike) for one in asked)
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

    def _fit(
        self, asked: Asked, title: _Title, whole: str, marks: str, alike: dict[tuple[str, str], float]
    ) -> float:
        """`alike` keeps how alike two names are: many titles share one."""
        row = self._rows[title.row]
        off = penalty(asked, title.name, kind=row.kind, year=row.year, episodes=row.episodes)
        key = asked.name.text, title.name.text
        if title.whole == whole:
            score = max(0.0, 1 - off)
        else:
            if key not in alike:
                alike[key] = partial_similarity(*key)
            score = max(prefix_score(whole, title.whole), alike[key] - off)
        if title.lent:
            return DOUBTED * score
        return DOUBTED if score > DOUBTED and self._doubted(asked, title, marks) else score

    def _doubted(self, asked: Asked, title: _Title, marks: str) -> bool:
        """Tell whether a title has another sign, or hides a number, and nothing else speaks for its anime."""
        row = self._rows[title.row]
        year = asked.year is not None and asked.year == row.year
        kind = asked.kind is not None and asked.kind is row.kind
        length = asked.episodes is not None and asked.episodes == row.episodes
        if marks != title.signs and not (year or kind or length):
            return True
        main = self._names[title.row][0]
        return not year and hides_number(asked, title.name, main, self._names[title.row])


def _taken(rows: Sequence[Titled]) -> Iterator[_Title]:
    for number, row in enumerate(rows):
        for place, title in enumerate(dict.fromkeys(row.titles)):
            name = take_apart(title)
            yield _Title(number, place == 0, title, spelling(title), name, signs(title), sounding(name.text))


def _lent(rows: Sequence[Titled], names: Sequence[Sequence[Name]]) -> Iterator[_Title]:
    """Names of first seasons for later ones, of which many lists have the main title alone.

    "My Hero Academia" with the season of "Boku no Hero Academia 7th Season". Where a remake has that name,
    too, nobody knows whose the later season is.
    """
    firsts: dict[str, list[int]] = {}
    for number, some in enumerate(names):
        if some and _is_first(some[0]):
            firsts.setdefault(some[0].text, []).append(number)
    for number, some in enumerate(names):
        first = firsts.get(some[0].text, []) if some and not _is_first(some[0]) else []
        if len(first) == 1:
            held = {name.text for name in some}
            for written, name in zip(dict.fromkeys(rows[first[0]].titles), names[first[0]], strict=True):
                if _is_first(name) and name.text not in held:
                    held.add(name.text)
                    named = some[0]._replace(text=name.text)
                    yield _Title(number, False, written, "", named, signs(written), sounding(name.text), True)


def _is_first(name: Name) -> bool:
    """Tell whether a title says no season, part or form."""
    return number_said(name) == (1, 1, False) and name.kind is None and name.year is None
