# SPDX-License-Identifier: Apache-2.0
"""Entries that the dataset lists, and those that it removed, as readers of the API see them."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from dataset_world import World, sync_stores
from golden import a_record, an_entry
from otakube.bootstrap.stores.choice import SERVERS, choose
from otakube.domain.record.golden import Relation, Titles
from otakube.ports.embedding import TextEmbedder
from otakube.ports.listings import ListedEntry
from served_catalogue import STORIES, Catalogue, ask, publish, record_of, refusal
from unit.otakube.domain.dataset.weeks import row

ENRICHED = record_of(1).entry
RELATED = Relation(kind="Sequel", title=STORIES[1][0], source_urls=ENRICHED.sources)
SEQUEL = an_entry(41, titles=Titles(main="Paper Gull"), relations=[RELATED])
"""An active entry, related to one that the second week lacks."""

KEPT = [row(f"No. {one}", str(one)) for one in range(1001, 1011)]
FIRST = [
    row("Paper Comet", "900", "https://x.example/9", synonyms=["Kami no Suisei"]),
    row("Gone Harbour", "901"),
    row(STORIES[1][0], *ENRICHED.sources),
    *KEPT,
]


@pytest.fixture(scope="module")
def listed(catalogue: Catalogue, embedder: TextEmbedder, published: None) -> dict[str, ListedEntry]:
    """Two weeks: the second one lacks a listed and an enriched anime."""

    async def sync_both() -> dict[str, ListedEntry]:
        await publish(catalogue.settings, embedder, a_record(41, entry=SEQUEL, episodes=[], characters=[]))
        async with AsyncExitStack() as stack:
            ports = choose(SERVERS, lambda: catalogue.settings, stack)
            world = World(await sync_stores(ports))
            await world.sync(FIRST)
            await world.sync([FIRST[0], *KEPT], "2026-11-22")
            return await world.entries()

    return asyncio.run(sync_both())


def test_a_listed_entry_says_its_level_and_what_the_dataset_knows(
    catalogue: Catalogue, listed: dict[str, ListedEntry]
) -> None:
    comet = listed["Paper Comet"]
    for found in (
        ask(catalogue, f"/animes/{comet.entry_id}"),
        ask(catalogue, "/animes", source="https://anidb.net/a900"),
        ask(catalogue, "/animes", source="http://www.x.example/9/"),
    ):
        assert (found["id"], found["level"], found["record"]) == (comet.entry_id, "Listed", None)
        assert found["listing"]["title"] == "Paper Comet"
        assert found["listing"]["listed_by"]["licence"] == "ODbL"


def test_a_listed_entry_is_found_by_each_of_its_titles(
    catalogue: Catalogue, listed: dict[str, ListedEntry]
) -> None:
    for words in ("paper comet", "kami no suisei"):
        first = ask(catalogue, "/search", q=words)["results"][0]
        assert (first["id"], first["level"], first["version"]) == (
            listed["Paper Comet"].entry_id,
            "Listed",
            None,
        )


def test_an_enriched_entry_says_its_level(catalogue: Catalogue, listed: dict[str, ListedEntry]) -> None:
    assert listed
    found = ask(catalogue, f"/animes/{record_of(2).entry.id}")
    assert (found["level"], found["system_status"], found["listing"]) == ("Enriched", "ACTIVE", None)


@pytest.mark.parametrize("title", ["Gone Harbour", STORIES[1][0]])
def test_an_orphaned_entry_is_seen_by_who_asks_for_it(
    catalogue: Catalogue, listed: dict[str, ListedEntry], title: str
) -> None:
    entry_id = listed[title].entry_id
    status, detail = refusal(catalogue, f"/animes/{entry_id}")
    assert status == 404
    assert "include_orphaned=true" in detail
    found = ask(catalogue, f"/animes/{entry_id}", include_orphaned=True)
    assert found["system_status"] == "ORPHANED"
    assert found["orphaned_at"]
    assert entry_id not in {one["id"] for one in ask(catalogue, "/search", q=title)["results"]}
    results = ask(catalogue, "/search", q=title, include_orphaned=True)["results"]
    assert entry_id in {one["id"] for one in results}


@pytest.mark.parametrize("path", ["", "/explain", "/explain/titles.main", "/relations"])
def test_each_route_of_an_orphaned_entry_hides_it_from_who_does_not_ask(
    catalogue: Catalogue, listed: dict[str, ListedEntry], path: str
) -> None:
    assert listed[STORIES[1][0]].entry_id == ENRICHED.id
    status, detail = refusal(catalogue, f"/animes/{ENRICHED.id}{path}")
    assert status == 404
    assert "is orphaned" in detail
    assert ask(catalogue, f"/animes/{ENRICHED.id}{path}", include_orphaned=True)


def test_an_orphaned_entry_is_hidden_by_its_page_too(
    catalogue: Catalogue, listed: dict[str, ListedEntry]
) -> None:
    assert listed
    assert refusal(catalogue, "/animes", source=ENRICHED.sources[0])[0] == 404
    found = ask(catalogue, "/animes", source=ENRICHED.sources[0], include_orphaned=True)
    assert found["id"] == ENRICHED.id


def test_an_orphaned_relative_counts_as_one_that_the_catalogue_does_not_have(
    catalogue: Catalogue, listed: dict[str, ListedEntry]
) -> None:
    assert listed
    path = f"/animes/{SEQUEL.id}/relations"
    for asked, shown in (({}, None), ({"include_orphaned": True}, ENRICHED.id)):
        nodes = ask(catalogue, path, **asked)["nodes"]
        assert [node["entry_id"] for node in nodes] == [SEQUEL.id, shown]


def test_what_only_a_record_tells_names_the_cure(
    catalogue: Catalogue, listed: dict[str, ListedEntry]
) -> None:
    status, detail = refusal(catalogue, f"/animes/{listed['Paper Comet'].entry_id}/explain")
    assert status == 404
    assert "spec.anime.id" in detail
