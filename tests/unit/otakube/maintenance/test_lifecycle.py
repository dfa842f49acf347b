# SPDX-License-Identifier: Apache-2.0
"""Lifecycle rules that are needed, and rules of others that agree with them."""

from datetime import timedelta
from typing import Any

import pytest

from otakube.domain.licences.terms import LICENCES, Agreement, agreed
from otakube.maintenance.lifecycle import Conflict, compare, harmful, merged, needed_rules, rules_of_others
from otakube_api.contract import LONGEST_REVIEW, Provider

NEEDED = needed_rules(LICENCES.values())
ANSWERS, WORK, UPLOADS = NEEDED
OURS = [rule.body for rule in NEEDED]


def a_rule(prefix: str, days: int, **changes: Any) -> dict[str, Any]:
    """A rule that somebody else has set."""
    return {
        "ID": "theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "Expiration": {"Days": days},
    } | changes


def test_answers_go_after_thirty_days_and_work_after_the_longest_review() -> None:
    assert ANSWERS.body["Expiration"] == {"Days": 30}
    assert WORK.body["Expiration"]["Days"] > LONGEST_REVIEW / timedelta(days=1)
    assert UPLOADS.body["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_a_licence_of_ones_own_makes_answers_go_sooner() -> None:
    licences = agreed({Provider.KITSU: Agreement(retention_days=5)})
    assert needed_rules(licences.values())[0].days == 5


def test_rules_of_others_stay_and_ours_are_written_once() -> None:
    theirs = a_rule("logs/", 3)
    once = merged([theirs], NEEDED)
    assert once == [theirs, *OURS]
    assert merged(once, NEEDED) == once


def test_an_old_rule_of_ours_is_replaced() -> None:
    old = ANSWERS.body | {"Expiration": {"Days": 90}}
    assert compare(ANSWERS, [old], []) is None
    assert merged([old], NEEDED) == OURS


@pytest.mark.parametrize(
    "changes",
    [{"Status": "Disabled"}, {"Filter": {"Prefix": "other/"}}, {"Expiration": {"Days": 1}}],
    ids=["switched off", "other prefix", "other age"],
)
def test_a_rule_of_ours_that_somebody_changed_differs(changes: dict[str, Any]) -> None:
    assert compare(WORK, [WORK.body | changes], []) is None
    assert compare(WORK, [WORK.body], []) == WORK.id


@pytest.mark.parametrize(
    ("needed", "theirs"),
    [
        pytest.param(ANSWERS, a_rule("answers/", 14), id="answers sooner"),
        pytest.param(WORK, a_rule("work/", 90), id="work later"),
        pytest.param(
            UPLOADS,
            a_rule("", 0, Expiration={}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
            id="uploads at any age",
        ),
    ],
)
def test_a_rule_of_others_serves_as_well_and_ours_is_left_out(needed: Any, theirs: dict[str, Any]) -> None:
    assert compare(needed, [theirs], [theirs]) == "'theirs'"
    assert needed.body not in merged([theirs], NEEDED)


@pytest.mark.parametrize(
    ("needed", "theirs"),
    [
        pytest.param(ANSWERS, a_rule("answers/", 31), id="answers later"),
        pytest.param(WORK, a_rule("work/", 30), id="work sooner"),
        pytest.param(WORK, a_rule("work/", 0, Expiration={"Date": "2030-01-01"}), id="work at a date"),
    ],
)
def test_a_rule_of_others_at_the_same_place_is_a_conflict(needed: Any, theirs: dict[str, Any]) -> None:
    found = compare(needed, [theirs], [theirs])
    assert isinstance(found, Conflict)
    assert "'theirs'" in found.problem
    assert str(needed.days) in found.cure
    assert merged([theirs], [needed]) == [theirs]


@pytest.mark.parametrize(
    ("theirs", "removed"),
    [
        pytest.param(
            a_rule("", 3650),
            "images/, vectors/, audit/, dead-letters/, snapshots/, datasets/, take-downs/",
            id="the whole bucket",
        ),
        pytest.param(a_rule("images/ab", 90), "images/", id="a part of a prefix"),
        pytest.param(a_rule("w", 10), "work/", id="work by a shorter prefix"),
        pytest.param(a_rule("work/abc/", 10), "work/", id="work by a longer prefix"),
        pytest.param(
            {"ID": "old", "Status": "Enabled", "Prefix": "audit/", "Expiration": {"Days": 9}},
            "audit/",
            id="the old form of a rule",
        ),
        pytest.param(
            a_rule("", 9, Filter={"And": {"Prefix": "vectors/", "ObjectSizeGreaterThan": 1}}),
            "vectors/",
            id="by size",
        ),
    ],
)
def test_a_rule_that_removes_what_otakube_keeps_is_named(theirs: dict[str, Any], removed: str) -> None:
    found = harmful(theirs, NEEDED)
    assert found is not None
    assert f"removes {removed} after" in found.problem


@pytest.mark.parametrize(
    "theirs",
    [
        pytest.param(a_rule("logs/", 1), id="elsewhere"),
        pytest.param(a_rule("", 1, Status="Disabled"), id="switched off"),
        pytest.param(a_rule("", 1, Filter={"Tag": {"Key": "a", "Value": "b"}}), id="tagged objects alone"),
        pytest.param(
            a_rule("", 1, Filter={"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "b"}]}}),
            id="tagged objects below a prefix",
        ),
        pytest.param(a_rule("", 1, Expiration={"ExpiredObjectDeleteMarker": True}), id="delete markers"),
        pytest.param(a_rule("work/", 10), id="the same place, reported there"),
        pytest.param(a_rule("wor", 40), id="work after its time"),
    ],
)
def test_a_rule_that_harms_nothing_is_let_be(theirs: dict[str, Any]) -> None:
    assert harmful(theirs, NEEDED) is None


def test_rules_of_ours_are_not_of_others() -> None:
    assert rules_of_others([*OURS, a_rule("logs/", 1)], NEEDED) == [a_rule("logs/", 1)]
