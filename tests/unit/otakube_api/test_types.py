# SPDX-License-Identifier: Apache-2.0
"""The types read what the API server sends and write what it takes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from otakube_api.contract import Mode, ReviewPolicy
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment, AnimeEnrichmentStatus, WorkflowStatus
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_api.v1alpha1.meta import Condition, cut


def a_body(**parts: Any) -> dict[str, Any]:
    body = {"apiVersion": "otakube.dev/v1alpha1", "kind": "AnimeEnrichment"}
    return body | {"metadata": {"name": "a"}, "spec": {"anime": {"title": "A"}}} | parts


def test_absent_fields_take_their_defaults() -> None:
    spec = AnimeEnrichment.model_validate(a_body()).spec

    assert spec.mode is Mode.FULL_ENRICHMENT
    assert spec.providers is None, "the installation decides"
    assert (spec.review.policy, spec.review.timeout) == (ReviewPolicy.ON_LOW_CONFIDENCE, "72h")
    assert spec.suspend is False


def test_fields_of_a_newer_version_are_ignored() -> None:
    body = a_body(
        spec={"anime": {"title": "A", "season": 2}, "budget": 5},
        status={
            "conditions": [],
            "cost": 1,
            "workflow": {"name": "w", "generation": 1, "attempt": 1, "pods": 3},
        },
    )

    read = AnimeEnrichment.model_validate(body)

    assert read.spec.anime.title == "A"
    assert read.status.workflow == WorkflowStatus(name="w", generation=1, attempt=1)


def test_conditions_and_reasons_of_others_are_read() -> None:
    condition = {
        "type": "BackedUp",
        "status": "True",
        "lastTransitionTime": "2026-11-20T00:00:00Z",
        "reason": "Done",
        "message": "",
    }

    read = AnimeEnrichment.model_validate(a_body(status={"conditions": [condition]}))

    assert read.status.conditions[0].type == "BackedUp"


def test_what_the_api_server_adds_to_metadata_is_read_or_ignored() -> None:
    metadata = {
        "name": "a",
        "namespace": "n",
        "uid": "u",
        "generation": 3,
        "resourceVersion": "17",
        "creationTimestamp": "2026-11-20T00:00:00Z",
        "deletionTimestamp": "2026-11-20T00:00:01Z",
        "deletionGracePeriodSeconds": 0,
        "finalizers": ["otakube.dev/running-workflow"],
        "managedFields": [{"manager": "kubectl"}],
    }

    read = AnimeEnrichment.model_validate(a_body(metadata=metadata)).metadata

    assert (read.namespace, read.generation, read.resource_version) == ("n", 3, "17")
    assert read.deletion_timestamp == datetime(2026, 11, 20, 0, 0, 1, tzinfo=UTC)


def test_a_body_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="AnimeEnrichment"):
        AnimeEnrichment.model_validate(a_body(kind="EpisodeSchedule"))


def test_a_status_is_written_in_camel_case_without_absent_fields() -> None:
    status = AnimeEnrichmentStatus(observed_generation=3, live_version=7)

    assert status.to_body() == {
        "conditions": [],
        "observedGeneration": 3,
        "liveVersion": 7,
        "recentStarts": [],
        "sources": [],
        "gates": [],
    }


def test_times_are_written_as_whole_seconds_in_utc() -> None:
    moment = datetime(2026, 11, 21, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))

    assert (
        AnimeEnrichmentStatus(publication_time=moment).to_body()["publicationTime"] == "2026-11-21T00:00:00Z"
    )


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        AnimeEnrichmentStatus(publication_time=datetime(2026, 11, 21))


def test_a_long_message_is_cut_and_not_refused() -> None:
    condition = Condition(
        type="Ready",
        status="False",
        last_transition_time=datetime.now(UTC),
        reason=EnrichmentReason.UNEXPECTED,
        message="x" * 9999,
    )

    assert len(condition.message) == 4096
    assert condition.message.endswith("x…")


def test_a_providers_words_in_a_status_steer_no_terminal() -> None:
    status = AnimeEnrichmentStatus(title="Tide\x1b]0;owned\x07\n\u202e潮")

    assert status.title == "Tide ]0;owned   潮"


@pytest.mark.parametrize(("text", "short"), [("abc", "abc"), ("abcd", "ab…"), ("", ""), (7, 7)])
def test_only_text_beyond_the_limit_is_cut(text: object, short: object) -> None:
    assert cut(3)(text) == short


def test_types_cannot_be_changed_in_place() -> None:
    status = AnimeEnrichmentStatus()

    with pytest.raises(ValidationError, match="frozen"):
        status.title = "other"  # type: ignore[misc]  # the very point
