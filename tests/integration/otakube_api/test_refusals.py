# SPDX-License-Identifier: Apache-2.0
"""A wrong object is refused by the API server itself, in words that name the field and the cure."""

import json
from typing import Any

import httpx2
import pytest

from control_plane import ControlPlane
from integration.otakube_api.server import an_object, create, patch, path
from integration.otakube_api.wrong import CHANGED, ID, IMMUTABLE, KURE, STARTED, WRONG, Wrong


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.kind}: {wrong.sentence}")
def test_is_refused_with_the_field_and_the_cure(api: httpx2.Client, namespace: str, wrong: Wrong) -> None:
    answer = create(api, namespace, an_object(wrong.spec, wrong.kind))

    assert answer.status_code in (400, 422), answer.text
    assert [words for words in wrong.says if words not in answer.json()["message"]] == [], answer.json()[
        "message"
    ]


@pytest.mark.parametrize("wrong", WRONG[::12], ids=lambda wrong: f"{wrong.kind}: {wrong.sentence}")
def test_kubectl_apply_shows_the_same_words(otakube_api: ControlPlane, namespace: str, wrong: Wrong) -> None:
    body = json.dumps(an_object(wrong.spec, wrong.kind))

    done = otakube_api.kubectl("apply", "--namespace", namespace, "-f", "-", stdin=body)

    assert done.returncode == 1
    assert [words for words in wrong.says if words not in done.stderr.replace('\\"', '"')] == [], done.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"title": "A"}, {"title": "B"}),
        ({"title": "A"}, {"title": None, "id": ID}),
        ({"title": "A"}, {"year": 1998}),
        ({"sourceUrls": [KURE]}, {"sourceUrls": [KURE, "https://anilist.co/anime/1"]}),
        ({"id": ID}, {"id": ID[:-1] + "2"}),
    ],
    ids=["another title", "an id for the title", "a year added", "a URL added", "another id"],
)
def test_another_anime_in_the_same_object_is_refused(
    api: httpx2.Client, namespace: str, before: dict[str, object], after: dict[str, object]
) -> None:
    create(api, namespace, an_object({"anime": before})).raise_for_status()

    answer = patch(api, path(namespace, "AnimeEnrichment", "test"), {"spec": {"anime": after}})

    assert answer.status_code == 422
    assert IMMUTABLE in answer.json()["message"]


def test_a_schedule_keeps_its_anime_too(api: httpx2.Client, namespace: str) -> None:
    spec = {"anime": {"id": ID}, "schedule": "0 1 * * *"}
    create(api, namespace, an_object(spec, "EpisodeSchedule")).raise_for_status()

    change = {"spec": {"anime": {"id": ID[:-1] + "2"}}}
    answer = patch(api, path(namespace, "EpisodeSchedule", "test"), change)

    assert IMMUTABLE in answer.json()["message"]


def test_a_wrong_edit_of_a_right_object_is_refused(api: httpx2.Client, namespace: str) -> None:
    create(api, namespace, an_object({"anime": {"title": "A"}})).raise_for_status()

    answer = patch(api, path(namespace, "AnimeEnrichment", "test"), {"spec": {"review": {"timeout": "1s"}}})

    assert "spec.review.timeout" in answer.json()["message"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"snapshot": "20261129T100000Z"}, CHANGED),
        ({"entries": [ID]}, CHANGED),
        ({"newerContent": "Replace"}, CHANGED),
        ({"mergeLocks": "AddMissing"}, CHANGED),
        ({"dryRun": True}, STARTED),
    ],
)
def test_a_restore_stays_the_one_that_was_started(
    api: httpx2.Client, namespace: str, change: dict[str, Any], says: str
) -> None:
    create(api, namespace, an_object({"entries": [KURE]}, "CatalogRestore")).raise_for_status()
    place = path(namespace, "CatalogRestore", "test")
    assert patch(api, place, {"spec": {"dryRun": False}}).status_code == 200

    answer = patch(api, place, {"spec": change})

    assert answer.status_code == 422
    assert says in answer.json()["message"]
