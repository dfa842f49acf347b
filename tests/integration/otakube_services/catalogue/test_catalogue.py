# SPDX-License-Identifier: Apache-2.0
"""Entries over the network: found, explained, withheld by licences, with all works around them."""

import pytest

from golden import NOW, a_provenance, a_record, an_entry, an_id
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.domain.record.golden import Relation, RelationKind, Titles
from otakube.ports.embedding import TextEmbedder
from otakube_api.contract import Provider
from served_catalogue import IMAGES_URL, Catalogue, ask, ask_internally, publish, refusal


@pytest.mark.usefixtures("published")
def test_an_entry_is_found_by_id_and_by_each_source(catalogue: Catalogue) -> None:
    by_id = ask(catalogue, f"/animes/{an_id('ani', 1)}")
    by_source = ask(catalogue, "/animes", source="https://myanimelist.net/anime/90001")
    assert by_id == by_source
    assert by_id["record"]["entry"]["titles"]["main"] == "Glass Courier"
    assert (by_id["version"], by_id["model"].partition("@")[0]) == (1, "all-minilm-l6-v2")
    assert by_id["images_url"] == IMAGES_URL


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "spelling",
    [
        "http://myanimelist.net/anime/90001",
        "https://www.myanimelist.net/anime/90001/Glass_Courier",
        "https://myanimelist.net/anime/90001?from=search#top",
        "https://api.jikan.moe/v4/anime/90001/full",
    ],
)
def test_an_entry_is_found_by_every_spelling_of_its_page(catalogue: Catalogue, spelling: str) -> None:
    assert ask(catalogue, "/animes", source=spelling)["id"] == an_id("ani", 1)


@pytest.mark.usefixtures("published")
def test_each_field_says_who_says_so_when_how_sure_and_who_disagrees(catalogue: Catalogue) -> None:
    explained = ask(catalogue, f"/animes/{an_id('ani', 1)}/explain/title")
    assert explained["fields"] == [
        {
            "field": "title",
            "value": "Glass Courier",
            "provider": "AniList",
            "providers": ["AniList"],
            "fetched_at": "2026-04-01T12:00:00Z",
            "licence": "AniList terms",
            "confidence": 0.9,
            "stale": False,
            "publishable": True,
            "expires_at": None,
            "decided_by": None,
            "exactness": {},
            "credit": None,
            "losing": [{"provider": "Kitsu", "value": '"Frozen Tides"', "exactness": None}],
        }
    ]
    everything = ask(catalogue, f"/animes/{an_id('ani', 1)}/explain")["fields"]
    assert {"title", "synopsis", "genres", "images"} <= {field["field"] for field in everything}
    assert "season" not in {field["field"] for field in everything}  # nobody knows it


@pytest.mark.usefixtures("published")
def test_a_row_is_explained_by_number_and_name(catalogue: Catalogue) -> None:
    path = f"/animes/{an_id('ani', 0)}/explain"
    [field] = ask(catalogue, f"{path}/episodes.1.title")["fields"]
    assert (field["field"], field["value"]) == ("episodes.1.title", "The Ice Opens")
    assert ask(catalogue, f"{path}/titles.main") == ask(catalogue, f"{path}/title")
    assert refusal(catalogue, f"{path}/episodes.7")[1] == "episodes has no '7'; there are 1"
    assert refusal(catalogue, f"{path}/episodes.7%2F8")[0] == 404


async def test_what_a_licence_keeps_from_readers_is_withheld_and_shown_to_curators(
    catalogue: Catalogue, embedder: TextEmbedder
) -> None:
    secret = a_provenance(provider=Provider.ANIME_PLANET, publishable=False)
    old = a_provenance(expires_at=NOW)
    provenance = {"title": a_provenance(), "synopsis": secret, "episode_count": old}
    record = a_record(21, entry=an_entry(21, titles=Titles(main="Paper Gull"), provenance=provenance))
    await publish(catalogue.settings, embedder, record)
    answer = ask(catalogue, f"/animes/{an_id('ani', 21)}")
    assert answer["record"]["entry"]["synopsis"] is None
    assert answer["withheld"] == [
        {
            "field": "synopsis",
            "count": 1,
            "reason": "AnimePlanet: its licence does not let it be published",
        },
        {
            "field": "episode_count",
            "count": 1,
            "reason": "AniList: its licence let it be kept until 2026-04-01",
        },
    ]
    explained = ask(catalogue, f"/animes/{an_id('ani', 21)}/explain/synopsis")
    assert explained["fields"][0]["value"] is None
    assert explained["withheld"] == answer["withheld"]
    await S3Objects(catalogue.settings).put("work/uid-21/1-1/golden.json", record.model_dump_json().encode())
    fields = {
        one["field"]: one["value"]
        for one in ask_internally(catalogue, "/drafts/uid-21/1/1")["explanation"]["fields"]
    }
    assert fields["synopsis"] == record.entry.synopsis


async def test_an_entry_that_licences_leave_nothing_of_is_refused(
    catalogue: Catalogue, embedder: TextEmbedder
) -> None:
    gone = an_entry(22, titles=Titles(main="Gone"), provenance={"title": a_provenance(expires_at=NOW)})
    await publish(catalogue.settings, embedder, a_record(22, entry=gone))
    status, detail = refusal(catalogue, f"/animes/{an_id('ani', 22)}")
    assert (status, "kept until 2026-04-01" in detail, "enrich it again" in detail) == (451, True, True)


async def test_all_works_around_an_entry_are_one_call(catalogue: Catalogue, embedder: TextEmbedder) -> None:
    for number in (31, 32, 33):
        near: list[tuple[RelationKind, int]] = [("Prequel", number - 1), ("Sequel", number + 1)]
        relations = [
            Relation(
                kind=kind,
                title=f"Gull {other}",
                source_urls=[f"https://myanimelist.net/anime/{90_000 + other}"],
                providers=[Provider.JIKAN],
            )
            for kind, other in near
        ]
        entry = an_entry(number, titles=Titles(main=f"Gull {number}"), relations=relations)
        await publish(catalogue.settings, embedder, a_record(number, entry=entry))
    graph = ask(catalogue, f"/animes/{an_id('ani', 31)}/relations")
    known = {node["title"]: node["entry_id"] for node in graph["nodes"]}
    assert known == {
        "Gull 31": an_id("ani", 31),
        "Gull 30": None,
        "Gull 32": an_id("ani", 32),
        "Gull 33": an_id("ani", 33),
        "Gull 34": None,
    }
    assert (len(graph["edges"]), graph["truncated"]) == (6, False)
    near_one = ask(catalogue, f"/animes/{an_id('ani', 31)}/relations", depth=1)
    assert (len(near_one["nodes"]), near_one["truncated"]) == (3, True)
    assert refusal(catalogue, f"/animes/{an_id('ani', 31)}/relations", depth=0)[0] == 422
