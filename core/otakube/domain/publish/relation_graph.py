# SPDX-License-Identifier: Apache-2.0
"""All works that are related to one, through each other: the closure of its relations, level by level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from otakube.domain.merge.relations import Place, place
from otakube.domain.record.golden import AnimeEntry, Record, Relation, RelationKind
from otakube.domain.record.pages import identify
from otakube.domain.record.text import comparable
from otakube_api.contract import Provider

NODES_LIMIT = 300
"""Works of one graph; the longest franchises have some two hundred."""

LEVELS_LIMIT = 50


class CatalogueEntry(NamedTuple):
    """An entry of the catalogue as the graph sees it."""

    entry_id: str
    title: str
    pages: Sequence[str]
    relations: Sequence[Relation]

    @classmethod
    def of(cls, entry: AnimeEntry) -> "CatalogueEntry":
        return cls(entry.id, entry.titles.main, entry.sources, entry.relations)


class GraphNode(Record):
    """One work; `entry_id` None: the catalogue does not have it."""

    number: int
    entry_id: str | None
    title: str
    pages: list[str]
    level: int  # relations between it and the root


class GraphEdge(Record):
    """`to` is a `kind` of the node `source`, as these providers say."""

    kind: RelationKind
    source: int
    to: int
    providers: list[Provider]


class RelationGraph(Record):
    """The root is node 0. `truncated`: there is more beyond the limits."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    truncated: bool


@dataclass(slots=True)
class _Work:
    entry_id: str | None
    title: str
    pages: dict[Place, str]
    level: int
    read: bool = False  # its relations are in the graph
    into: int | None = None  # the work that it turned out to be


@dataclass(slots=True)
class Closure:
    """A graph that grows: `frontier` are pages to look up, `absorb` takes the entries that they belong to."""

    limit: int = NODES_LIMIT
    truncated: bool = False
    _works: list[_Work] = field(default_factory=list)
    _at: dict[Place, int] = field(default_factory=dict)
    _edges: dict[tuple[RelationKind, int, int], list[Provider]] = field(default_factory=dict)
    _asked: int = 0

    @classmethod
    def begin(cls, root: CatalogueEntry, limit: int = NODES_LIMIT) -> "Closure":
        """The root with its own relations."""
        closure = cls(limit)
        closure._add(_Work(None, root.title, _places(root.title, root.pages), 0))
        closure.absorb([root])
        return closure

    def frontier(self) -> list[str]:
        """Pages of works that nobody has looked up yet; they count as looked up from now on."""
        fresh = [work for work in self._works[self._asked :] if not work.read and work.into is None]
        self._asked = len(self._works)
        found = (identify(url) for work in fresh for url in work.pages.values())
        return list(dict.fromkeys(page.url for page in found if page))

    def absorb(self, entries: Iterable[CatalogueEntry], *, grow: bool = True) -> None:
        """Take up entries of the catalogue with their relations; without `grow` to known works only."""
        for entry in sorted(entries, key=lambda one: one.entry_id):
            places = _places(entry.title, entry.pages)
            numbers = sorted({self._at[one] for one in places if one in self._at})
            if not numbers or self._works[numbers[0]].read:
                continue
            work = self._works[numbers[0]]
            work.entry_id, work.title, work.read = entry.entry_id, entry.title, True
            for other in numbers[1:]:  # two that were named by different pages
                self._works[other].into = numbers[0]
                self._at.update(dict.fromkeys(self._works[other].pages, numbers[0]))
            self._learn(numbers[0], places)
            self._relate(numbers[0], entry.relations, grow=grow)

    def _relate(self, source: int, relations: Sequence[Relation], *, grow: bool) -> None:
        for relation in relations:
            to = self._of(relation, self._works[source].level + 1, grow=grow)
            if to is None or to == source:
                continue
            claimants = self._edges.setdefault((relation.kind, source, to), [])
            claimants.extend(provider for provider in relation.providers if provider not in claimants)

    def _of(self, relation: Relation, level: int, *, grow: bool) -> int | None:
        """The node of a related work, known by any of its pages; None beyond the limit."""
        places = _places(relation.title, relation.source_urls)
        known = next((self._at[one] for one in places if one in self._at), None)
        if known is not None:
            self._learn(known, places)
            return known
        if not grow or len(self._works) >= self.limit:
            self.truncated = True
            return None
        return self._add(_Work(None, relation.title, places, level))

    def _add(self, work: _Work) -> int:
        self._works.append(work)
        self._learn(len(self._works) - 1, dict(work.pages))
        return len(self._works) - 1

    def _learn(self, number: int, places: dict[Place, str]) -> None:
        for one, url in places.items():
            if self._at.setdefault(one, number) == number:
                self._works[number].pages.setdefault(one, url)

    def graph(self) -> RelationGraph:
        """The graph so far."""
        kept = [number for number, work in enumerate(self._works) if work.into is None]
        numbers = {number: position for position, number in enumerate(kept)}
        edges: dict[tuple[RelationKind, int, int], list[Provider]] = {}
        for (kind, source, to), providers in self._edges.items():
            ends = numbers[self._final(source)], numbers[self._final(to)]
            if ends[0] != ends[1]:
                claimants = edges.setdefault((kind, *ends), [])
                claimants.extend(provider for provider in providers if provider not in claimants)
        return RelationGraph(
            nodes=[_node(numbers[number], self._works[number]) for number in kept],
            edges=[
                GraphEdge(kind=kind, source=source, to=to, providers=providers)
                for (kind, source, to), providers in edges.items()
            ],
            truncated=self.truncated,
        )

    def _final(self, number: int) -> int:
        while (into := self._works[number].into) is not None:
            number = into
        return number


def _places(title: str, urls: Sequence[str]) -> dict[Place, str]:
    """Pages of a work; one without a page is known by its title."""
    return {place(url): url for url in urls} or {Place("", comparable(title)): ""}


def _node(number: int, work: _Work) -> GraphNode:
    return GraphNode(
        number=number,
        entry_id=work.entry_id,
        title=work.title,
        pages=[url for url in work.pages.values() if url],
        level=work.level,
    )
