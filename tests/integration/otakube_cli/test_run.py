# SPDX-License-Identifier: Apache-2.0
"""`otakube run` against the stand-in upstream: three titles, the review, refusals, and going on."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from run_bench import DEMO, RunBench, manifest

TICK = DEMO.with_name("tick")
HOSHI = {"title": "Hoshi no Toudaimori", "year": 2023, "type": "TV"}
NOTE = "poster checked"
QUERY = "someone keeps a light burning so that the lost find their way home"


@pytest.fixture
def local(tmp_path: Path) -> RunBench:
    return RunBench(tmp_path)


def test_three_titles_go_live_and_a_search_finds_them(local: RunBench) -> None:
    ended = local.run(DEMO, "--yes", "--search", QUERY)
    assert ended.status == 0, ended.error
    rows = ended.enrichments
    assert {row["state"] for row in rows.values()} == {"Live"}
    assert ended.search["results"][0]["title"] == "Hoshi no Toudaimori"
    live = {row["entry_id"]: row["digest"] for row in local.documents.documents("animes")}
    assert live == {row["entry"]: row["digest"] for row in rows.values()}
    assert "kasa-no-eki: fetch found 'Kasa no Eki' at" in ended.error
    assert "not at Kitsu" in ended.error
    assert not list((local.stores / "objects/work").rglob("*.json")), "finished runs leave no work objects"

    again = local.run(DEMO, "--search", QUERY)
    assert (again.status, again.enrichments) == (0, rows)
    assert ": fetch " not in again.error


def test_an_episode_that_is_not_out_is_tried_again_and_published_once_it_is(local: RunBench) -> None:
    ago = "--stand-in-days=-14"
    assert local.run(TICK / "series.yaml", ago, "--yes").status == 0
    early = local.run(TICK / "episode.yaml", ago)
    row = early.enrichments["mayonaka-no-panya-ep6"]
    assert (early.status, row["state"]) == (75, "Retriable")
    assert row["failure"].startswith("EpisodeNotOut: episode 6 is not out")
    assert local.documents.documents("dead_letters") == []
    late = local.run(TICK / "episode.yaml")
    row = late.enrichments["mayonaka-no-panya-ep6"]
    assert (late.status, row["state"], row["version"]) == (0, "Live", "2")


def test_a_suspended_enrichment_is_held_and_goes_on_as_the_same_run(local: RunBench) -> None:
    never, asked = {"policy": "Never"}, {"policy": "Required"}
    held = local.run(manifest(local.folder, "hoshi", anime=HOSHI, review=never, suspend=True))
    row = held.enrichments["hoshi"]
    assert (held.status, row["state"], row["seconds"]) == (75, "Suspended", {})
    assert row["failure"].startswith("spec.suspend is true: ")
    assert local.documents.documents("runs") == []
    waiting = local.run(manifest(local.folder, "hoshi", anime=HOSHI, review=asked)).enrichments["hoshi"]
    held = local.run(manifest(local.folder, "hoshi", anime=HOSHI, review=asked, suspend=True), "--yes")
    assert held.enrichments["hoshi"]["state"] == "Suspended"
    assert held.enrichments["hoshi"]["seconds"] == waiting["seconds"]
    path = manifest(local.folder, "hoshi", anime=HOSHI, review=asked)
    live = local.run(path, "--yes").enrichments["hoshi"]
    assert (live["state"], live["version"]) == ("Live", "1")
    assert live["seconds"]["fetch"] == waiting["seconds"]["fetch"]
    still = local.run(manifest(local.folder, "hoshi", anime=HOSHI, review=asked, suspend=True))
    assert (still.status, still.enrichments["hoshi"]) == (0, live)


def test_a_changed_spec_and_again_are_new_versions_of_the_same_entry(local: RunBench, tmp_path: Path) -> None:
    path = manifest(tmp_path, "hoshi", anime=HOSHI, review={"policy": "Never"})
    first = local.run(path).enrichments["hoshi"]
    changed = local.run(manifest(tmp_path, "hoshi", anime=HOSHI), "--yes").enrichments["hoshi"]
    again = local.run(tmp_path / "hoshi.yaml", "--yes", "--again").enrichments["hoshi"]
    assert first["entry"] == changed["entry"] == again["entry"]
    assert [row["version"] for row in (first, changed, again)] == ["1", "2", "3"]
    runs = [json_["generation"] for json_ in local.documents.documents("runs")]
    assert runs == [1, 2, 2]
    other = local.run(manifest(tmp_path, "hoshi", anime={"title": "Kasa no Eki"}))
    assert other.status == 65
    assert "spec.anime cannot change" in other.error
    kasa = manifest(tmp_path, "kasa", anime={"title": "Kasa no Eki"}, review={"policy": "Never"})
    assert local.run(kasa, tmp_path / "hoshi.yaml").status == 65
    runs = local.documents.documents("runs")
    assert {row["enrichment"] for row in runs} == {"default/hoshi"}, "refused before any is run"


def test_without_a_person_a_review_waits_and_the_next_call_goes_on_behind_it(local: RunBench) -> None:
    waiting = local.run(DEMO / "kagami-no-kuni.yaml")
    assert waiting.status == 75
    row = waiting.enrichments["kagami-no-kuni"]
    assert (row["state"], row["entry"]) == ("Waiting", "")
    assert "run again on a terminal, or with --yes" in row["failure"]
    ended = local.run(DEMO / "kagami-no-kuni.yaml", "--yes")
    assert ended.status == 0, ended.error
    assert "goes on behind assemble" in ended.error
    live = ended.enrichments["kagami-no-kuni"]
    assert live["seconds"]["fetch"] == row["seconds"]["fetch"]
    [review] = local.documents.documents("reviews")
    assert (review["decision"], review["note"]) == ("approve", "approved by --yes, without a look")


def test_a_title_in_other_capitals_goes_on_with_what_waits_for_its_review(local: RunBench) -> None:
    waiting = local.run("Tetsu no Hana")
    assert waiting.status == 75, waiting.error
    ended = local.run("tetsu  NO hana", "--yes")
    assert ended.status == 0, ended.error
    assert "goes on behind assemble" in ended.error
    assert local.run("TETSU NO HANA").enrichments == ended.enrichments
    [run] = local.documents.documents("runs")
    assert (run["generation"], run["attempt"]) == (1, 1)
    assert run["spec"]["anime"] == {"title": "Tetsu no Hana"}
    other = local.run(manifest(local.folder, "tetsu-no-hana", anime={"title": "Tetsu no Hana", "year": 2001}))
    assert "spec.anime cannot change" in other.error


def test_providers_that_are_away_are_no_interruption_and_the_same_command_goes_on(local: RunBench) -> None:
    nobody = {f"OTAKUBE_PROVIDERS__{one}__URL": "http://127.0.0.1:9" for one in ("JIKAN", "ANILIST", "KITSU")}
    failed = local.run_alone("Hoshi no Toudaimori", **nobody)
    assert failed.status == 75, failed.error
    row = failed.enrichments["hoshi-no-toudaimori"]
    assert row["state"] == "Retriable"
    assert row["failure"].startswith("QuorumNotReached: ")
    ended = local.run("Hoshi no Toudaimori", "--yes")
    assert ended.enrichments["hoshi-no-toudaimori"]["state"] == "Live", ended.error


def test_a_gpu_is_refused_before_anything_is_stored_or_asked(local: RunBench, tmp_path: Path) -> None:
    asking = manifest(tmp_path, "hoshi", anime=HOSHI, accelerator="GPU")
    ended = local.run(DEMO, asking, "--yes")
    assert ended.status == 65
    assert "otakube: hoshi: spec.accelerator is 'GPU', but ONNX Runtime has no" in ended.error
    assert not local.stores.exists()


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_name_of_the_stores_is_refused_and_is_not_the_working_folder(
    local: RunBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = local.run_alone("Hoshi no Toudaimori", f"--stores={empty}")
    assert ended.status == 2
    assert "Invalid value for '--stores': it is empty" in ended.error
    assert list(tmp_path.iterdir()) == []


def test_a_list_of_objects_goes_live_and_an_unknown_field_of_metadata_is_named(
    local: RunBench, tmp_path: Path
) -> None:
    one, wrong = (json.loads(manifest(tmp_path, name, anime=HOSHI).read_text()) for name in ("hoshi", "b"))
    together = tmp_path / "together.yaml"
    together.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [one]}))
    ended = local.run(together, "--yes")
    assert {name: row["state"] for name, row in ended.enrichments.items()} == {"hoshi": "Live"}
    wrong["metadata"]["tags"] = {"shelf": "new"}
    together.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [one, wrong]}))
    refused = local.run(together, "--yes")
    assert refused.status == 65
    assert (
        f"otakube: {together}, item 2: metadata.tags is {{'shelf': 'new'}}, but there is no" in refused.error
    )


@pytest.mark.parametrize(
    ("words", "status", "decisions"),
    [(["maybe", "y"], 0, ["approve"]), (["n"], 0, []), (["l"], 75, [])],
    ids=["approved", "rejected", "later"],
)
def test_a_person_answers_at_the_prompt(
    local: RunBench, words: list[str], status: int, decisions: list[str]
) -> None:
    command = local.command(DEMO / "kagami-no-kuni.yaml")[:-1]
    text, ended = at_a_terminal(command, local.environment(), words)
    assert ended == status, text
    assert "Publish this record? y(es), n(o), l(ater)" in text
    assert "episode_count" in text, "a reviewer sees the fields and who disagrees"
    assert "Compared with no version, as of a new entry" in text
    reviews = local.documents.documents("reviews")
    assert [(one["decision"], one["note"]) for one in reviews] == [(one, NOTE) for one in decisions]


def at_a_terminal(command: list[str], environment: dict[str, str], words: list[str]) -> tuple[str, int]:
    """Run it on a terminal of its own, where somebody types; all that was shown, and the exit status."""
    ours, theirs = pty.openpty()
    answers = iter(words)
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        text, deadline = "", time.monotonic() + 120
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 0.2)[0]:
                continue
            try:
                text += os.read(ours, 65536).decode(errors="replace")
            except OSError:  # they closed it
                break
            question = text.rpartition("\n")[2]
            if question.startswith("Publish this record?") and question.endswith(": "):
                os.write(ours, f"{next(answers)}\n".encode())
            elif question.startswith("Ids of suggestions"):
                os.write(ours, b"\n")
            elif question.endswith("kept with the decision: "):
                os.write(ours, f"{NOTE}\n".encode())
        return text, process.wait(120)


def test_a_title_that_nobody_knows_is_fatal_and_leaves_a_dead_letter(local: RunBench) -> None:
    ended = local.run("No Such Anime Anywhere")
    assert ended.status == 65
    row = ended.enrichments["no-such-anime-anywhere"]
    assert row["state"] == "Failed"
    assert row["failure"].startswith("AnimeUnknown: no provider knows")
    [letter] = local.documents.documents("dead_letters")
    assert (letter["step"], letter["reason"], letter["attempt"]) == ("fetch", "AnimeUnknown", 1)
    assert local.run("No Such Anime Anywhere").status == 65
    assert len(local.documents.documents("dead_letters")) == 2, "another call is another attempt"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("kind: [", "is no YAML"),
        ("", "holds no object"),
        (
            "apiVersion: otakube.dev/v1alpha1\nkind: EpisodeSchedule\nmetadata: {name: a}\nspec: {}\n",
            "kind is",
        ),
    ],
)
def test_a_wrong_manifest_is_refused_before_anything_is_asked(
    local: RunBench, tmp_path: Path, body: str, words: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(body)
    ended = local.run(path)
    assert ended.status == 65
    assert f"otakube: {path}" in ended.error
    assert words in ended.error
    assert not local.stores.exists()


def test_ctrl_c_ends_it_and_the_same_command_goes_on(local: RunBench) -> None:
    with local.start(DEMO, "--yes") as process:
        assert process.stderr is not None
        while ": fetch " not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "the same command goes on from here" in error
    ended = local.run(DEMO, "--yes")
    assert ended.status == 0, ended.error
    assert "goes on behind" in ended.error
    assert {row["state"] for row in ended.enrichments.values()} == {"Live"}


def test_two_calls_at_once_do_not_share_a_folder(local: RunBench) -> None:
    with local.start(DEMO, "--yes") as first:
        while not (local.stores / "run.log").exists():
            time.sleep(0.01)
        first.send_signal(signal.SIGSTOP)  # so that it cannot end before the second has looked
        second = local.run(DEMO, "--yes")
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=120)
    assert first.returncode == 0
    assert second.status == 75
    assert "is in use by another `otakube run`" in second.error
