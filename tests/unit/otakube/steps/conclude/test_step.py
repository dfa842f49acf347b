# SPDX-License-Identifier: Apache-2.0
"""The remains of a run when it has ended."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.catalogue import SqliteDeadLetters
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.ledger import SqliteLedger
from otakube.steps.conclude.step import Ended, conclude
from raw_documents import SqliteFile

WORK = "work/uid/2-3"


def ended(status: str, *messages: str, failures: str | None = None) -> Ended:
    nodes = [{"displayName": "stage(0)", "message": message, "phase": "Failed"} for message in messages]
    return Ended(
        enrichment="demo/mushishi",
        uid="uid",
        generation=2,
        attempt=3,
        work=WORK,
        status=status,
        failures=json.dumps(nodes) if failures is None else failures,
        title="Mushishi",
    )


async def no_ledger() -> SqliteLedger:
    raise AssertionError("a run without a fetched entry has nothing to look up")


async def after(folder: Path, end: Ended) -> tuple[list[str], dict[str, dict[str, object]]]:
    """Keys that remain of a run with two objects, beside one of another run; and the dead letters by key."""
    objects, letters_kept = FolderObjects(folder), SqliteDeadLetters(SqliteDocuments(folder / "documents"))
    for key in (f"{WORK}/fetch/Jikan.json", f"{WORK}/golden.json", "work/uid/2-30/golden.json"):
        await objects.put(key, b"{}")

    async def dead_letters() -> SqliteDeadLetters:
        return letters_kept

    await conclude(objects, dead_letters, no_ledger, end)
    await conclude(objects, dead_letters, no_ledger, end)  # Argo may run it twice
    keys = [key async for key in objects.list("")]
    letters = {key: json.loads(await objects.get(key)) for key in keys if key.startswith("dead-letters/")}
    return [key for key in keys if key.startswith("work/")], letters


async def test_a_run_that_ended_well_leaves_nothing_and_touches_no_other(tmp_path: Path) -> None:
    assert await after(tmp_path, ended("Succeeded")) == (["work/uid/2-30/golden.json"], {})


async def test_a_failed_run_leaves_a_letter_with_all_that_a_person_needs(tmp_path: Path) -> None:
    keys, letters = await after(
        tmp_path, ended("Failed", "Error (exit code 65): RecordInvalid: entry.titles.main is empty")
    )
    assert f"{WORK}/golden.json" in keys
    letter = letters["dead-letters/uid-2-3.json"]
    assert letter["step"] == "stage"
    assert letter["title"] == "Mushishi"
    assert (letter["reason"], letter["message"]) == ("RecordInvalid", "entry.titles.main is empty")
    assert letter["attempt"] == 3
    assert letter["objects"] == [f"{WORK}/fetch/Jikan.json", f"{WORK}/golden.json"]
    assert str(letter["command"]).startswith("otakube step stage --enrichment=demo/mushishi --uid=uid")


async def test_a_letter_of_a_pod_that_never_started_names_what_it_waited_for(tmp_path: Path) -> None:
    late = ended("Failed", "Pod was active on the node longer than the specified deadline")
    waited = replace(late, waited="stage: ImagePullFailed: ErrImagePull: otakube-steps:9 not found")
    _, letters = await after(tmp_path, waited)
    letter = letters["dead-letters/uid-2-3.json"]
    assert letter["reason"] == "ImagePullFailed"
    assert "otakube-steps:9 not found" in str(letter["message"])


async def test_a_letter_carries_no_password_that_a_pod_let_out(tmp_path: Path) -> None:
    words = "Error (exit code 75): UnexpectedError: no route to redis://:hidden@cache:6379/0"
    _, letters = await after(tmp_path, ended("Failed", words))
    assert letters["dead-letters/uid-2-3.json"]["message"] == "no route to redis://***@cache:6379/0"


async def test_the_letter_is_in_the_document_store_too(tmp_path: Path) -> None:
    await after(tmp_path, ended("Error", "whatever"))
    kept = SqliteFile(tmp_path / "documents/documents.sqlite3").documents("dead_letters")
    assert [(letter["run"], letter["reason"]) for letter in kept] == [(WORK, "UnexpectedError")]


@pytest.mark.parametrize(
    "message",
    [
        "workflow shutdown with strategy:  Stop",
        "Stopped with strategy 'Stop'",
        "Error (exit code 65): ReviewRejected: by anna: wrong anime",
        "Error (exit code 65): EpisodeNotOut: episode 8 is not out: 0 of 2 providers list it",
    ],
)
async def test_a_run_that_a_person_or_its_episode_ended_is_cleared_up(tmp_path: Path, message: str) -> None:
    assert await after(tmp_path, ended("Failed", message)) == (["work/uid/2-30/golden.json"], {})


@pytest.mark.parametrize("failures", ["", "[]", "null", '"[]"'])
async def test_a_failure_without_a_node_is_kept_too(tmp_path: Path, failures: str) -> None:
    _, letters = await after(tmp_path, ended("Error", failures=failures))
    assert letters["dead-letters/uid-2-3.json"]["step"] == "workflow"


async def test_failures_that_are_no_json_are_kept_as_they_are(tmp_path: Path) -> None:
    _, letters = await after(tmp_path, ended("Error", failures="oh no"))
    letter = letters["dead-letters/uid-2-3.json"]
    assert (letter["step"], letter["reason"], letter["message"]) == ("workflow", "UnexpectedError", "oh no")


async def test_a_gate_that_fell_with_its_run_leaves_nothing_whatever_argo_says_of_it(tmp_path: Path) -> None:
    gate = {"displayName": "review", "templateName": "review", "phase": "Failed", "message": "in other words"}
    end = ended("Failed", failures=json.dumps([gate]))
    assert await after(tmp_path, end) == (["work/uid/2-30/golden.json"], {})


@pytest.mark.parametrize("words", ["Stopped with strategy 'Stop'", "workflow shutdown with strategy:  Stop"])
async def test_a_step_that_quotes_argo_does_not_pass_for_a_stop(tmp_path: Path, words: str) -> None:
    _, letters = await after(tmp_path, ended("Failed", f"main: Error (exit code 65): RecordInvalid: {words}"))
    assert letters["dead-letters/uid-2-3.json"]["reason"] == "RecordInvalid"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("main: OOMKilled (exit code 137)", "OOMKilled"),
        ("The node was low on resource: memory.", "Evicted"),
        ("pod deleted", "PodLost"),
        ("Pod was active on the node longer than the specified deadline", "DeadlineExceeded"),
        ("main: StartError (exit code 128): no such file", "ContainerStartFailed"),
    ],
)
async def test_a_letter_names_the_reason_of_the_pod(tmp_path: Path, message: str, reason: str) -> None:
    above = {"displayName": "stage", "phase": "Failed", "message": "No more retries left"}
    pod = {"displayName": "stage(6)", "phase": "Failed", "message": message}
    _, letters = await after(tmp_path, ended("Failed", failures=json.dumps([above, pod])))
    letter = letters["dead-letters/uid-2-3.json"]
    assert (letter["step"], letter["reason"], letter["message"]) == ("stage", reason, message)
