# SPDX-License-Identifier: Apache-2.0
"""Searches over the network, by meaning and by title, with the real model."""

import orjson
import pytest

from golden import a_record, an_entry
from otakube.domain.record.golden import Titles
from otakube.ports.embedding import TextEmbedder
from served_catalogue import Catalogue, ask, publish


def test_every_line_of_its_log_is_json(catalogue: Catalogue) -> None:
    lines = [orjson.loads(line) for line in catalogue.log.read_bytes().splitlines()]
    assert any("Uvicorn running" in line["event"] for line in lines)
    assert {line["service"] for line in lines} == {"catalogue"}


def test_a_search_before_the_first_entry_finds_nothing(catalogue: Catalogue) -> None:
    assert ask(catalogue, "/search", q="anything") == {
        "query": "anything",
        "results": [],
        "missing": None,
    }


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("someone delivers mail across a wasteland", "Glass Courier"),
        ("sports club wants to win the championship", "Second Serve"),
        ("food and spirits of the dead", "Lantern Street Kitchen"),
        ("mecha on another planet", "Iron Orchard"),
        ("comedy about an attorney in the underworld", "Lost Clause"),
        ("map maker looking for a lost sibling in the arctic", "Frozen Tide"),
    ],
)
def test_a_search_by_meaning_finds_the_story(catalogue: Catalogue, query: str, title: str) -> None:
    results = ask(catalogue, "/search", q=query)["results"]
    assert (results[0]["title"], results[0]["match"]) == (title, "meaning")
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert len({result["id"] for result in results}) == len(results)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("query", ["frozen tide", "Frozen-Tide", "frozn tide", "FROZEN TIED"])
def test_a_title_with_a_slip_is_found_first(catalogue: Catalogue, query: str) -> None:
    [first, *_] = ask(catalogue, "/search", q=query)["results"]
    assert (first["title"], first["match"], first["text"]) == ("Frozen Tide", "title", "Frozen Tide")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "query", ["asdfghjkl qwerty", "zxcvbnm", "sdkfjh weiruy", "quarterly income tax return", "!!!"]
)
def test_what_means_nothing_here_finds_nothing(catalogue: Catalogue, query: str) -> None:
    assert ask(catalogue, "/search", q=query)["results"] == []


@pytest.mark.usefixtures("published")
def test_a_search_is_bounded_and_keeps_to_its_kinds(catalogue: Catalogue) -> None:
    assert (
        len(
            ask(catalogue, "/search", q="a journey over a frozen sea and a desert of glass", limit=2)[
                "results"
            ]
        )
        == 2
    )
    [only] = ask(catalogue, "/search", q="the thaw of the ice", kind="episode")["results"]
    assert (only["kind"], only["title"]) == ("episode", "Frozen Tide")


@pytest.mark.usefixtures("published")
async def test_points_of_a_version_that_is_not_live_are_never_shown(
    catalogue: Catalogue, embedder: TextEmbedder
) -> None:
    record = a_record(
        20, entry=an_entry(20, titles=Titles(main="Tuba Regatta"), synopsis="Tubas race on a lake.")
    )
    await publish(catalogue.settings, embedder, record, version=7, live=6)
    titles = [one["title"] for one in ask(catalogue, "/search", q="tubas race on a lake")["results"]]
    assert titles
    assert "Tuba Regatta" not in titles
