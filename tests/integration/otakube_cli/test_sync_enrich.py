# SPDX-License-Identifier: Apache-2.0
"""`otakube sync run --enrich` against the stand-in upstream: entries that end well or not, and a kill."""

import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from run_bench import SECONDS, Ended, RunBench
from unit.otakube.domain.dataset.weeks import json_lines, row

MAL, ANILIST, KITSU = (
    "https://myanimelist.net/anime/",
    "https://anilist.co/anime/",
    "https://kitsu.app/anime/",
)
HOSHI = row(
    "Hoshi no Toudaimori",
    f"{MAL}70211",
    f"{ANILIST}210437",
    f"{KITSU}61204",
    episodes=26,
    animeSeason={"season": "SPRING", "year": 2023},
)
KASA = row("Kasa no Eki", f"{MAL}70588", f"{ANILIST}210902", animeSeason={"season": "SUMMER", "year": 2024})
KAGAMI = row("Kagami no Kuni no Kikoushi", f"{MAL}71201", animeSeason={"season": "FALL", "year": 2023})
OTHER = row("Something Else Entirely", f"{ANILIST}211560", animeSeason={"season": "FALL", "year": 1999})
UNKNOWN = row("Nobody Knows", f"{MAL}999998")
ELSEWHERE = row("Elsewhere", "https://www.livechart.me/anime/1")
WEEK = [HOSHI, KASA, KAGAMI, OTHER, UNKNOWN, ELSEWHERE]


@pytest.fixture
def local(tmp_path: Path) -> RunBench:
    return RunBench(tmp_path)


def start(local: RunBench, *options: str, rows: list[dict[str, Any]] = WEEK) -> "subprocess.Popen[str]":
    week = local.folder / "week.jsonl"
    week.write_bytes(json_lines(rows, datetime.now(UTC).date().isoformat()))
    command = [*local.program, "sync", "run", str(week), *local.outputs, *options]
    command += ["--stand-in", f"--stand-in-port={local.port}", "--allow=changed=9", "--allow=growth=9"]
    return subprocess.Popen(
        command, env=local.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def sync(local: RunBench, *options: str, rows: list[dict[str, Any]] = WEEK) -> dict[str, Any]:
    with start(local, *options, rows=rows) as process:
        out, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, error
    report: dict[str, Any] = json.loads(out)["enrichment"]
    return report


def ask(local: RunBench, *words: str) -> Any:
    command = [*local.program, *words, *local.outputs]
    done = subprocess.run(command, env=local.environment(), capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, Ended(done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout)


def live(local: RunBench) -> dict[str, int]:
    rows = local.documents.documents("animes")
    return {row["entry_id"]: row["live_version"] for row in rows if row["live_version"] is not None}


def test_listed_entries_are_enriched_and_what_a_person_must_see_stays_listed(local: RunBench) -> None:
    first = sync(local, "--enrich=all", "--max=1")
    assert (first["due"], first["enriched"], first["left"]) == (5, 1, 4)
    assert list(live(local).values()) == [1]
    again = sync(local, "--enrich=all")
    assert again == {"due": 4, "enriched": 1, "refused": 2, "failed": 1, "passedOver": 0, "left": 0}
    assert list(live(local).values()) == [1, 1], "what is enriched is not enriched again"
    flags = {one["title"]: one for one in ask(local, "flags", "list")}
    assert flags["Kagami no Kuni no Kikoushi"]["ours"].startswith("Review: confidence ")
    assert "shows 'Yoake no Ressha'" in flags["Something Else Entirely"]["ours"]
    assert flags["Nobody Knows"]["ours"].startswith("AnimeUnknown: ")
    assert ask(local, "sync", "status")["enrichment"] == again
    assert not list((local.stores / "objects/work").rglob("*.json")), "turns leave no work objects"
    assert local.documents.documents("dead_letters") == []


def test_new_means_the_rows_that_this_week_brought(local: RunBench) -> None:
    sync(local, rows=WEEK[1:])
    report = sync(local, "--enrich=new", rows=WEEK)
    assert (report["due"], report["enriched"]) == (1, 1)


def test_a_sync_that_is_killed_in_the_middle_of_an_entry_goes_on_with_that_entry(local: RunBench) -> None:
    work = local.stores / "objects/work"
    with start(local, "--enrich=all", rows=[HOSHI, KASA]) as process:
        deadline = time.monotonic() + SECONDS
        while not list(work.rglob("*.converted.json")):
            assert process.poll() is None, "it ended first"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
        process.communicate()
    report = sync(local, "--enrich=all", rows=[HOSHI, KASA])
    assert (report["enriched"], report["passedOver"]) == (2, 0)
    assert list(live(local).values()) == [1, 1]
    assert not list(work.rglob("*.json"))
