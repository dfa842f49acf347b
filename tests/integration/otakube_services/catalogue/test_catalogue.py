# SPDX-License-Identifier: Apache-2.0
"""The read API as a process of its own over real stores, with the real model."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from golden import NOW, a_character, a_provenance, a_record, an_entry, an_episode, an_id
from otakube.adapters.embedding import text_embedder
from otakube.adapters.stores.mongodb.catalogue import MongoIdentities
from otakube.adapters.stores.mongodb.connection import Documents
from otakube.adapters.stores.qdrant.connection import Qdrant
from otakube.adapters.stores.qdrant.vectors import QdrantVectors
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.commit.embedding import vectors_of
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord, Image, ImageKind, Relation, RelationKind, Titles
from otakube.ports.catalogue import Binding
from otakube.ports.embedding import TextEmbedder
from otakube.ports.vectors import Version
from otakube.settings import Settings
from otakube_api.contract import Provider
from stores import Stores, free_port

PLACE = {"mongodb_database": "catalogue-test", "qdrant_collection": "catalogue-test"}
START_SECONDS = 120

STORIES = [
    ("Frozen Tide", "A young cartographer crosses a frozen sea to find the brother whom an empire took."),
    (
        "Glass Courier",
        "In a desert where sand melts to glass, a messenger carries letters between dying cities.",
    ),
    ("Second Serve", "A high school volleyball team that nobody believes in trains for the national finals."),
    ("Lantern Street Kitchen", "A chef opens a tiny restaurant at night and cooks for ghosts with regrets."),
    ("Iron Orchard", "Pilots of giant machines defend the last farms of Mars against a mining company."),
    ("Lost Clause", "A lawyer who failed every exam defends demons in the court of hell."),
]


@dataclass(frozen=True)
class Catalogue:
    client: httpx2.Client
    internal: httpx2.Client
    settings: Settings
    log: Path


def record_of(number: int) -> GoldenRecord:
    title, synopsis = STORIES[number]
    poster = Image(
        kind=ImageKind.POSTER,
        source_url=f"https://media.example/{number}.png",
        provider=Provider.JIKAN,
        sha256=f"{number:064x}",
        key=f"images/{number:064x}.png",
        content_type="image/png",
        width=200,
        height=300,
        size_bytes=1000,
    )
    entry = an_entry(
        number,
        titles=Titles(main=title),
        synopsis=synopsis,
        images=[poster],
        season=None,
    )
    return a_record(number, entry=entry, episodes=[an_episode(1)] if number == 0 else [], characters=[])


@pytest.fixture(scope="module")
def embedder() -> TextEmbedder:
    return text_embedder("minilm")


async def publish(
    settings: Settings,
    embedder: TextEmbedder,
    record: GoldenRecord,
    *,
    version: int = 1,
    live: int | None = None,
) -> None:
    """Write what a commit leaves: the points of a version, then the document that makes one live."""
    digest = handover.digest(record)
    entry_id = record.entry.id
    async with Documents(settings) as documents, Qdrant(settings) as qdrant:
        vectors = QdrantVectors(qdrant)
        await vectors.ensure(model=embedder.name, dimension=embedder.dimension)
        points = vectors_of(record, embedder, digest=digest).points
        stamp = Version(entry_id=entry_id, version=version, digest=digest)
        await vectors.insert(stamp, points, payload={"type": record.entry.type.value})
        document = {
            "live_version": live or version,
            "commit_key": "key",
            "digest": digest,
            "model": embedder.name,
            "record": orjson.loads(record.model_dump_json()),
            "committed_at": NOW,
        }
        await documents["animes"].replace_one({"_id": entry_id}, document, upsert=True)
        for url in record.entry.sources:
            await MongoIdentities(documents).bind(url, Binding(entry_id=entry_id))


@pytest.fixture(scope="module")
def catalogue(
    stores: Stores, embedder: TextEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("catalogue")
    settings, port, internal_port = stores.settings(**PLACE), free_port(), free_port()
    environment = {
        **os.environ,
        **stores.environment(folder / "secrets", **PLACE),
        "OTAKUBE_CATALOGUE_PORT": str(port),
        "OTAKUBE_CATALOGUE_INTERNAL_PORT": str(internal_port),
    }
    command = [sys.executable, "-m", "otakube_services.catalogue"]
    log = (folder / "log").open("wb")
    with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
        try:
            with client_of(port) as client, client_of(internal_port) as internal:
                wait_until_ready(internal, process, folder / "log")
                yield Catalogue(client, internal, settings, folder / "log")
        finally:
            process.terminate()


def client_of(port: int) -> httpx2.Client:
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)


def wait_until_ready(client: httpx2.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.get("/readyz").raise_for_status()
            return
        except httpx2.TransportError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def published(catalogue: Catalogue, embedder: TextEmbedder) -> None:
    async def publish_all() -> None:
        for number in range(len(STORIES)):
            await publish(catalogue.settings, embedder, record_of(number))

    asyncio.run(publish_all())


def ask(catalogue: Catalogue, path: str, **query: Any) -> Any:
    response = catalogue.client.get(path, params=query)
    assert response.is_success, response.text
    return response.json()


def ask_internally(catalogue: Catalogue, path: str) -> Any:
    response = catalogue.internal.get(path)
    assert response.is_success, response.text
    return response.json()


def refusal(
    catalogue: Catalogue, path: str, *, client: httpx2.Client | None = None, **query: Any
) -> tuple[int, str]:
    response = (client or catalogue.client).get(path, params=query)
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["detail"]


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


@pytest.mark.usefixtures("published")
def test_an_entry_is_found_by_id_and_by_each_source(catalogue: Catalogue) -> None:
    by_id = ask(catalogue, f"/animes/{an_id('ani', 1)}")
    by_source = ask(catalogue, "/animes", source="https://myanimelist.net/anime/90001")
    assert by_id == by_source
    assert by_id["record"]["entry"]["titles"]["main"] == "Glass Courier"
    assert (by_id["version"], by_id["model"].partition("@")[0]) == (1, "all-minilm-l6-v2")


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
            "losing": [{"provider": "Kitsu", "value": '"Frozen Tides"'}],
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


async def test_a_draft_shows_what_a_reviewer_decides_on(catalogue: Catalogue) -> None:
    record = a_record(characters=[a_character(1)])
    objects = S3Objects(catalogue.settings)
    await objects.put("work/uid-9/2-1/golden.json", record.model_dump_json().encode())
    draft = ask_internally(catalogue, "/drafts/uid-9/2/1")
    assert draft["explanation"]["title"] == "Frozen Tide"
    assert draft["explanation"]["version"] is None
    assert (draft["episodes"], draft["characters"]) == (1, 1)


@pytest.mark.parametrize(
    ("path", "query", "status", "words"),
    [
        ("/animes/ani_1", {}, 422, "entry_id is 'ani_1'"),
        (f"/animes/{an_id('ani', 999)}", {}, 404, "find its id with /search"),
        ("/animes", {}, 422, "source is"),
        ("/animes", {"source": "https://myanimelist.net/anime/1"}, 404, "apply an AnimeEnrichment"),
        (
            f"/animes/{an_id('ani', 1)}/explain/colour",
            {},
            404,
            "field 'colour' is none of an entry's: sources, title",
        ),
        ("/search", {}, 422, "q is"),
        ("/search", {"q": "x", "type": "Movie"}, 422, "type is no parameter here"),
        ("/search", {"q": "x", "limits": 3}, 422, "limits is no parameter here: did you mean limit?"),
        ("/search", {"q": "  "}, 422, "q is blank"),
        ("/search", {"q": "x" * 1001}, 422, "q is 'xxx"),
        ("/search", {"q": "x", "limit": 51}, 422, "limit is '51'"),
        ("/search", {"q": "x", "kind": "poster"}, 422, "kind.0 is 'poster'"),
        ("/drafts/uid-9/2/1", {}, 404, "see /docs"),
        ("/locks", {}, 404, "see /docs"),
        ("/metrics", {}, 404, "see /docs"),
        ("/nothing", {}, 404, "see /docs"),
    ],
)
def test_an_error_names_the_field_the_value_and_the_cure(
    catalogue: Catalogue, path: str, query: dict[str, Any], status: int, words: str
) -> None:
    found, detail = refusal(catalogue, path, **query)
    assert (found, words in detail) == (status, True), detail


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/drafts/uid-9/9/9", "work/uid-9/9-9/golden.json"),
        ("/drafts/..%2F..%2Fimages/1/1", "see /docs"),
        ("/search", "see /docs"),
    ],
)
def test_the_internal_port_names_what_it_lacks(catalogue: Catalogue, path: str, words: str) -> None:
    status, detail = refusal(catalogue, path, client=catalogue.internal)
    assert (status, words in detail) == (404, True), detail


def damage(catalogue: Catalogue, entry_id: str, change: dict[str, Any]) -> None:
    """Somebody's hand in the document store."""

    async def write() -> None:
        async with Documents(catalogue.settings) as documents:
            done = await documents["animes"].update_one({"_id": entry_id}, {"$set": change})
            assert done.matched_count == 1

    asyncio.run(write())


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"record.entry.titles": {}}, "entry.titles.main: Field required"),
        ({"record.entry.sources": "x"}, "entry.sources"),
        ({"record": "x"}, "Input should be an object"),
        ({"record.entry.sources": []}, "entry.sources"),
        ({"record.entry.score": {"mean": "high"}}, "entry.score"),
        ({"live_version": "seven"}, "live_version: Input should be a valid integer"),
        ({"commit_key": None}, "commit_key: Input should be a valid string"),
        ({"digest": 7}, "digest: Input should be a valid string"),
        ({"model": ["minilm"]}, "model: Input should be a valid string"),
        ({"committed_at": "yesterday"}, "committed_at: Input should be a valid datetime"),
    ],
)
def test_a_damaged_record_is_named_with_its_cure_and_one_line_of_the_log(
    catalogue: Catalogue, embedder: TextEmbedder, change: dict[str, Any], fault: str
) -> None:
    record = record_of(5)
    entry_id = record.entry.id
    asyncio.run(publish(catalogue.settings, embedder, record))
    damage(catalogue, entry_id, change)
    try:
        before = len(catalogue.log.read_bytes().splitlines())
        for path, query in (
            (f"/animes/{entry_id}", {}),
            ("/animes", {"source": str(record.entry.sources[0])}),
            (f"/animes/{entry_id}/explain", {}),
            (f"/animes/{entry_id}/relations", {}),
        ):
            status, detail = refusal(catalogue, path, **query)
            assert (status, entry_id in detail, fault in detail) == (500, True, True), detail
            assert f"restore it from its copy below audit/{entry_id}/" in detail
        assert ask(catalogue, "/search", q="demons in the court of hell")["query"]
        lines = [orjson.loads(line) for line in catalogue.log.read_bytes().splitlines()[before:]]
        failed = [line for line in lines if line["event"] == "request failed"]
        assert [(line["reason"], entry_id in line["message"]) for line in failed] == [
            ("RecordInvalid", True)
        ] * 4
    finally:
        asyncio.run(publish(catalogue.settings, embedder, record))


