# SPDX-License-Identifier: Apache-2.0
"""One episode's way: awaited, confirmed, and published with the place of the next one."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from upstream_process import Outcome, Upstream, Workbench

BAKERY = '--source-urls=["https://myanimelist.net/anime/73815"]'  # ongoing, thirteen episodes
CLOCKMAKER = '--source-urls=["https://myanimelist.net/anime/77001"]'  # announced, with three past episodes
ASKED = '--providers=["Jikan","Kitsu"]'  # AniList plans the whole season
MODE, NEVER = "--mode=EpisodeUpdate", "--review-policy=Never"
WEEK = timedelta(weeks=1)


@pytest.fixture
def bench(upstream: Upstream, tmp_path: Path) -> Iterator[Workbench]:
    """Stores in which the series stands as it did a week ago."""
    upstream.move_clock(-WEEK)
    try:
        bench = Workbench(tmp_path, upstream)
        publish(bench, "uid-1", "--mode=FullEnrichment")
        yield bench
    finally:
        upstream.move_clock(timedelta())


def fetch(bench: Workbench, uid: str, episode: int) -> Outcome:
    return bench.step("fetch", BAKERY, ASKED, MODE, f"--episode={episode}", uid=uid)


def publish(
    bench: Workbench, uid: str, mode: str = MODE, *, episode: int | None = None, anime: str = BAKERY
) -> Any:
    """All steps; the record."""
    options = [] if episode is None else [f"--episode={episode}"]
    fetched = bench.step("fetch", anime, ASKED, mode, NEVER, *options, uid=uid)
    assert fetched.status == 0, fetched.failure
    assert bench.step("stage", mode, uid=uid).status == 0
    made = bench.step("assemble", mode, NEVER, uid=uid)
    assert made.status == 0, made.failure
    assert made.outputs["review"] == "Skip", made.outputs["gates"]
    digest = f"--digest={made.outputs['digest']}"
    assert bench.step("embed", digest, "--accelerator=CPU", uid=uid).status == 0
    done = bench.step("commit", digest, "--decision=automatic", uid=uid)
    assert done.status == 0, done.failure
    return bench.golden(uid)


def numbers(record: Any) -> list[int]:
    return [one["number"] for one in record["episodes"]]


def planned(record: Any) -> list[tuple[int, bool]]:
    """Numbers of the episodes that nobody lists, and whether their time is to come."""
    now = datetime.now(UTC) - WEEK
    return [
        (one["number"], datetime.fromisoformat(one["aired"]) > now)
        for one in record["episodes"]
        if not one["title"]
    ]


def test_an_episode_is_awaited_and_then_takes_the_place_that_was_kept_for_it(bench: Workbench) -> None:
    before = bench.golden("uid-1")
    [(number, to_come)] = planned(before)
    assert to_come
    assert number == max(numbers(before))
    early = fetch(bench, "uid-2", number)
    assert early.status == 65
    assert early.failure.startswith(f"EpisodeNotOut: episode {number} is not out: 0 of")
    bench.upstream.move_clock(timedelta())
    record = publish(bench, "uid-3", episode=number)
    [place] = [one for one in before["episodes"] if one["number"] == number]
    [episode] = [one for one in record["episodes"] if one["number"] == number]
    assert episode["title"]
    assert episode["id"] == place["id"]
    assert record["entry"]["status"] == "Ongoing"
    assert planned(record) == [(number + 1, True)]


def test_what_confirmed_an_episode_is_not_asked_for_again(bench: Workbench) -> None:
    [(number, _)] = planned(bench.golden("uid-1"))
    shutil.rmtree(bench.folder / "bucket/objects/answers")
    bench.upstream.move_clock(timedelta())
    bench.upstream.forget()
    assert fetch(bench, "uid-2", number).status == 0
    asked = bench.upstream.asked()
    assert bench.step("stage", MODE, uid="uid-2").status == 0
    assert fetch(bench, "uid-2", number).status == 0
    assert bench.upstream.asked() == asked


def test_an_answer_without_the_episode_is_not_served_again_from_the_cache(bench: Workbench) -> None:
    [(number, _)] = planned(bench.golden("uid-1"))
    assert fetch(bench, "uid-2", number).status == 65
    bench.upstream.move_clock(timedelta())
    assert fetch(bench, "uid-3", number).status == 0


def test_a_series_is_announced_then_on_air_and_finished_with_its_last_episode(
    upstream: Upstream, tmp_path: Path
) -> None:
    bench = Workbench(tmp_path, upstream)
    began = date.fromisoformat(upstream.get("/kitsu/api/edge/anime/66001")["data"]["attributes"]["startDate"])
    first = datetime.combine(began, time(1), UTC)  # 10:00 in Tokyo

    def ahead(weeks: float) -> timedelta:
        return first + weeks * WEEK - datetime.now(UTC)

    try:
        upstream.move_clock(ahead(-0.5))
        record = publish(bench, "uid-0", "--mode=FullEnrichment", anime=CLOCKMAKER)
        assert (record["entry"]["status"], numbers(record)) == ("Upcoming", [])
        for episode, status in enumerate(("Ongoing", "Ongoing", "Finished"), 1):
            upstream.move_clock(ahead(episode - 0.5))
            shutil.rmtree(bench.folder / "bucket/objects/answers")  # as a day does
            record = publish(bench, f"uid-{episode}", episode=episode, anime=CLOCKMAKER)
            assert record["entry"]["status"] == status
            assert planned(record) == ([(episode + 1, True)] if status == "Ongoing" else [])
            assert numbers(record)[:episode] == list(range(1, episode + 1))
    finally:
        upstream.move_clock(timedelta())
    assert record["entry"]["aired_to"] == (began + 2 * WEEK).isoformat()
