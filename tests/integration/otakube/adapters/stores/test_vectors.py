# SPDX-License-Identifier: Apache-2.0
"""What every vector store promises, of the development server and of the local mode alike."""

from pathlib import Path

import pytest

from drill import records
from otakube.adapters.stores.qdrant.connection import LocalQdrant, Qdrant
from otakube.adapters.stores.qdrant.vectors import QdrantVectors
from otakube.domain.publish.passages import KINDS
from otakube.domain.record.handover import Point
from otakube.errors import Fatal, Retriable
from otakube.ports.vectors import Version
from otakube.settings import Settings
from ports import free_port
from shop import Shop

ENTRY = records.made_id("ani", "points")


def points(count: int) -> list[Point]:
    return [Point(kind="episode", number=n, text=f"{n}", vector=[1.0, n, 0.5, 0.0]) for n in range(count)]


def version(number: int) -> Version:
    return Version(entry_id=ENTRY, version=number, digest=f"digest {number}")


async def test_the_collection_is_made_once_with_all_vectors_and_indexes(shop: Shop) -> None:
    vectors = shop.stores.vectors
    assert isinstance(vectors, QdrantVectors)
    for _ in range(2):
        await vectors.ensure(model="m@1", dimension=4)
    info = await (await vectors.qdrant.client()).get_collection(vectors.collection)
    assert set(info.config.params.vectors or {}) == set(KINDS)
    assert info.payload_schema.keys() == vectors.qdrant.indexes.keys()
    assert info.config.metadata == {"model": "m@1", "dimension": 4}


@pytest.mark.parametrize(("model", "dimension"), [("m@2", 4), ("m@1", 8)])
async def test_another_model_is_refused_with_the_cure(shop: Shop, model: str, dimension: int) -> None:
    await shop.stores.vectors.ensure(model="m@1", dimension=4)
    with pytest.raises(Fatal, match=r"m@1.*OTAKUBE_QDRANT_COLLECTION"):
        await shop.stores.vectors.ensure(model=model, dimension=dimension)


async def test_versions_lie_beside_each_other_and_are_deleted_apart(shop: Shop) -> None:
    vectors = shop.stores.vectors
    await vectors.ensure(model="m@1", dimension=4)
    for number in (1, 2, 3):
        await vectors.insert(version(number), points(5), payload={"type": "TV"})
    assert await vectors.count(ENTRY) == 15
    await vectors.delete_before(ENTRY, version=2)
    await vectors.delete(ENTRY, version=3)
    assert [found async for found in vectors.versions()] == [(version(2), 5)]
    await vectors.delete(ENTRY, version=2)
    assert await vectors.count(ENTRY) == 0


async def test_inserting_again_changes_nothing(shop: Shop) -> None:
    vectors = shop.stores.vectors
    await vectors.ensure(model="m@1", dimension=4)
    await vectors.insert(version(1), points(3), payload={"title": "first"})
    await vectors.insert(version(1), points(4), payload={"title": "second"})
    assert isinstance(vectors, QdrantVectors)
    client = await vectors.qdrant.client()
    stored, _ = await client.scroll(vectors.collection)
    assert sorted((p.payload or {})["title"] for p in stored) == ["first", "first", "first", "second"]


async def test_many_points_are_stored_in_batches(shop: Shop) -> None:
    await shop.stores.vectors.ensure(model="m@1", dimension=4)
    await shop.stores.vectors.insert(version(1), points(450), payload={})
    assert await shop.stores.vectors.count(ENTRY, version=1) == 450


async def test_without_a_collection_there_is_nothing(shop: Shop) -> None:
    vectors = shop.stores.vectors
    assert await vectors.count(ENTRY) == 0
    await vectors.delete(ENTRY, version=1)
    assert [found async for found in vectors.versions()] == []


async def test_an_unreachable_vector_store_is_retriable(own_settings: Settings) -> None:
    gone = own_settings.model_copy(update={"qdrant_url": f"http://127.0.0.1:{free_port()}"})
    async with Qdrant(gone) as qdrant:
        with pytest.raises(Retriable, match="the vector store is away"):
            await QdrantVectors(qdrant).count(ENTRY)


async def test_a_folder_of_vectors_is_one_process_s_at_a_time(tmp_path: Path) -> None:
    async with LocalQdrant(Settings(), tmp_path) as first:
        await QdrantVectors(first).ensure(model="m@1", dimension=4)
        async with LocalQdrant(Settings(), tmp_path) as second:
            with pytest.raises(Retriable, match="in use by another process"):
                await QdrantVectors(second).count(ENTRY)
    async with LocalQdrant(Settings(), tmp_path) as later:
        await QdrantVectors(later).ensure(model="m@1", dimension=4)


@pytest.mark.parametrize("torn", [b"", b'{"collections": {'])
async def test_a_folder_whose_first_list_was_cut_off_opens_empty(tmp_path: Path, torn: bytes) -> None:
    (tmp_path / "meta.json").write_bytes(torn)
    async with LocalQdrant(Settings(), tmp_path) as qdrant:
        vectors = QdrantVectors(qdrant)
        await vectors.ensure(model="m@1", dimension=4)
        await vectors.insert(version(1), points(2), payload={})
        assert await vectors.count(ENTRY) == 2