async def test_a_damaged_lock_is_named_with_its_cure(catalogue: Catalogue) -> None:
    name = "lock_" + "0" * 20
    async with Documents(catalogue.settings) as documents:
        await documents["merge_locks"].insert_one({"_id": name, "pages": [], "lock": {"kind": "Same"}})
        try:
            status, detail = refusal(catalogue, "/locks", client=catalogue.internal)
        finally:
            await documents["merge_locks"].delete_one({"_id": name})
    assert (status, f"the merge lock {name} cannot be read" in detail) == (500, True), detail
    assert f"delete {name} in the collection merge_locks" in detail


async def test_a_damaged_draft_is_named_with_its_cure(catalogue: Catalogue) -> None:
    await S3Objects(catalogue.settings).put("work/uid-8/1-1/golden.json", b'{"entry": {}}')
    status, detail = refusal(catalogue, "/drafts/uid-8/1/1", client=catalogue.internal)
    assert (status, "work/uid-8/1-1/golden.json" in detail, "ask for the run again" in detail) == (
        500,
        True,
        True,
    )


def test_metrics_count_routes_and_never_paths(catalogue: Catalogue) -> None:
    ask(catalogue, "/search", q="secret words")
    metrics = catalogue.internal.get("/metrics").text
    assert 'otakube_catalogue_request_seconds_count{route="/search",status="200"}' in metrics
    assert "secret" not in metrics


