# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from pathlib import Path

import pytest

from golden import a_record, an_entry
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import VectorSet
from otakube.domain.suggestions.suggestion import by_rules
from otakube.errors import Fatal
from otakube.steps.embed.step import embed
from otakube.steps.reviewed import accepted_ids
from otakube_api.contract import FailureReason, Output

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


async def golden(objects: FolderObjects, record: GoldenRecord) -> None:
    await objects.put(f"{PREFIX}/{handover.GOLDEN}", record.model_dump_json().encode())


async def stored(objects: FolderObjects) -> VectorSet:
    return VectorSet.model_validate_json(await objects.get(f"{PREFIX}/{handover.VECTORS}"))


async def test_vectors_name_their_model_and_the_record_they_were_made_of(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    assert await embed(objects, CountingEmbedder(), prefix=PREFIX) == {Output.MODEL: "lengths@1"}
    vectors = await stored(objects)
    assert vectors.golden_digest == handover.digest(a_record())
    assert (vectors.model, vectors.dimension) == ("lengths@1", 2)
    assert [point.kind for point in vectors.points] == ["title", "synopsis", "character", "episode"]
    assert all(point.vector[0] == len(point.text) for point in vectors.points)


async def test_a_second_run_does_no_work(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    embedder = CountingEmbedder()
    first = await embed(objects, embedder, prefix=PREFIX)
    assert await embed(objects, embedder, prefix=PREFIX) == first
    assert embedder.calls == 1


async def test_a_changed_record_is_embedded_again(objects: FolderObjects) -> None:
    embedder = CountingEmbedder()
    for record in (a_record(), a_record(episodes=[])):
        await golden(objects, record)
        await embed(objects, embedder, prefix=PREFIX)
        assert (await stored(objects)).golden_digest == handover.digest(record)


async def test_another_model_embeds_again(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    for name in ("lengths@1", "lengths@2"):
        await embed(objects, CountingEmbedder(name), prefix=PREFIX)
        assert (await stored(objects)).model == name


async def test_broken_vectors_are_made_anew(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    await objects.put(f"{PREFIX}/{handover.VECTORS}", b'{"model": ')
    await embed(objects, CountingEmbedder(), prefix=PREFIX)
    assert (await stored(objects)).points


async def test_a_missing_record_names_the_object_and_the_step_before(objects: FolderObjects) -> None:
    with pytest.raises(Fatal, match=r"work/uid/1-1/golden\.json.*otakube step assemble") as caught:
        await embed(objects, CountingEmbedder(), prefix=PREFIX)
    assert caught.value.reason is FailureReason.INPUT_MISSING


SUGGESTED = by_rules(an_entry(synopsis="A pirate sails an old ship. " * 20))


async def suggested(objects: FolderObjects) -> None:
    await objects.put(f"{PREFIX}/{handover.SUGGESTIONS}", SUGGESTED.model_dump_json().encode())


async def test_a_suggestion_that_nobody_made_is_never_taken_over_in_silence(objects: FolderObjects) -> None:
    await golden(objects, a_record())
    await suggested(objects)
    with pytest.raises(Fatal, match=r"this run has no suggestion tag-ninja.*they are tag-pirates") as caught:
        await embed(objects, CountingEmbedder(), prefix=PREFIX, accepted=["tag-ninja"])
    assert caught.value.reason is FailureReason.INPUT_MISSING


async def test_what_a_reviewer_accepts_is_in_the_record_that_is_embedded_and_committed(
    objects: FolderObjects,
) -> None:
    await golden(objects, a_record())
    await suggested(objects)
    for _ in range(2):  # the second as after a pod that was killed
        await embed(objects, CountingEmbedder(), prefix=PREFIX, accepted=["tag-pirates"], reviewer="ada")
    record = GoldenRecord.model_validate_json(await objects.get(f"{PREFIX}/{handover.GOLDEN}"))
    assert record.entry.tags == ["Pirates"]
    assert [mark.accepted_by for mark in record.entry.accepted_suggestions] == ["ada"]
    assert (await stored(objects)).golden_digest == handover.digest(record)


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", "tag-pirates", "null"])
def test_what_is_no_list_of_ids_is_named(text: str) -> None:
    with pytest.raises(Fatal, match=r"--accepted is .*: give a JSON list"):
        accepted_ids(text)


async def test_an_invalid_record_is_never_embedded(objects: FolderObjects) -> None:
    await objects.put(f"{PREFIX}/{handover.GOLDEN}", b'{"entry": {}}')
    with pytest.raises(Fatal, match="golden record") as caught:
        await embed(objects, CountingEmbedder(), prefix=PREFIX)
    assert caught.value.reason is FailureReason.RECORD_INVALID


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    record = a_record()
    turned = record.entry.model_copy(update={"provenance": dict(reversed(record.entry.provenance.items()))})
    assert handover.digest(record) == handover.digest(record.model_copy(update={"entry": turned}))
    assert handover.digest(record) != handover.digest(a_record(episodes=[]))
