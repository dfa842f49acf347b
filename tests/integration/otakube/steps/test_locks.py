# SPDX-License-Identifier: Apache-2.0
"""A person's decisions hold in a run, whatever the stand-in's providers say and link."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from lock_builders import DECISION
from otakube.domain.locks.change import LockChange, pack
from otakube.domain.locks.lock import Different, FieldLock, Lock, Same, TitleLock
from upstream_process import Workbench

KEEPER = "https://myanimelist.net/anime/70211"
KEEPER_AT_ANILIST, KEEPER_AT_KITSU = "https://anilist.co/anime/210437", "https://kitsu.app/anime/61204"
BLUEBIRD, REMAKE = "https://myanimelist.net/anime/70102", "https://myanimelist.net/anime/72440"
OTHER_AT_ANILIST = "https://anilist.co/anime/210902"  # agrees with the keeper in nothing


def decide(bench: Workbench, *locks: Lock) -> None:
    """As the pod of the lock commands does it."""
    otakube, bucket = Path(sys.executable).with_name("otakube"), bench.folder / "bucket"
    command = [otakube, "curate", "locks", f"--payload={pack(LockChange(set=list(locks)))}"]
    options = [f"--objects=file:{bucket}", f"--outputs={bench.folder}/curated"]
    subprocess.run([*command, *options], check=True, capture_output=True, timeout=60)


def fetched(bench: Workbench, *options: str, uid: str = "uid-1") -> dict[str, Any]:
    """The run's summary, after fetch and stage."""
    done = bench.step("fetch", *options, uid=uid)
    assert done.status == 0, done.failure
    assert bench.step("stage", uid=uid).status == 0
    summary: dict[str, Any] = bench.read(f"work/{uid}/1-1/fetch/summary.json")
    return summary


def staged(bench: Workbench, uid: str = "uid-1") -> dict[str, Any]:
    stage: dict[str, Any] = bench.read(f"work/{uid}/1-1/stage/1-metadata.json")
    return stage


def test_a_title_that_may_mean_two_anime_means_the_one_that_was_decided(bench: Workbench) -> None:
    assert bench.step("fetch", "--title=Aoi Tori").failure.startswith("AnimeAmbiguous")
    decide(bench, TitleLock(title="aoi tori", page=REMAKE, **DECISION))
    fetched(bench, "--title=Aoi Tori")
    assert REMAKE in staged(bench)["merged"]["same_as"]
    assert bench.step("fetch", "--title=Aoi Tori", "--type=Movie", uid="uid-2").status != 0


def test_a_page_that_is_another_anime_is_left_out_though_everybody_links_it(bench: Workbench) -> None:
    decide(bench, Different(pages=[KEEPER, KEEPER_AT_ANILIST], **DECISION))
    summary = fetched(bench, f'--source-urls=["{KEEPER}"]')
    assert "AniList" not in summary["answered"]
    assert "Kitsu" in summary["answered"]
    assert KEEPER_AT_ANILIST not in staged(bench)["merged"]["same_as"]
    owners = bench.owners()
    assert KEEPER in owners
    assert KEEPER_AT_ANILIST not in owners
    other = fetched(bench, f'--source-urls=["{KEEPER_AT_ANILIST}"]', uid="uid-2")
    assert other["entry_id"] != summary["entry_id"]
    assert "Jikan" not in other["answered"]


def test_an_entry_that_held_two_anime_keeps_the_trusted_page_and_the_other_gets_its_own(
    bench: Workbench,
) -> None:
    both = fetched(bench, f'--source-urls=["{KEEPER}"]')
    assert {"Jikan", "AniList", "Kitsu"} <= set(both["answered"])
    decide(bench, Different(pages=[KEEPER, KEEPER_AT_ANILIST], **DECISION))
    other = fetched(bench, f'--source-urls=["{KEEPER_AT_ANILIST}"]', uid="uid-2")
    again = fetched(bench, f'--source-urls=["{KEEPER}"]', uid="uid-3")
    assert again["entry_id"] == both["entry_id"] != other["entry_id"]
    owners = bench.owners()
    assert owners[KEEPER_AT_ANILIST] == other["entry_id"]
    assert owners[KEEPER] == owners[KEEPER_AT_KITSU] == both["entry_id"]
    messages = {one["provider"]: one["message"] for one in other["failed"]}
    assert messages["Kitsu"].startswith(f"{KEEPER_AT_KITSU} is another entry's, by a merge lock: lock_")
    assert KEEPER_AT_KITSU not in staged(bench, "uid-2")["merged"]["same_as"]


def test_pages_that_a_run_names_together_are_told_apart_and_the_first_stays(bench: Workbench) -> None:
    decide(bench, Different(pages=[KEEPER, KEEPER_AT_KITSU], **DECISION))
    summary = fetched(bench, f'--source-urls=["{KEEPER}", "{KEEPER_AT_KITSU}"]')
    messages = [one["message"] for one in summary["failed"] if one["provider"] == "Kitsu"]
    assert any(message.startswith("Kitsu is left out by a merge lock: lock_") for message in messages)
    assert KEEPER_AT_KITSU not in staged(bench)["merged"]["same_as"]


def test_a_page_that_is_the_same_anime_is_taken_though_nothing_agrees(bench: Workbench) -> None:
    named = f'--source-urls=["{KEEPER}", "{OTHER_AT_ANILIST}"]'
    doubted = fetched(bench, named, uid="uid-2")
    assert [one["gate"] for one in doubted["gates"]] == ["Identity"]
    decide(bench, Same(pages=[KEEPER, OTHER_AT_ANILIST], **DECISION))
    summary = fetched(bench, f'--source-urls=["{KEEPER}"]')
    assert OTHER_AT_ANILIST in staged(bench)["merged"]["same_as"]
    assert summary["agreement"]["AniList"] == summary["agreement"]["Jikan"] == 1.0
    assert summary["gates"] == []


def test_a_field_that_was_decided_stands_with_who_decided_and_what_the_providers_say(
    bench: Workbench,
) -> None:
    decide(bench, FieldLock(pages=[KEEPER_AT_KITSU], field="episode_count", value=99, **DECISION))
    fetched(bench, f'--source-urls=["{KEEPER}"]')
    stage = staged(bench)
    source = stage["provenance"]["episode_count"]
    assert stage["merged"]["episode_count"] == 99
    assert (source["decided_by"], source["confidence"], source["providers"]) == ("ilse", 1.0, [])
    assert {one["provider"] for one in source["losing"]} >= {"Jikan", "AniList", "Kitsu"}


def test_decisions_that_met_too_late_are_a_gate_s_finding(bench: Workbench) -> None:
    decide(bench, *(
        FieldLock(pages=[page], field="episode_count", value=count, **DECISION)
        for page, count in ((KEEPER, 98), (KEEPER_AT_KITSU, 99))
    ))  # fmt: skip
    summary = fetched(bench, f'--source-urls=["{KEEPER}"]')
    [finding] = [one for one in summary["gates"] if one["gate"] == "Consistency"]
    assert finding["message"].startswith("episode_count is locked to several values: lock_")
    assert staged(bench)["provenance"]["episode_count"]["decided_by"] is None
