# SPDX-License-Identifier: Apache-2.0
"""What is accepted, what a person is shown, and which namesake is let ahead."""

import pytest

from otakube.domain.matching.decision import (
    ACCEPT,
    CONSIDER,
    MARGIN,
    MatchDecision,
    decide,
    separate_namesakes,
    title_exactness,
)


@pytest.mark.parametrize(
    ("scores", "decision"),
    [
        ([], MatchDecision.NONE),
        ([CONSIDER - 0.01], MatchDecision.NONE),
        ([CONSIDER], MatchDecision.ABSTAIN),
        ([ACCEPT - 0.01], MatchDecision.ABSTAIN),
        ([ACCEPT], MatchDecision.ACCEPT),
        ([1.0, 1.0 - MARGIN], MatchDecision.ACCEPT),
        ([1.0, 1.0 - MARGIN + 0.01], MatchDecision.ABSTAIN),
    ],
)
def test_what_is_good_and_ahead_is_accepted(scores: list[float], decision: MatchDecision) -> None:
    assert decide(scores) is decision


def test_only_one_that_is_alone_most_literal_is_let_ahead() -> None:
    assert separate_namesakes([1.0, 1.0, 0.5], [1, 2, 0]) == [1.0 - MARGIN, 1.0, 0.5]
    assert separate_namesakes([1.0, 1.0], [2, 2]) == [1.0, 1.0]
    assert separate_namesakes([1.0, 1.0], [0, 0]) == [1.0, 1.0]
    assert separate_namesakes([1.0, 0.8], [0, 2]) == [1.0, 0.8]
    assert separate_namesakes([], []) == []


def test_literal_is_a_main_title_as_it_was_asked_for() -> None:
    assert title_exactness("gintama ", "Gintama", main=True) == 2
    assert title_exactness("gintama", "Gintama°", main=True) == 1
    assert title_exactness("gintama", "Gintama", main=False) == 0
    assert title_exactness("gintama", "Gintoki", main=True) == 0
