# SPDX-License-Identifier: Apache-2.0
"""Events of condition changes."""

from datetime import UTC, datetime, timedelta

import pytest

from operator_builders import UID, enrichment, planned, run_of
from otakube_api.contract import Failure, FailureReason
from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.observed import Results
from otakube_operator.runtime.events import event_body

RESOURCE = EnrichmentController.resource
AT = datetime(2027, 1, 1, 12, 0, 0, 999_999, tzinfo=UTC)


def test_an_event_bears_the_conditions_reason_and_one_name_a_moment() -> None:
    seen = enrichment()
    failure = Results(failure=Failure(FailureReason.ANIME_UNKNOWN, "gone"))
    conditions = planned(seen, run_of(seen, phase="Failed", results=failure)).status.conditions
    first, again = (event_body(RESOURCE, seen, conditions[0], host="h", at=AT) for _ in range(2))
    assert first == again
    assert (first["type"], first["reason"]) == ("Warning", "AnimeUnknown")
    assert first["involvedObject"]["uid"] == UID
    assert first["involvedObject"]["apiVersion"] == "otakube.dev/v1alpha1"
    assert first["involvedObject"]["kind"] == "AnimeEnrichment"


def test_an_event_bears_its_own_time_not_that_of_the_condition() -> None:
    seen = enrichment()
    [condition, *_] = planned(seen).status.conditions
    long_ago = condition.model_copy(update={"last_transition_time": AT - timedelta(days=3)})
    made = event_body(RESOURCE, seen, long_ago, host="h", at=AT)
    assert made["firstTimestamp"] == made["lastTimestamp"] == "2027-01-01T12:00:00Z"


def test_names_of_events_sort_as_their_moments_do() -> None:
    seen = enrichment()
    [condition, *_] = planned(seen).status.conditions
    moments = [AT + timedelta(microseconds=each) for each in (0, 1, 16, 10**6, 10**12)]
    names = [event_body(RESOURCE, seen, condition, host="h", at=each)["metadata"]["name"] for each in moments]
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("type_", "status", "expected"),
    [
        ("Ready", "True", "Normal"),
        ("Ready", "Unknown", "Normal"),
        ("Ready", "False", "Warning"),
        ("Reconciling", "True", "Normal"),
        ("Stalled", "True", "Warning"),
        ("AwaitingReview", "True", "Normal"),
        ("SourceFailed", "True", "Warning"),
        ("GateFailed", "True", "Warning"),
    ],
)
def test_a_condition_that_is_bad_news_makes_a_warning(type_: str, status: str, expected: str) -> None:
    seen = enrichment()
    [condition, *_] = planned(seen).status.conditions
    changed = condition.model_copy(update={"type": type_, "status": status})
    assert event_body(RESOURCE, seen, changed, host="h", at=AT)["type"] == expected


def test_an_event_of_a_long_name_and_message_is_admitted() -> None:
    seen = enrichment()
    [condition, *_] = planned(seen).status.conditions
    made = event_body(RESOURCE, seen, condition.model_copy(update={"message": "x" * 4096}), host="h", at=AT)
    assert len(made["message"]) == 1024
