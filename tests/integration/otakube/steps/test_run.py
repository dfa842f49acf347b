# SPDX-License-Identifier: Apache-2.0
"""Fetch, stage and assemble as processes against the stand-in upstream: good titles, and retries."""

import json

import pytest

from upstream_process import Workbench

KEEPER = '--source-urls=["https://myanimelist.net/anime/70211"]'


def enrich(
    bench: Workbench, *options: str, uid: str = "uid-1", mode: str = "FullEnrichment"
) -> dict[str, str]:
    """Run the steps up to the review; all outputs."""
    fetched = bench.step("fetch", *options, uid=uid)
    assert fetched.status == 0, fetched.failure
    assert bench.step("stage", f"--mode={mode}", uid=uid).status == 0
    imaged = bench.step("assemble", "--review-policy=OnLowConfidence", f"--mode={mode}", uid=uid)
    assert imaged.status == 0, imaged.failure
    return fetched.outputs | imaged.outputs


def test_a_title_that_all_agree_about_goes_straight_through(bench: Workbench) -> None:
    outputs = enrich(bench, "--title=Hoshi no Toudaimori")
    assert outputs["failed-sources"] == "[]"
    assert (outputs["review"], outputs["confidence"]) == ("Skip", "1.00")
    assert (outputs["findings"], outputs["gates"]) == ("[]", "[]")
    record = bench.golden()
    assert len(record["episodes"]) == 26
    assert set(record["entry"]["sources"]) >= {
        "https://myanimelist.net/anime/70211",
        "https://anilist.co/anime/210437",
        "https://kitsu.app/anime/61204",
    }
    assert record["episodes"][0]["aired"] == "2023-04-08T14:30:00Z"
    assert {one["name"] for one in record["characters"]} >= {"Aoi Minato", "Umi"}
    assert outputs["images-failed"] == "0"
    assert len(bench.objects("images/")) == int(outputs["images-stored"])


def test_every_field_says_who_says_so_when_and_how_sure(bench: Workbench) -> None:
    enrich(bench, KEEPER)
    entry = bench.golden()["entry"]
    for field in ("title", "type", "status", "season", "episode_count", "synopsis", "genres"):
        said = entry["provenance"][field]
        assert {"provider", "fetched_at", "licence", "confidence"} <= said.keys()


def test_the_same_run_again_asks_nobody_and_gives_the_same_record(bench: Workbench) -> None:
    first = enrich(bench, KEEPER)
    record = bench.golden()
    bench.upstream.forget()
    assert enrich(bench, KEEPER) == first
    assert bench.golden() == record
    assert bench.upstream.asked() == 0


def test_another_run_downloads_no_image_again(bench: Workbench) -> None:
    enrich(bench, KEEPER)
    bench.upstream.forget()
    second = enrich(bench, KEEPER, uid="uid-2")
    assert second["images-failed"] == "0"
    paths = {row["path"] for row in _requests(bench)}
    assert not any("images/" in path for path in paths if isinstance(path, str))


def _requests(bench: Workbench) -> list[dict[str, object]]:
    import httpx2

    found: list[dict[str, object]] = httpx2.get(f"{bench.upstream.url}/admin/requests").json()
    return found


def test_any_page_of_an_anime_leads_to_the_same_entry(bench: Workbench) -> None:
    ids = {
        bench.step("fetch", f'--source-urls=["{url}"]', uid=f"uid-{number}").outputs["entry-id"]
        for number, url in enumerate(
            [
                "https://myanimelist.net/anime/70211",
                "https://anilist.co/anime/210437",
                "https://kitsu.app/anime/61204",
                "https://kitsu.app/anime/hoshi-no-toudaimori",
            ]
        )
    }
    assert len(ids) == 1


def test_only_the_missing_part_is_fetched_after_a_partial_failure(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "kitsu", "kind": "html"})
    assert bench.step("fetch", KEEPER).status == 0
    bench.upstream.faults()
    bench.upstream.forget()
    again = bench.step("fetch", KEEPER)
    assert again.outputs["failed-sources"] == "[]"
    assert {row["provider"] for row in _requests(bench)} == {"kitsu"}


def test_a_title_that_is_torn_says_so_to_the_reviewer(bench: Workbench) -> None:
    outputs = enrich(bench, '--source-urls=["https://myanimelist.net/anime/71544"]')
    findings = json.loads(outputs["findings"])
    assert any(one.startswith("episode_count: Jikan is believed") for one in findings)
    assert float(outputs["confidence"]) < 0.9


def test_one_provider_alone_is_for_a_person_to_confirm(bench: Workbench) -> None:
    outputs = enrich(bench, '--source-urls=["https://anilist.co/anime/216201"]')
    assert outputs["review"] == "Required"
    assert {one["provider"] for one in json.loads(outputs["failed-sources"])} == {"Jikan", "Kitsu"}


def test_a_long_runner_has_all_its_episodes(bench: Workbench) -> None:
    enrich(bench, "--title=Ginrei no Kaidou")
    numbers = [one["number"] for one in bench.golden()["episodes"]]
    assert numbers == list(range(1, 151))


@pytest.mark.parametrize(("policy", "expected"), [("Required", "Required"), ("Never", "Skip")])
def test_the_policy_decides_about_the_review(bench: Workbench, policy: str, expected: str) -> None:
    assert bench.step("fetch", KEEPER).status == 0
    assert bench.step("stage").status == 0
    assert bench.step("assemble", f"--review-policy={policy}").outputs["review"] == expected
