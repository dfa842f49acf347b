# SPDX-License-Identifier: Apache-2.0
"""Errors over the network: each names the field, the value and the cure, and no address."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from catalogue_process import running_catalogue
from golden import an_id
from otakube.adapters.stores.mongodb.connection import Documents
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.ports.embedding import TextEmbedder
from ports import free_port
from served_catalogue import PLACE, Catalogue, ask, publish, record_of, refusal
from stores import Stores


@pytest.mark.usefixtures("published")
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
    away = free_port()
    place = {**PLACE, "s3_endpoint": f"http://127.0.0.1:{away}", "qdrant_url": f"http://127.0.0.1:{away}"}
    with running_catalogue(tmp_path, stores.environment(tmp_path / "secrets", **place)) as process:
        answers = [
            process.client.get("/search", params={"q": "x"}),
            process.internal.get("/drafts/uid-1/1/1", timeout=120),
        ]
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert str(away) not in answer.text
        assert "127.0.0.1" not in answer.text
    lines = [orjson.loads(line) for line in process.log.read_bytes().splitlines()]
    assert [line["route"] for line in lines if line["event"] == "request failed"] == [
        "/search",
        "/drafts/{uid}/{generation}/{attempt}",
    ]
