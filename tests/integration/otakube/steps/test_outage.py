# SPDX-License-Identifier: Apache-2.0
"""An update while a provider is away: what it said stays, or a person is asked whatever the policy says."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from upstream_process import Upstream, Workbench

KEEPER = '--source-urls=["https://myanimelist.net/anime/70211"]'
AWAY: dict[str, object] = {"kind": "status", "status": 504}


def update(
    bench: Workbench, uid: str, *faults: dict[str, object], mode: str = "FullEnrichment", **settings: str
) -> dict[str, str]:
    """A run up to its review, under the policy Never, with these faults; all outputs."""
    shutil.rmtree(bench.folder / "bucket/objects/answers", ignore_errors=True)
    bench.upstream.faults(*faults)
    never = "--review-policy=Never"
    fetched = bench.step("fetch", KEEPER, never, f"--mode={mode}", uid=uid, **settings)
    assert fetched.status == 0, fetched.failure
    staged = bench.step("stage", f"--mode={mode}", uid=uid, **settings)
    assert staged.status == 0, staged.failure
    made = bench.step("assemble", never, f"--mode={mode}", uid=uid, **settings)
    assert made.status == 0, made.failure
    return fetched.outputs | made.outputs


def publish(bench: Workbench, uid: str, outputs: dict[str, str]) -> None:
    """Make the run's record live."""
    digest = f"--digest={outputs['digest']}"
    assert bench.step("embed", digest, "--accelerator=CPU", uid=uid).status == 0
    done = bench.step("commit", digest, "--decision=automatic", uid=uid)
    assert done.status == 0, done.failure


def counts(record: Any) -> dict[str, int]:
    return {part: len(record[part]) for part in ("episodes", "characters", "staff")}


def attributions(record: Any) -> dict[str, tuple[bool, str]]:
    """Staleness and time by provider; an episode update's come first, before those of the rest."""
    return {one["provider"]: (one["stale"], one["fetched_at"]) for one in reversed(record["attributions"])}


@pytest.fixture(scope="module")
def published(running: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Stores in which the record of three providers is live."""
    bench = Workbench(tmp_path_factory.mktemp("published"), running)
    publish(bench, "uid-1", update(bench, "uid-1"))
    return bench


@pytest.fixture
def bench(published: Workbench, upstream: Upstream, tmp_path: Path) -> Workbench:
    """A copy of them."""
    shutil.copytree(published.folder, tmp_path / "copy")
    return Workbench(tmp_path / "copy", upstream)


@pytest.fixture
def live(bench: Workbench) -> Any:
    """The live record."""
    return bench.golden("uid-1")


@pytest.mark.parametrize(
    ("provider", "mode"),
    [("jikan", "FullEnrichment"), ("kitsu", "FullEnrichment"), ("anilist", "EpisodeUpdate")],
)
def test_what_an_absent_provider_said_stays_with_its_time(
    bench: Workbench, live: Any, provider: str, mode: str
) -> None:
    done = update(bench, "uid-2", {"provider": provider, **AWAY}, mode=mode)
    record = bench.golden("uid-2")
    assert done["review"] == "Skip"
    assert json.loads(done["gates"]) == []
    assert counts(record) == counts(live)
    name = {"jikan": "Jikan", "anilist": "AniList", "kitsu": "Kitsu"}[provider]
    before, now = attributions(live), attributions(record)
    assert now.keys() == before.keys()
    assert now[name] == (True, before[name][1])
    assert not any(stale for other, (stale, _) in now.items() if other != name)
    assert {one["number"]: one["providers"] for one in record["episodes"]} == {
        one["number"]: one["providers"] for one in live["episodes"]
    }


def test_two_outages_one_after_the_other_lose_nothing(bench: Workbench, live: Any) -> None:
    publish(bench, "uid-2", update(bench, "uid-2", {"provider": "kitsu", **AWAY}))
    update(bench, "uid-3", {"provider": "kitsu", **AWAY}, {"provider": "jikan", **AWAY})
    record = bench.golden("uid-3")
    assert counts(record) == counts(live)
    assert attributions(record)["Kitsu"] == (True, attributions(live)["Kitsu"][1])
    assert any("what it said on" in finding for finding in record["findings"])
    update(bench, "uid-4")
    assert not any(stale for stale, _ in attributions(bench.golden("uid-4")).values())


def test_what_no_licence_lets_stay_goes_live_unseen_under_no_policy(bench: Workbench, live: Any) -> None:
    forbidden = {"OTAKUBE_PROVIDERS__KITSU__LICENCE": '{"storable": false}'}
    done = update(bench, "uid-2", {"provider": "kitsu", **AWAY}, **forbidden)
    assert done["review"] == "Required"
    (loss,) = [one for one in json.loads(done["gates"]) if one["gate"] == "Loss"]
    assert loss["message"].startswith("Kitsu did not answer (Unavailable); without it would go: ")
    assert any("its licence lets nothing be stored" in one for one in json.loads(done["findings"]))
    assert "Kitsu" not in attributions(bench.golden("uid-2"))


def test_a_provider_that_has_no_such_anime_any_more_has_answered(bench: Workbench, live: Any) -> None:
    done = update(bench, "uid-2", {"provider": "kitsu", "kind": "status", "status": 404})
    assert "Kitsu" not in attributions(bench.golden("uid-2"))
    assert not any(one["gate"] == "Loss" for one in json.loads(done["gates"]))
    assert done["review"] == "Skip"


def test_a_part_that_is_not_answered_stays_and_the_rest_is_new(bench: Workbench, live: Any) -> None:
    update(bench, "uid-2", {"provider": "jikan", "path": "*/characters", **AWAY})
    record = bench.golden("uid-2")
    assert counts(record) == counts(live)
    assert attributions(record)["Jikan"] == (True, attributions(live)["Jikan"][1])
    assert not record["entry"]["provenance"]["title"]["stale"]
