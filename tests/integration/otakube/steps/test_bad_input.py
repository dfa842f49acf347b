# SPDX-License-Identifier: Apache-2.0
"""Mistakes of providers and people: a clear reason, nothing stored, nothing lost."""

import json

import pytest

from otakube_api.contract import FailureReason
from upstream_process import Workbench

KEEPER = '--source-urls=["https://myanimelist.net/anime/70211"]'
FATAL, RETRIABLE = 65, 75


def nothing_is_stored(bench: Workbench) -> bool:
    return not bench.objects("work/") and not bench.objects("images/") and not bench.rows()


def test_an_unknown_title_is_fatal_and_names_the_cure(bench: Workbench) -> None:
    ended = bench.step("fetch", "--title=No Such Anime Anywhere")
    assert ended.status == FATAL
    assert ended.failure.startswith("AnimeUnknown: no provider knows 'No Such Anime Anywhere'")
    assert "sourceUrls" in ended.failure
    assert nothing_is_stored(bench)


def test_an_ambiguous_title_lists_the_candidates(bench: Workbench) -> None:
    ended = bench.step("fetch", "--title=Aoi Tori")
    assert ended.status == FATAL
    assert ended.failure.startswith("AnimeAmbiguous: ")
    assert "https://myanimelist.net/anime/70102" in ended.failure
    assert "https://myanimelist.net/anime/72440" in ended.failure
    assert "spec.anime.sourceUrls" in ended.failure
    assert nothing_is_stored(bench)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (['--source-urls=["https://example.com/anime/1"]'], "SourceUrlUnsupported"),
        (['--source-urls=["https://myanimelist.net/anime/999999"]'], "AnimeUnknown"),
        (["--anime-id=ani_00000000000000000000000000"], "AnimeUnknown"),
        ([], "AnimeUnknown"),
        (["--source-urls={not json"], "SettingsInvalid"),
        ([KEEPER, '--providers=["Nobody"]'], "SettingsInvalid"),
    ],
)
def test_a_wrong_name_is_fatal(bench: Workbench, options: list[str], reason: str) -> None:
    ended = bench.step("fetch", *options)
    assert (ended.status, ended.failure.partition(":")[0]) == (FATAL, reason)
    assert nothing_is_stored(bench)


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        ({"kind": "html"}, "AnswerInvalid", "expected JSON"),
        ({"kind": "empty"}, "AnswerInvalid", "JSON"),
        ({"kind": "truncated"}, "AnswerInvalid", "no JSON"),
        ({"kind": "wrong-types"}, "AnswerInvalid", " is "),
        ({"kind": "huge", "megabytes": 50}, "AnswerTooLarge", "larger than 16777216 bytes"),
        ({"kind": "status", "status": 503}, "Unavailable", "503"),
        ({"kind": "status", "status": 429, "retry_after": 3600}, "RateLimited", "429"),
        ({"kind": "status", "status": 403}, "Refused", "403"),
        ({"kind": "status", "status": 404}, "NotFound", ""),
        ({"kind": "reset"}, "Unavailable", ""),
        ({"kind": "slow", "seconds": 60}, "Unavailable", "within 1 s"),
        ({"kind": "drip", "seconds": 60}, "Unavailable", "within 1 s"),
    ],
)
@pytest.mark.parametrize("provider", ["anilist", "kitsu"])
def test_one_bad_provider_is_reported_and_the_others_go_on(
    bench: Workbench, provider: str, fault: dict[str, object], reason: str, said: str
) -> None:
    bench.upstream.faults({"provider": provider, **fault})
    if (provider, said) == ("anilist", "403"):
        reason = "Unavailable"  # its 403 says that the API is disabled for a while
    slow = fault["kind"] in ("slow", "drip")
    ended = bench.step("fetch", KEEPER, OTAKUBE_PROVIDER_TIMEOUT_SECONDS="1" if slow else "10")
    assert ended.status == 0, ended.failure
    failed = json.loads(ended.outputs["failed-sources"])
    assert [(one["provider"].lower(), one["reason"]) for one in failed] == [(provider, reason)]
    assert said in failed[0]["message"]
    stored = [key.rpartition("/")[2].lower() for key in bench.objects("work/uid-1/1-1/fetch/")]
    assert f"{provider}.json" not in stored
    assert len(stored) == 6  # two records as received and converted, the summary, the merge locks


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 503}, RETRIABLE),
        ({"kind": "reset"}, RETRIABLE),
        ({"kind": "html"}, FATAL),
        ({"kind": "huge", "megabytes": 50}, FATAL),
        ({"kind": "wrong-types"}, FATAL),
        ({"kind": "empty"}, FATAL),
    ],
)
def test_without_a_quorum_nothing_is_stored(bench: Workbench, fault: dict[str, object], status: int) -> None:
    bench.upstream.faults({"provider": "*", **fault})
    ended = bench.step("fetch", KEEPER)
    assert ended.status == status
    reason = FailureReason.QUORUM_NOT_REACHED if status == RETRIABLE else FailureReason.PROVIDERS_UNUSABLE
    assert ended.failure.startswith(f"{reason}: ")
    assert "Jikan" in ended.failure
    assert nothing_is_stored(bench)


