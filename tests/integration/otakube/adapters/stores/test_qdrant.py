# SPDX-License-Identifier: Apache-2.0
"""The vector store's adapter over the development server."""

import pytest

from drill import records
from otakube.adapters.stores.qdrant.vectors import INDEXES, QdrantVectors
from otakube.domain.publish.passages import KINDS
from otakube.domain.record.handover import Point
from otakube.errors import Fatal, Retriable
from otakube.ports.vectors import Version
from otakube.settings import Settings
from shop import Shop
from stores import free_port

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
    info = await (await vectors._connected()).get_collection(vectors.collection)
    assert set(info.config.params.vectors or {}) == set(KINDS)
    assert info.payload_schema.keys() == INDEXES.keys()
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
    assert [found async for found in vectors.versions()] == [(ENTRY, 2, 5)]
    await vectors.delete_entry(ENTRY)
    assert await vectors.count(ENTRY, version=2) == 0


async def test_inserting_again_changes_nothing(shop: Shop) -> None:
    vectors = shop.stores.vectors
    await vectors.ensure(model="m@1", dimension=4)
    await vectors.insert(version(1), points(3), payload={"title": "first"})
    await vectors.insert(version(1), points(4), payload={"title": "second"})
    assert isinstance(vectors, QdrantVectors)
    client = await vectors._connected()
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
    async with QdrantVectors(gone) as vectors:
        with pytest.raises(Retriable, match="the vector store is away"):
            await vectors.count(ENTRY)
