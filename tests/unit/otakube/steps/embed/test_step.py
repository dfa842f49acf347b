# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from pathlib import Path

import pytest

from golden import a_record, an_entry
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import VectorSet
from otakube.domain.suggestions.suggestion import accept, by_rules
from otakube.steps.embed.step import embed
from otakube.steps.reviewed import ReviewAnswer

PREFIX = "work/uid/1-1"


class CountingEmbedder:
    """A stand-in model: a vector is the text's length and number of words."""

    dimension = 2
    max_tokens = 50

    def __init__(self, name: str = "lengths@1") -> None:
        self.name = name
        self.calls = 0

    def count(self, text: str) -> int:
        return len(text.split())

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls += 1
        return [[float(len(text)), float(self.count(text))] for text in texts]


@pytest.fixture
def objects(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path)


def reviewed(record: GoldenRecord | None = None) -> ReviewAnswer:
    """The answer to a review of this record."""
    return ReviewAnswer(digest=handover.digest(record or a_record()))


async def golden(objects: FolderObjects, record: GoldenRecord) -> None:
    await objects.put(f"{PREFIX}/{handover.GOLDEN}", record.model_dump_json().encode())


async def stored(objects: FolderObjects) -> VectorSet:
    return VectorSet.model_validate_json(await objects.get(f"{PREFIX}/{handover.VECTORS}"))


async def test_vectors_name_their_model_and_the_record_they_were_made_of(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    await embed(objects, CountingEmbedder(), reviewed(), work_prefix=PREFIX)
    vectors = await stored(objects)
    assert vectors.golden_digest == handover.digest(a_record())
    assert (vectors.model, vectors.dimension) == ("lengths@1", 2)
    assert [point.kind for point in vectors.points] == ["title", "synopsis", "character", "episode"]
    assert all(point.vector[0] == len(point.text) for point in vectors.points)


async def test_a_second_run_does_no_work(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    embedder = CountingEmbedder()
    first = await embed(objects, embedder, reviewed(), work_prefix=PREFIX)
    assert await embed(objects, embedder, reviewed(), work_prefix=PREFIX) == first
    assert embedder.calls == 1


async def test_a_changed_record_is_embedded_again(objects: FolderObjects) -> None:
    embedder = CountingEmbedder()
    for record in (a_record(), a_record(episodes=[])):
        await golden(objects, record)
        await embed(objects, embedder, reviewed(record), work_prefix=PREFIX)
        assert (await stored(objects)).golden_digest == handover.digest(record)


async def test_another_model_embeds_again(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    for name in ("lengths@1", "lengths@2"):
        await embed(objects, CountingEmbedder(name), reviewed(), work_prefix=PREFIX)
        assert (await stored(objects)).model == name


async def test_broken_vectors_are_made_anew(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    await objects.put(f"{PREFIX}/{handover.VECTORS}", b'{"model": ')
    await embed(objects, CountingEmbedder(), reviewed(), work_prefix=PREFIX)
    assert (await stored(objects)).points


async def test_the_record_that_is_embedded_has_what_its_reviewer_accepted(objects: FolderObjects) -> None:
    suggested = by_rules(an_entry(synopsis="A pirate sails an old ship. " * 20))
    await golden(objects, a_record())
    await objects.put(f"{PREFIX}/{handover.SUGGESTIONS}", suggested.model_dump_json().encode())
    answer = ReviewAnswer(
        digest=handover.digest(a_record()),
        suggestions_digest=handover.digest(suggested),
        accepted=("tag-pirates",),
        reviewer="ada",
    )
    embedder = CountingEmbedder()
    for _ in range(2):  # the second as after a pod that was killed
        await embed(objects, embedder, answer, work_prefix=PREFIX)
    accepted = accept(a_record(), suggested, ["tag-pirates"], reviewer="ada")
    assert (await stored(objects)).golden_digest == handover.digest(accepted)
    assert embedder.calls == 1


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    record = a_record()
    turned = record.entry.model_copy(update={"provenance": dict(reversed(record.entry.provenance.items()))})
    assert handover.digest(record) == handover.digest(record.model_copy(update={"entry": turned}))
    assert handover.digest(record) != handover.digest(a_record(episodes=[]))
