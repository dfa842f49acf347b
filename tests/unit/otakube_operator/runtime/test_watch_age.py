# SPDX-License-Identifier: Apache-2.0
"""The age of watches."""

from otakube_operator.runtime.watch_age import WatchAges


def test_the_age_of_a_watch_is_that_of_its_most_silent_stream() -> None:
    times = iter([0.0, 10.0, 20.0, 100.0])
    ages = WatchAges(["animeenrichments", "workflows"], clock=lambda: next(times))
    ages.note("/apis/argoproj.io/v1alpha1/namespaces/a/workflows")
    ages.note("/apis/argoproj.io/v1alpha1/namespaces/b/workflows")
    assert ages.ages() == {"animeenrichments": 100.0, "workflows": 90.0}


def test_a_silent_watch_ages_however_often_it_is_opened_again() -> None:
    times = iter([0.0, 5.0, 75.0, 145.0, 150.0])
    ages = WatchAges(["workflows"], clock=lambda: next(times))
    for _ in range(3):
        ages.opened("/apis/argoproj.io/v1alpha1/namespaces/a/workflows")
    assert ages.ages() == {"workflows": 145.0}


def test_a_watch_is_told_of_when_it_goes_on_from_a_new_list_and_not_when_it_reopens() -> None:
    began: list[str] = []
    ages = WatchAges(["workflows"], clock=lambda: 0.0, began=began.append)
    path = "/apis/argoproj.io/v1alpha1/namespaces/a/workflows"
    ages.listed(path)
    assert began == []
    ages.opened(path)
    ages.opened(path)
    assert began == ["workflows"]
    ages.listed(path)
    ages.opened(path)
    assert began == ["workflows", "workflows"]
