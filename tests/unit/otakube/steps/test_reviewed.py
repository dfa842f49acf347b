# SPDX-License-Identifier: Apache-2.0
"""Reviewed record: refused where it changed since, else with what its reviewer accepted."""

from pathlib import Path

import pytest
import pytest_asyncio

from golden import a_record, an_entry
from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.suggestions.suggestion import Suggestions, by_rules
from otakube.errors import Fatal
from otakube.steps.reviewed import ReviewAnswer, accepted_ids, read_reviewed
from otakube_api.contract import FailureReason

PREFIX = "work/uid/1-1"
SUGGESTED = by_rules(an_entry(synopsis="A pirate sails an old ship. " * 20))


@pytest_asyncio.fixture
async def objects(tmp_path: Path) -> FolderObjects:
    """A run under review."""
    folder = FolderObjects(tmp_path)
    await golden(folder, a_record())
    await suggested(folder, SUGGESTED)
    return folder


async def golden(objects: FolderObjects, record: GoldenRecord) -> None:
    await objects.put(f"{PREFIX}/{handover.GOLDEN}", record.model_dump_json().encode())


async def suggested(objects: FolderObjects, made: Suggestions) -> None:
    await objects.put(f"{PREFIX}/{handover.SUGGESTIONS}", made.model_dump_json().encode())


def answer(*accepted: str) -> ReviewAnswer:
    return ReviewAnswer(
        digest=handover.digest(a_record()),
        suggestions_digest=handover.digest(SUGGESTED),
        accepted=accepted,
        reviewer="ada",
    )


async def test_the_record_that_was_reviewed_is_the_record(objects: FolderObjects) -> None:
    assert await read_reviewed(objects, answer(), work_prefix=PREFIX) == a_record()


async def test_what_a_reviewer_accepts_is_in_the_record(objects: FolderObjects) -> None:
    record = await read_reviewed(objects, answer("tag-pirates"), work_prefix=PREFIX)
    assert record.entry.tags == ["Pirates"]
    assert [mark.accepted_by for mark in record.entry.accepted_suggestions] == ["ada"]
    assert await read_reviewed(objects, answer(), work_prefix=PREFIX) == a_record(), "it stays as reviewed"


async def test_a_record_that_changed_since_is_refused_and_both_digests_are_named(
    objects: FolderObjects,
) -> None:
    changed = a_record(episodes=[])
    await golden(objects, changed)
    with pytest.raises(
        Fatal, match=r"golden\.json has changed since the review.*Ask for a new run"
    ) as refused:
        await read_reviewed(objects, answer(), work_prefix=PREFIX)
    assert refused.value.reason is FailureReason.RECORD_CHANGED
    assert handover.digest(changed) in str(refused.value)
    assert handover.digest(a_record()) in str(refused.value)


async def test_a_suggestion_that_changed_since_is_refused(objects: FolderObjects) -> None:
    first, *rest = SUGGESTED.suggestions
    other = [first.model_copy(update={"value": "Another text"}), *rest]
    await suggested(objects, SUGGESTED.model_copy(update={"suggestions": other}))
    with pytest.raises(Fatal, match=r"suggestions\.json has changed since the review") as refused:
        await read_reviewed(objects, answer("tag-pirates"), work_prefix=PREFIX)
    assert refused.value.reason is FailureReason.RECORD_CHANGED


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (ReviewAnswer(digest=""), "--digest is missing: give the output digest"),
        (
            ReviewAnswer(digest=handover.digest(a_record()), accepted=("tag-pirates",)),
            "--suggestions-digest is missing: give the output suggestions-digest",
        ),
    ],
    ids=["of the record", "of the suggestions"],
)
async def test_nothing_is_read_without_the_digest_of_what_was_reviewed(
    objects: FolderObjects, given: ReviewAnswer, missing: str
) -> None:
    with pytest.raises(Fatal, match=missing):
        await read_reviewed(objects, given, work_prefix=PREFIX)


async def test_a_missing_record_names_the_object_and_the_step_before(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"work/uid/1-1/golden\.json.*otakube step assemble") as caught:
        await read_reviewed(FolderObjects(tmp_path), answer(), work_prefix=PREFIX)
    assert caught.value.reason is FailureReason.INPUT_MISSING


async def test_an_invalid_record_is_named(objects: FolderObjects) -> None:
    await objects.put(f"{PREFIX}/{handover.GOLDEN}", b'{"entry": {}}')
    with pytest.raises(Fatal, match="golden record") as caught:
        await read_reviewed(objects, answer(), work_prefix=PREFIX)
    assert caught.value.reason is FailureReason.RECORD_INVALID


async def test_a_suggestion_that_nobody_made_is_never_accepted_in_silence(objects: FolderObjects) -> None:
    with pytest.raises(Fatal, match=r"this run has no suggestion tag-ninja.*they are tag-pirates") as caught:
        await read_reviewed(objects, answer("tag-ninja"), work_prefix=PREFIX)
    assert caught.value.reason is FailureReason.INPUT_MISSING


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", ()),
        ("[]", ()),
        ('["tag-pirates", "tag-sea"]', ("tag-pirates", "tag-sea")),
        ("tag-pirates", ("tag-pirates",)),
        (" tag-pirates,tag-sea , ", ("tag-pirates", "tag-sea")),
    ],
)
def test_ids_are_a_json_list_or_what_a_person_types_in_argo_s_page(text: str, ids: tuple[str, ...]) -> None:
    assert accepted_ids(text) == ids


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", '["tag-pirates"'])
def test_what_is_no_list_of_ids_is_named(text: str) -> None:
    with pytest.raises(Fatal, match=r"--accepted is .*: give suggestion ids"):
        accepted_ids(text)
