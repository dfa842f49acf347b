# SPDX-License-Identifier: Apache-2.0
"""A graph of related works as a tree on the terminal: each work once, where it is nearest to the root."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from otakube_api.contract import one_line

Edge = Mapping[str, Any]


def print_tree(graph: Mapping[str, Any]) -> None:
    """The root, then below each work those that it leads to."""
    for line in lines(graph):
        print(one_line(line))
    if graph["truncated"]:
        print("There is more beyond these; ask for one of them.")


def lines(graph: Mapping[str, Any]) -> Iterator[str]:
    """One line a work: kinds, title, our id if the catalogue has it, the providers who say so."""
    edges: dict[int, dict[int, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for edge in graph["edges"]:
        edges[edge["source"]][edge["to"]].append(edge)
    nodes = graph["nodes"]
    parents = nearest(nodes, edges)
    yield named(nodes[0])
    yield from _below(0, "", nodes, edges, parents)


def nearest(
    nodes: Sequence[Mapping[str, Any]], edges: Mapping[int, Mapping[int, Sequence[Edge]]]
) -> dict[int, int]:
    """Under which work each is shown: the first of those nearest to the root."""
    parents: dict[int, int] = {}
    for node in sorted(nodes, key=lambda node: (node["level"], node["number"])):
        for to in edges.get(node["number"], {}):
            if to:
                parents.setdefault(to, node["number"])
    return parents


def _below(
    number: int,
    margin: str,
    nodes: Sequence[Mapping[str, Any]],
    edges: Mapping[int, Mapping[int, Sequence[Edge]]],
    parents: Mapping[int, int],
) -> Iterator[str]:
    shown = [to for to in edges.get(number, {}) if parents.get(to) == number]
    for to in shown:
        last = to == shown[-1]
        kinds = ", ".join(edge["kind"] for edge in edges[number][to])
        claimants = dict.fromkeys(provider for edge in edges[number][to] for provider in edge["providers"])
        yield f"{margin}{'└─' if last else '├─'} {kinds}: {named(nodes[to])} ({', '.join(claimants)})"
        yield from _below(to, f"{margin}{'   ' if last else '│  '}", nodes, edges, parents)


def named(node: Mapping[str, Any]) -> str:
    """Title, and how to ask for it."""
    page = node["pages"][0] if node["pages"] else ""
    where = node["entry_id"] or page
    return f"{node['title']} [{where}]" if where else str(node["title"])