def test_an_answer_that_cannot_be_read_is_not_served_again(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "jikan", "path": "/anime/*/full", "kind": "wrong-types"})
    assert '"Jikan","reason":"AnswerInvalid"' in bench.step("fetch", KEEPER).outputs["failed-sources"]
    assert not bench.objects("answers/Jikan/")
    bench.upstream.faults()
    assert "Jikan" in bench.step("fetch", KEEPER).outputs["answered-sources"]


def test_a_larger_quorum_can_be_asked_for(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "kitsu", "kind": "html"})
    ended = bench.step("fetch", KEEPER, OTAKUBE_PROVIDER_QUORUM="3")
    assert ended.failure.startswith("ProvidersUnusable: 2 providers answered, 3 are needed")


def test_a_search_that_a_dead_provider_might_answer_is_tried_again(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "kitsu", "kind": "status", "status": 503})
    assert bench.step("fetch", "--title=No Such Anime Anywhere").status == RETRIABLE


def test_an_old_copy_is_marked_as_such(bench: Workbench) -> None:
    bench.upstream.faults({"provider": "jikan", "kind": "stale"})
    assert bench.step("fetch", KEEPER).status == 0
    assert bench.step("stage").status == 0
    said = bench.read("work/uid-1/1-1/stage/1-metadata.json")["provenance"]["title"]
    assert (said["provider"], said["stale"]) == ("Jikan", True)


def test_hostile_text_is_made_plain(bench: Workbench) -> None:
    assert bench.step("fetch", '--source-urls=["https://myanimelist.net/anime/76001"]').status == 0
    assert bench.step("stage").status == 0
    assert bench.step("assemble", "--review-policy=Never").status == 0
    text = json.dumps(bench.golden(), ensure_ascii=False)
    assert not any(
        mark in text for mark in ("\u202e", "\u200b", "\\u0000", "\\u001b", "<script", "<img", "<iframe")
    )
    assert "javascript:" not in json.dumps(bench.golden()["entry"]["external_links"])
    assert len(bench.golden()["entry"]["synopsis"]) <= 20_000


def test_hostile_images_are_noted_and_never_stored(bench: Workbench) -> None:
    assert bench.step("fetch", '--source-urls=["https://myanimelist.net/anime/76002"]').status == 0
    assert bench.step("stage").status == 0
    ended = bench.step("assemble", "--review-policy=Never")
    assert ended.status == 0, ended.failure
    portraits = {one["name"]: one["image"] for one in bench.golden()["characters"]}
    assert portraits["The Honest Guard"]["key"]
    hostile = {name: image for name, image in portraits.items() if name != "The Honest Guard" and image}
    assert len(hostile) >= 10
    for name, image in hostile.items():
        assert image["error"], name
        assert image["key"] is None, name
    assert "not in the setting image_hosts" in hostile["The Metadata"]["error"]
    stored = bench.objects("images/")
    assert len(stored) == int(ended.outputs["images-stored"])
    for key in stored:
        head = (bench.folder / "bucket/objects" / key).read_bytes()[:8]
        assert head.startswith((b"\xff\xd8\xff", b"\x89PNG"))


def test_images_of_private_addresses_are_refused_where_no_host_is_private(bench: Workbench) -> None:
    assert bench.step("fetch", KEEPER).status == 0
    assert bench.step("stage").status == 0
    ended = bench.step("assemble", OTAKUBE_IMAGE_PRIVATE_HOSTS="[]")
    assert ended.status == 0
    assert ended.outputs["images-stored"] == "0"
    assert bench.objects("images/") == []
    assert "no poster could be mirrored" in ended.outputs["gates"]


@pytest.mark.parametrize(("step", "before"), [("stage", "fetch"), ("assemble", "fetch")])
def test_a_step_without_its_inputs_says_which_step_makes_them(
    bench: Workbench, step: str, before: str
) -> None:
    ended = bench.step(step)
    assert ended.status == FATAL
    assert ended.failure.startswith("InputMissing: work/uid-1/1-1/fetch/summary.json")
    assert f"otakube step {before}" in ended.failure


def test_a_wrong_setting_is_named(bench: Workbench) -> None:
    ended = bench.step("fetch", KEEPER, OTAKUBE_PROVIDER_QUORUM="many")
    assert ended.status == FATAL
    assert ended.failure.startswith("SettingsInvalid: ")
    assert "provider_quorum" in ended.failure


@pytest.mark.parametrize(
    ("accelerator", "said"), [("GPU", "the accelerator is GPU, but"), ("Gpu", "give one of")]
)
def test_an_accelerator_that_the_image_has_not_is_fatal_before_anything_is_read(
    bench: Workbench, accelerator: str, said: str
) -> None:
    ended = bench.step("embed", f"--accelerator={accelerator}")
    assert (ended.status, ended.failure.partition(":")[0]) == (FATAL, "SettingsInvalid")
    assert said in ended.failure
