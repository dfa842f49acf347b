# SPDX-License-Identifier: Apache-2.0
"""Upstreams that die, stand in for each other, or are switched off; and records that a gate stops."""

import json
import shutil
from typing import Any

import pytest

from otakube_standins.upstream.provider import otakube_environment
from upstream_process import Workbench

MUSHI = 70211
KEEPER = f'--source-urls=["https://myanimelist.net/anime/{MUSHI}"]'


def settings(bench: Workbench) -> dict[str, str]:
    """With the official way to MyAnimeList switched on."""
    return otakube_environment(bench.upstream.url, "myanimelist")


def off(*providers: str) -> dict[str, str]:
    """With these switched off."""
    return {f"OTAKUBE_PROVIDERS__{name}__ENABLED": "false" for name in providers}


def fetched(bench: Workbench, *options: str, uid: str = "uid-1", **more: str) -> dict[str, Any]:
    """The providers that answered, and the failures of the others."""
    done = bench.step("fetch", KEEPER, *options, uid=uid, **more)
    assert done.status == 0, done.failure
    failed = json.loads(done.outputs["failed-sources"])
    return {
        "answered": json.loads(done.outputs["answered-sources"]),
        "failed": {one["provider"]: one["reason"] for one in failed},
        "messages": " ".join(one["message"] for one in failed),
    }


def forget_answers(bench: Workbench) -> None:
    """So that the provider is asked again, not the cache."""
    shutil.rmtree(bench.folder / "bucket/objects/answers", ignore_errors=True)


def test_of_two_pages_of_one_title_the_one_of_that_year_is_fetched_and_no_gate_asks(bench: Workbench) -> None:
    more = otakube_environment(bench.upstream.url, "anime_planet") | off("ANILIST", "KITSU")
    done = bench.step("fetch", '--source-urls=["https://myanimelist.net/anime/70102"]', **more)  # of 2012
    summary = bench.read("work/uid-1/1-1/fetch/summary.json")
    assert done.outputs["answered-sources"] == '["Jikan","AnimePlanet"]'
    found = bench.read("work/uid-1/1-1/fetch/AnimePlanet.converted.json")
    assert found["source_url"] == "https://www.anime-planet.com/anime/aoi-tori"  # not aoi-tori-2024
    assert summary["gates"] == []


def test_where_the_named_page_cannot_be_asked_the_links_of_others_lead_to_it(bench: Workbench) -> None:
    only = fetched(bench, uid="uid-1", **off("JIKAN"))
    assert sorted(only["answered"]) == ["AniList", "Kitsu"]
    bench.upstream.faults({"provider": "jikan", "kind": "status", "status": 504})
    forget_answers(bench)
    outage = fetched(bench, uid="uid-2")
    assert sorted(outage["answered"]) == ["AniList", "Kitsu"]
    assert outage["failed"] == {"Jikan": "Unavailable"}


def test_one_way_to_myanimelist_stands_in_for_the_other_and_back(bench: Workbench) -> None:
    usual = fetched(bench, uid="uid-1", **settings(bench))
    assert ("Jikan" in usual["answered"], "MyAnimeList" in usual["answered"]) == (True, False)
    forget_answers(bench)
    bench.upstream.faults({"provider": "jikan", "kind": "status", "status": 504})
    outage = fetched(bench, uid="uid-2", **settings(bench))
    assert "MyAnimeList" in outage["answered"]
    assert outage["failed"]["Jikan"] == "Unavailable"
    forget_answers(bench)
    bench.upstream.faults()
    back = fetched(bench, uid="uid-3", **settings(bench))
    assert ("Jikan" in back["answered"], "MyAnimeList" in back["answered"]) == (True, False)
    bench.upstream.faults({"provider": "myanimelist", "kind": "status", "status": 504})
    forget_answers(bench)
    preferred = {"OTAKUBE_PROVIDERS__MYANIMELIST__PREFERRED": "true"}
    turned = fetched(bench, uid="uid-4", **settings(bench), **preferred)
    assert "Jikan" in turned["answered"]
    assert turned["failed"]["MyAnimeList"] == "Unavailable"


def test_an_old_copy_of_one_way_has_the_other_asked_too(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "jikan", "kind": "stale"})
    found = fetched(bench, **settings(bench))
    assert {"Jikan", "MyAnimeList"} <= set(found["answered"])


def test_an_answer_that_shrank_since_the_last_run_is_ignored_and_said_so(bench: Workbench) -> None:
    assert "Jikan" in fetched(bench, uid="uid-1")["answered"]
    forget_answers(bench)
    bench.upstream.faults({"provider": "jikan", "kind": "shrink"})
    found = fetched(bench, uid="uid-2")
    assert "Jikan" not in found["answered"]
    assert found["failed"]["Jikan"] == "Implausible"
    assert "its answer shrank: " in found["messages"]
    assert "episodes 26 -> 1" in found["messages"]
    assert bench.step("stage", uid="uid-2").status == 0
    imaged = bench.step("assemble", "--review-policy=OnLowConfidence", uid="uid-2")
    gates = json.loads(imaged.outputs["gates"])
    assert {one["gate"] for one in gates} == {"Plausibility"}
    assert gates == bench.golden("uid-2")["gates"]
    assert imaged.outputs["review"] == "Required"
    forget_answers(bench)
    bench.upstream.faults()
    assert "Jikan" in fetched(bench, uid="uid-3")["answered"]


def test_a_provider_that_is_wanted_but_off_is_reported(bench: Workbench) -> None:
    found = fetched(bench, '--providers=["Jikan","AnimePlanet"]')
    assert found["answered"] == ["Jikan"]
    assert found["failed"] == {"AnimePlanet": "SwitchedOff"}


@pytest.mark.parametrize(("policy", "review"), [("OnLowConfidence", "Required"), ("Never", "Skip")])
def test_a_failed_gate_makes_somebody_look_unless_nobody_shall(
    bench: Workbench, policy: str, review: str
) -> None:
    fetched(bench)
    assert bench.step("stage").status == 0
    done = bench.step("assemble", f"--review-policy={policy}", OTAKUBE_IMAGE_PRIVATE_HOSTS="[]")
    assert done.outputs["review"] == review
    assert json.loads(done.outputs["gates"]) == [
        {"gate": "Completeness", "message": "no poster could be mirrored"}
    ]
