# SPDX-License-Identifier: Apache-2.0
"""Where an enrichment stands, read from its status alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from otakube_cli.enrichment_state import age, facts, read_enrichment, row
from otakube_cli.waiting import ended, progress

NOW = datetime(2026, 4, 1, 13, tzinfo=UTC)
STEP = {
    "name": "commit",
    "attempt": 2,
    "attemptLimit": 5,
    "reason": "StoreUnavailable",
    "message": "MongoDB does not answer",
    "sinceTime": "2026-04-01T12:58:00Z",
    "next": "Argo tries again at 13:02",
}


def an_enrichment(*, generation: int = 1, **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "tide", "namespace": "otakube", "generation": generation},
        "spec": {"anime": {"title": "Frozen Tide"}},
        "status": {"observedGeneration": 1, "title": "Frozen Tide", **status},
    }


def a_condition(kind: str, status: str, reason: str) -> dict[str, str]:
    turned = "2026-04-01T12:00:00Z"
    return {"type": kind, "status": status, "reason": reason, "message": "", "lastTransitionTime": turned}


def test_a_step_that_does_not_get_on_is_shown_with_its_own_since() -> None:
    conditions = [a_condition("Ready", "Unknown", "StoreUnavailable")]
    state = read_enrichment(an_enrichment(conditions=conditions, step=STEP))
    assert row(state, now=NOW)[2:] == ["Unknown", "StoreUnavailable", "commit", "2/5", "2m"]
    wide = row(state, now=NOW, wide=True)
    assert wide[-2:] == ["StoreUnavailable: MongoDB does not answer", "Argo tries again at 13:02"]
    assert dict(facts(state, now=NOW))["step"] == "commit, attempt 2 of 5"


def test_a_spec_that_the_operator_has_not_seen_is_unknown() -> None:
    conditions = [a_condition("Ready", "True", "Published")]
    state = read_enrichment(an_enrichment(generation=2, conditions=conditions))
    assert (state.ready, state.reason, ended(state)) == ("Unknown", "", False)


HOUR, DAY = 3600, 86400
AGES = {
    0: "0s", 119: "119s", 120: "2m", 125: "2m5s", 601: "10m", 3 * HOUR: "3h", 3 * HOUR + 60: "3h1m",
    9 * HOUR: "9h",
    2 * DAY: "2d", 50 * HOUR: "2d2h", 20 * DAY: "20d", 800 * DAY: "2y", -5: "0s",
}  # fmt: skip


@pytest.mark.parametrize(("seconds", "text"), AGES.items())
def test_ages_are_written_as_kubectl_writes_them(seconds: int, text: str) -> None:
    assert age(timedelta(seconds=seconds)) == text


def test_a_request_that_is_not_handled_yet_is_no_end() -> None:
    ready = [a_condition("Ready", "True", "Published")]
    assert ended(read_enrichment(an_enrichment(conditions=ready)))
    assert not ended(read_enrichment(an_enrichment(conditions=ready)), "now")
    assert ended(read_enrichment(an_enrichment(conditions=ready, lastHandledRequest="now")), "now")


def test_who_waits_is_sent_to_the_review() -> None:
    conditions = [a_condition("Ready", "Unknown", "AwaitingDecision")]
    conditions += [a_condition("AwaitingReview", "True", "AwaitingDecision")]
    assert progress(read_enrichment(an_enrichment(conditions=conditions))) == (
        "waits for a review: `otakube review show tide`"
    )
