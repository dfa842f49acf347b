# SPDX-License-Identifier: Apache-2.0
"""The table of `otakube providers check`."""

import pytest

from otakube_cli.providers import cells, print_rows

ROW = {
    "provider": "AniDB", "state": "Ok", "message": "1 answers read", "seconds": 4.1, "breaker": "Closed",
    "remaining": 0, "limit": 1, "remaining_today": 198,
}  # fmt: skip
OFF = {
    "provider": "AnimePlanet", "state": "SwitchedOff", "message": "off\x1b[31m", "seconds": None,
    "breaker": None, "remaining": None, "limit": None, "remaining_today": None,
}  # fmt: skip


def test_a_row_shows_the_budget_of_the_moment_and_of_the_day() -> None:
    assert cells(ROW) == ["AniDB", "Ok", 4.1, "Closed", "0/1", 198, "1 answers read"]


def test_what_is_not_known_is_a_dash_and_nothing_steers_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows([ROW, OFF])
    heading, _, off = capsys.readouterr().out.splitlines()
    assert heading.split() == ["PROVIDER", "STATE", "SECONDS", "BREAKER", "BUDGET", "TODAY", "MESSAGE"]
    assert off.split()[2:6] == ["-"] * 4
    assert "\x1b" not in off
