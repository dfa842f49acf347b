# SPDX-License-Identifier: Apache-2.0
"""What would be lost because a provider did not answer, and what is no loss."""

import pytest

from golden import a_character, a_record, an_episode
from otakube.domain.checks.loss import loss_findings
from otakube.domain.record.golden import GoldenRecord, StaffEntry
from otakube_api.contract import Gate, Provider
from unit.otakube.domain.claimed import by

JIKAN, KITSU = Provider.JIKAN, Provider.KITSU
AWAY = {KITSU: "RateLimited"}


def live() -> GoldenRecord:
    return a_record(
        episodes=[an_episode(1, providers=[JIKAN, KITSU]), an_episode(2, providers=[KITSU])],
        characters=[a_character(1, providers=[JIKAN]), a_character(2, providers=[KITSU])],
        staff=[StaffEntry(name="Mio", providers=[KITSU, JIKAN]), StaffEntry(name="Aki", providers=[KITSU])],
        attributions=[by(JIKAN), by(KITSU)],
    )


def test_a_record_that_has_all_of_it_loses_nothing() -> None:
    assert loss_findings(live(), live(), AWAY) == []


def test_everything_that_would_go_is_counted() -> None:
    left = a_record(
        episodes=[an_episode(1, providers=[JIKAN])],
        characters=[a_character(1, providers=[JIKAN])],
        staff=[StaffEntry(name="Mio", providers=[JIKAN])],
        attributions=[by(JIKAN)],
    )
    (found,) = loss_findings(left, live(), AWAY)
    assert found.gate is Gate.LOSS
    assert found.message == (
        "Kitsu did not answer (RateLimited); without it would go: 1 episodes, 1 characters, "
        "2 people of the staff, all that it said"
    )


@pytest.mark.parametrize("absent", [{}, {Provider.ANILIST: "Unavailable"}], ids=["nobody", "another"])
def test_rows_that_one_who_answered_lists_no_more_are_no_loss(absent: dict[Provider, str]) -> None:
    assert loss_findings(a_record(episodes=[], characters=[]), live(), absent) == []


def test_an_episode_that_another_lists_is_not_lost() -> None:
    kept = live().model_copy(update={"episodes": [an_episode(1), an_episode(2, providers=[JIKAN])]})
    assert loss_findings(kept, live(), AWAY) == []
