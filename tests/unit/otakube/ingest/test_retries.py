# SPDX-License-Identifier: Apache-2.0
"""How long a failure is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from otakube.ingest.retries import LASTING, PASSING, Believed, retry_after

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(("lasting", "believed"), [(True, LASTING), (False, PASSING)], ids=["gone", "away"])
def test_each_further_failure_is_believed_twice_as_long_up_to_the_longest(
    lasting: bool, believed: Believed
) -> None:
    waits = [retry_after(NOW, attempts=number, lasting=lasting) - NOW for number in (1, 2, 3, 50, 10**6)]
    assert waits == [
        believed.first, 2 * believed.first, 4 * believed.first, believed.longest, believed.longest
    ]  # fmt: skip


def test_a_server_that_was_away_is_asked_sooner_than_one_that_refused() -> None:
    assert PASSING.longest <= LASTING.first == timedelta(days=1)
