# SPDX-License-Identifier: Apache-2.0
"""The Qdrant development server, asked by Qdrant's own client over loopback."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from qdrant_client.http import models
from qdrant_client.http.exceptions import UnexpectedResponse

from ports import free_port
from stores import Server

KEY = "a-key-of-the-test"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("vectors")
    (folder / "key").write_text(KEY)
    command = [sys.executable, "-m", "otakube_standins.vectors", "--port", "{port}", "--data", str(folder)]
    command += ["--api-key-file", str(folder / "key")]
    server = Server("vectors", command, folder / "log", free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: Server) -> Iterator[QdrantClient]:
    url = f"http://127.0.0.1:{server.port}"
    client = QdrantClient(url=url, api_key=KEY, check_compatibility=False, timeout=60)  # 5 is short if busy
    yield client
    client.close()


@pytest.fixture
def collection(client: QdrantClient) -> str:
    name = f"test-{uuid.uuid4()}"
    vector = models.VectorParams(
        size=4,
        distance=models.Distance.COSINE,
        on_disk=True,
        quantization_config=models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
        ),
    )
    vectors = {"title": vector, "synopsis": vector}
    client.create_collection(name, vectors_config=vectors, metadata={"model": "m@1"})
    client.create_payload_index(name, "entry_id", models.PayloadSchemaType.KEYWORD, wait=True)
    client.create_payload_index(name, "version", models.PayloadSchemaType.INTEGER, wait=True)
    return name


def point(number: int, vector: list[float], *, name: str = "title", version: int = 1) -> models.PointStruct:
    payload = {"entry_id": "a" if number % 2 else "b", "version": version}
    return models.PointStruct(id=number, vector={name: vector}, payload=payload)


def of(entry_id: str) -> models.Filter:
    return models.Filter(
        must=[models.FieldCondition(key="entry_id", match=models.MatchValue(value=entry_id))]
    )


def test_a_collection_tells_what_it_was_made_of(client: QdrantClient, collection: str) -> None:
    info = client.get_collection(collection)
    assert info.config.metadata == {"model": "m@1"}
    assert set(info.config.params.vectors or {}) == {"title", "synopsis"}
    assert set(info.payload_schema) == {"entry_id", "version"}
    assert collection in [one.name for one in client.get_collections().collections]
    assert client.delete_collection(collection)
    assert not client.collection_exists(collection)


def test_points_are_found_by_vector_and_filter(client: QdrantClient, collection: str) -> None:
    client.upsert(collection, [point(1, [1, 0, 0, 0]), point(2, [1, 0.1, 0, 0]), point(3, [0, 1, 0, 0])])
    found = client.query_points(collection, [1.0, 0, 0, 0], using="title", query_filter=of("a"), limit=2)
    assert [p.id for p in found.points] == [1, 3]
    assert found.points[0].score == pytest.approx(1)
    assert client.count(collection, of("a")).count == 2


def test_two_vectors_are_fused(client: QdrantClient, collection: str) -> None:
    client.upsert(collection, [point(1, [1, 0, 0, 0]), point(2, [1, 0, 0, 0], name="synopsis")])
    prefetch = [models.Prefetch(query=[1.0, 0, 0, 0], using=name, limit=5) for name in ("title", "synopsis")]
    fused = models.FusionQuery(fusion=models.Fusion.RRF)
    found = client.query_points(collection, prefetch=prefetch, query=fused)
    assert {p.id for p in found.points} == {1, 2}


def test_insert_only_leaves_what_is_there_and_update_only_adds_nothing(
    client: QdrantClient, collection: str
) -> None:
    client.upsert(collection, [point(1, [1, 0, 0, 0])])
    client.upsert(collection, [point(1, [0, 1, 0, 0], version=9)], update_mode=models.UpdateMode.INSERT_ONLY)
    client.upsert(collection, [point(5, [0, 1, 0, 0])], update_mode=models.UpdateMode.UPDATE_ONLY)
    stored = client.retrieve(collection, [1, 5], with_vectors=True)
    assert [(p.id, p.vector, (p.payload or {})["version"]) for p in stored] == [
        (1, {"title": [1, 0, 0, 0]}, 1)
    ]


def test_points_are_changed_scrolled_and_deleted(client: QdrantClient, collection: str) -> None:
    client.upsert(collection, [point(n, [1, n, 0, 0]) for n in range(1, 8)])
    client.set_payload(collection, {"seen": True}, points=[3])
    first, offset = client.scroll(collection, limit=4)
    second, end = client.scroll(collection, limit=4, offset=offset)
    assert [p.id for p in first + second] == [1, 2, 3, 4, 5, 6, 7]
    assert end is None
    assert (first[2].payload or {})["seen"] is True
    client.delete(collection, models.FilterSelector(filter=of("a")), wait=True)
    client.delete(collection, models.PointIdsList(points=[2]), wait=True)
    assert [p.id for p in client.scroll(collection)[0]] == [4, 6]


def test_a_snapshot_brings_back_what_was_deleted(client: QdrantClient, collection: str) -> None:
    client.upsert(collection, [point(1, [1, 0, 0, 0])])
    snapshot = client.create_snapshot(collection)
    assert snapshot
    client.delete(collection, models.PointIdsList(points=[1]), wait=True)
    assert client.recover_snapshot(collection, f"file:///snapshots/{collection}/{snapshot.name}")
    assert client.count(collection).count == 1
    assert [one.name for one in client.list_snapshots(collection)] == [snapshot.name]
    assert client.delete_snapshot(collection, snapshot.name)


@pytest.mark.parametrize(
    ("number", "vector", "name", "status"),
    [(1, [1.0], "title", 400), (1, [1.0, 0, 0, 0], "poster", 400)],
)
def test_what_has_no_place_is_refused(
    client: QdrantClient, collection: str, number: int, vector: list[float], name: str, status: int
) -> None:
    with pytest.raises(UnexpectedResponse) as refused:
        client.upsert(collection, [point(number, vector, name=name)])
    assert refused.value.status_code == status
    assert b'"status":{"error":"Wrong input' in refused.value.content


def test_an_absent_collection_and_a_taken_name_have_qdrants_status(
    client: QdrantClient, collection: str
) -> None:
    with pytest.raises(UnexpectedResponse) as absent:
        client.count("absent")
    vector = models.VectorParams(size=4, distance=models.Distance.DOT)
    with pytest.raises(UnexpectedResponse) as taken:
        client.create_collection(collection, vectors_config=vector)
    assert (absent.value.status_code, taken.value.status_code) == (404, 409)


@pytest.mark.parametrize("name", ["..x", ".hidden", "a b", "x" * 300])
def test_a_name_that_is_no_folder_is_refused(client: QdrantClient, server: Server, name: str) -> None:
    vector = models.VectorParams(size=4, distance=models.Distance.DOT)
    with pytest.raises(UnexpectedResponse):
        client.create_collection(name, vectors_config=vector)
    assert not list(Path(server.log.parent, "collections").glob(".*"))


def test_without_the_key_only_the_probes_answer(server: Server) -> None:
    client = QdrantClient(url=f"http://127.0.0.1:{server.port}", api_key="another", check_compatibility=False)
    with pytest.raises(UnexpectedResponse) as refused:
        client.get_collections()
    assert refused.value.status_code == 401
    client.close()


def test_no_acknowledged_write_is_lost_when_it_is_killed(
    client: QdrantClient, collection: str, server: Server
) -> None:
    acknowledged = []
    for number in range(1, 400):
        client.upsert(collection, [point(number, [1, number, 0, 0])], wait=True)
        acknowledged.append(number)
    server.restart()
    stored = {p.id for p in client.scroll(collection, limit=1000)[0]}
    assert set(acknowledged) <= stored
    assert client.get_collection(collection).config.metadata == {"model": "m@1"}
