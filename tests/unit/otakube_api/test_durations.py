# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest

from otakube_api.durations import parse_duration
from otakube_api.v1alpha1.validation import AIRING_DELAY, REVIEW_TIMEOUT


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("90s", 90),
        ("10m", 600),
        ("24h", 86_400),
        ("1h30m10s", 5410),
        ("1h5s", 3605),
        ("99999s", 99_999),
    ],
)
def test_a_duration_is_hours_minutes_and_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "10", "h", "-1h", "1.5h", "10 m", "1d", "1w", "1m1h", "1h 2m", "1h\n", "100000s", "\u0661h"]
)
def test_another_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration: write hours, minutes and seconds, such as 24h"):
        parse_duration(text)


@pytest.mark.parametrize("rule", [REVIEW_TIMEOUT, AIRING_DELAY])
def test_the_api_server_refuses_what_cannot_be_parsed(rule: object) -> None:
    assert "self.matches('^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$') && self != ''" in str(rule)