def test_the_interface_is_described(catalogue: Catalogue) -> None:
    assert "/animes/{entry_id}/explain/{field}" in ask(catalogue, "/openapi.json")["paths"]


def test_a_store_that_is_away_is_a_problem_without_its_address(tmp_path: Path, stores: Stores) -> None:
    away, ports = free_port(), (free_port(), free_port())
    place = {**PLACE, "s3_endpoint": f"http://127.0.0.1:{away}", "qdrant_url": f"http://127.0.0.1:{away}"}
    environment = {
        **os.environ,
        **stores.environment(tmp_path / "secrets", **place),
        "OTAKUBE_CATALOGUE_PORT": str(ports[0]),
        "OTAKUBE_CATALOGUE_INTERNAL_PORT": str(ports[1]),
    }
    command = [sys.executable, "-m", "otakube_services.catalogue"]
    log = (tmp_path / "log").open("wb")
    with subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
        try:
            with client_of(ports[0]) as client, client_of(ports[1]) as internal:
                wait_until_ready(internal, process, tmp_path / "log")
                answers = [
                    client.get("/search", params={"q": "x"}),
                    internal.get("/drafts/uid-1/1/1", timeout=120),
                ]
        finally:
            process.terminate()
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert str(away) not in answer.text
        assert "127.0.0.1" not in answer.text
    lines = [orjson.loads(line) for line in (tmp_path / "log").read_bytes().splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request failed"] == [
        "/search",
        "/drafts/{uid}/{generation}/{attempt}",
    ]
