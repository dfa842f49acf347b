# SPDX-License-Identifier: Apache-2.0
"""Fault rules: which request meets which rule, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from otakube_standins.upstream.faults import FaultKind, FaultRule, Request, Rules, matches

PROVIDERS = st.sampled_from(["jikan", "anilist", "kitsu", "images"])
PATHS = st.from_regex(r"/[a-z0-9/]{0,12}", fullmatch=True)
TITLES = st.frozensets(st.sampled_from(["one", "two", "three"]))
REQUESTS = st.builds(Request, PROVIDERS, PATHS, TITLES)
FAULTS = st.builds(
    FaultRule,
    provider=PROVIDERS | st.just("*"),
    path=PATHS | st.just("*"),
    title=st.none() | st.sampled_from(["one", "two", "three"]),
    kind=st.sampled_from(list(FaultKind)),
    count=st.none() | st.integers(1, 4),
)


@given(faults=st.lists(FAULTS, max_size=5), requests=st.lists(REQUESTS, max_size=20))
def test_a_rule_never_strikes_more_often_than_it_counts(
    faults: list[FaultRule], requests: list[Request]
) -> None:
    rules = Rules()
    rules.replace(faults)
    struck = [fault for request in requests if (fault := rules.strike(request)) is not None]
    for fault in faults:
        allowed = sum(other.count or len(requests) for other in faults if other == fault)
        assert struck.count(fault) <= allowed


@given(faults=st.lists(FAULTS, max_size=5), request=REQUESTS)
def test_what_strikes_matches_and_nothing_before_it_does(faults: list[FaultRule], request: Request) -> None:
    rules = Rules()
    rules.replace(faults)
    assert rules.strike(request) == next((fault for fault in faults if matches(fault, request)), None)


@given(fault=FAULTS, request=REQUESTS)
def test_cleared_rules_are_over_and_permanent_ones_stay(fault: FaultRule, request: Request) -> None:
    rules = Rules([fault])
    rules.replace([fault])
    rules.replace([])
    assert rules.in_force() == [fault]
    for _ in range(6):
        assert rules.strike(request) == (fault if matches(fault, request) else None)


def test_a_counted_rule_is_over_after_its_last_strike() -> None:
    rules = Rules()
    rules.replace([FaultRule(provider="kitsu", kind=FaultKind.EMPTY, count=2)])
    request = Request("kitsu", "/anime", frozenset())
    assert [rules.strike(request) is not None for _ in range(3)] == [True, True, False]
    assert rules.in_force() == []


def test_a_rule_for_a_title_spares_the_others() -> None:
    fault = FaultRule(kind=FaultKind.HTML, title="one")
    assert matches(fault, Request("jikan", "/anime/1", frozenset({"one"})))
    assert not matches(fault, Request("jikan", "/anime/2", frozenset({"two"})))


def test_a_429_without_retry_after_is_refused_with_the_cure() -> None:
    with pytest.raises(ValidationError, match="set retry_after"):
        FaultRule(kind=FaultKind.STATUS, status=429)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="titel"):
        FaultRule.model_validate({"kind": "empty", "titel": "one"})
