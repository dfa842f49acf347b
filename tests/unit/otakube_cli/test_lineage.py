# SPDX-License-Identifier: Apache-2.0
"""Related works as a tree."""

from typing import Any

import pytest

from otakube_cli.lineage import lines, print_tree


def node(number: int, title: str, level: int, entry_id: str | None = None) -> dict[str, Any]:
    pages = [] if entry_id else [f"https://example/{number}"]
    return {"number": number, "entry_id": entry_id, "title": title, "pages": pages, "level": level}


def edge(kind: str, source: int, to: int, *providers: str) -> dict[str, Any]:
    return {"kind": kind, "source": source, "to": to, "providers": list(providers or ("Jikan",))}


GRAPH = {
    "nodes": [
        node(0, "Tide", 0, "ani_1"),
        node(1, "Tide 2", 1, "ani_2"),
        node(2, "The book", 1),
        node(3, "Tide 3", 2),
    ],
    "edges": [
        edge("Sequel", 0, 1, "Jikan", "AniList"),
        edge("Source", 0, 2),
        edge("Prequel", 1, 0),
        edge("Sequel", 1, 3),
        edge("Source", 1, 2),
    ],
    "truncated": False,
}


def test_each_work_stands_once_where_it_is_nearest_to_the_root() -> None:
    assert list(lines(GRAPH)) == [
        "Tide [ani_1]",
        "├─ Sequel: Tide 2 [ani_2] (Jikan, AniList)",
        "│  └─ Sequel: Tide 3 [https://example/3] (Jikan)",
        "└─ Source: The book [https://example/2] (Jikan)",
    ]


def test_what_was_cut_is_said_and_a_title_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    root = node(0, "a\x1b[31mb", 0, "ani_1")
    print_tree({"nodes": [root], "edges": [], "truncated": True})
    shown = capsys.readouterr().out.splitlines()
    assert "\x1b" not in shown[0]
    assert shown[1].startswith("There is more")
