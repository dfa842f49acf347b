# SPDX-License-Identifier: Apache-2.0
"""The closure of an entry's relations."""

from collections.abc import Mapping, Sequence

from golden import an_id
from otakube.domain.publish.relation_graph import CatalogueEntry, Closure, RelationGraph
from otakube.domain.record.golden import Relation, RelationKind
from otakube_api.contract import Provider

PAGE = "https://myanimelist.net/anime/{}"


def to(kind: RelationKind, *numbers: int, title: str = "") -> Relation:
    pages = [PAGE.format(number) for number in numbers]
    return Relation(kind=kind, title=title or f"T{numbers[0]}", source_urls=pages, providers=[Provider.JIKAN])


def entry(number: int, *relations: Relation, pages: Sequence[int] = ()) -> CatalogueEntry:
    urls = [PAGE.format(one) for one in (pages or (number,))]
    return CatalogueEntry(an_id("ani", number), f"T{number}", urls, relations)


def closed(
    entries: Sequence[CatalogueEntry], *, limit: int = 300, depth: int = 50
) -> tuple[RelationGraph, int]:
    """The graph around the first entry, and how many times the store was asked."""
    by_page: Mapping[str, CatalogueEntry] = {page: one for one in entries for page in one.pages}
    closure = Closure.begin(entries[0], limit)
    asked = 0
    for level in range(1, depth + 1):
        pages = closure.frontier()
        if not pages:
            break
        asked += 1
        found = {by_page[page].entry_id: by_page[page] for page in pages if page in by_page}
        closure.absorb(found.values(), grow=level < depth)
    return closure.graph(), asked


def titles(graph: RelationGraph) -> list[str]:
    return [node.title for node in graph.nodes]


def test_a_story_of_three_seasons_is_found_from_either_end() -> None:
    story = [
        entry(1, to("Sequel", 2)),
        entry(2, to("Prequel", 1), to("Sequel", 3)),
        entry(3, to("Prequel", 2)),
    ]
    graph, asked = closed(story)
    assert titles(graph) == ["T1", "T2", "T3"]
    assert [(edge.kind, edge.source, edge.to) for edge in graph.edges] == [
        ("Sequel", 0, 1),
        ("Prequel", 1, 0),
        ("Sequel", 1, 2),
        ("Prequel", 2, 1),
    ]
    assert [node.level for node in graph.nodes] == [0, 1, 2]
    assert asked == 2  # once a level
    assert len(closed(story[::-1])[0].nodes) == 3
    assert not graph.truncated


def test_a_circle_ends() -> None:
    graph, _ = closed([entry(1, to("Sequel", 2)), entry(2, to("Sequel", 3)), entry(3, to("Sequel", 1, 3))])
    assert len(graph.nodes) == 3


def test_a_work_that_the_catalogue_lacks_is_a_node_without_an_id() -> None:
    graph, _ = closed([entry(1, to("Source", 9, title="The book"))])
    assert [(node.title, node.entry_id) for node in graph.nodes][1] == ("The book", None)


def test_two_names_of_one_entry_become_one_node() -> None:
    graph, _ = closed([entry(1, to("Sequel", 2), to("SideStory", 3)), entry(2, pages=(2, 3))])
    assert titles(graph) == ["T1", "T2"]
    assert [(edge.kind, edge.to) for edge in graph.edges] == [("Sequel", 1), ("SideStory", 1)]


def test_the_limit_of_works_is_said() -> None:
    graph, _ = closed([entry(1, *(to("Other", number) for number in range(2, 12)))], limit=5)
    assert (len(graph.nodes), graph.truncated) == (5, True)


def test_a_depth_ends_the_walk_and_says_that_there_is_more() -> None:
    story = [entry(1, to("Sequel", 2)), entry(2, to("Prequel", 1), to("Sequel", 3)), entry(3)]
    near, asked = closed(story, depth=1)
    assert (titles(near), asked, near.truncated) == (["T1", "T2"], 1, True)
    assert near.nodes[1].entry_id == an_id("ani", 2)
    assert not closed(story, depth=2)[0].truncated
