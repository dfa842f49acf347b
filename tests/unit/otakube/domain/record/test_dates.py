# SPDX-License-Identifier: Apache-2.0
"""Dates of which only a part is known, compared."""

from datetime import date

import pytest

from otakube.domain.record.dates import KnownDay, Span, days_apart, known_day, span
from otakube.domain.record.golden import Exactness

YEAR, MONTH = Exactness.YEAR, Exactness.MONTH


@pytest.mark.parametrize(
    ("parts", "known"),
    [
        ((2010,), KnownDay(date(2010, 1, 1), YEAR)),
        ((2010, None, 5), KnownDay(date(2010, 1, 1), YEAR)),
        ((2010, 4), KnownDay(date(2010, 4, 1), MONTH)),
        ((2010, 4, 5), KnownDay(date(2010, 4, 5))),
        ((None, 4, 5), KnownDay()),
        ((202, 1, 1), KnownDay()),
    ],
)
def test_a_date_is_as_exact_as_its_parts(parts: tuple[int | None, ...], known: KnownDay) -> None:
    assert known_day(*parts) == known


@pytest.mark.parametrize("parts", [(2010, 13), (2010, 2, 31), (2010, 13, 1)])
def test_a_date_that_does_not_exist_is_an_error(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"month|day"):
        known_day(*parts)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (span(date(2010, 4, 5), None), span(date(2010, 4, 7), None), 2),
        (span(date(2010, 4, 5), None), span(date(2010, 4, 5), None), 0),
        (span(date(2010, 1, 1), YEAR), span(date(2010, 4, 5), None), None),
        (span(date(2010, 1, 1), YEAR), span(date(2011, 1, 2), None), 2),
        (span(date(2010, 4, 1), MONTH), span(date(2010, 3, 30), None), 2),
        (span(date(2010, 1, 1), YEAR), span(date(2010, 1, 1), YEAR), None),
    ],
)
def test_what_may_be_one_day_is_not_apart(one: Span, other: Span, apart: int | None) -> None:
    assert (days_apart(one, other), days_apart(other, one)) == (apart, apart)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ((date(2010, 1, 1), YEAR), "2010"),
        ((date(2010, 4, 1), MONTH), "2010-04"),
        ((date(2010, 4, 5), None), "2010-04-05"),
    ],
)
def test_a_date_is_written_as_it_is_known(known: tuple[date, Exactness | None], text: str) -> None:
    assert str(span(*known)) == text
