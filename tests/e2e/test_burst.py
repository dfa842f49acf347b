# SPDX-License-Identifier: Apache-2.0
"""Several enrichments at once: each gets its turn at every provider."""

from collections.abc import Callable

from e2e import kube, observer, titles

AT_ONCE = 10


def test_those_that_are_applied_at_once_end_with_an_answer_of_every_provider(
    names: Callable[[], str],
) -> None:
    applied = [names() for _ in range(AT_ONCE)]
    for number, name in enumerate(applied, 1):
        kube.apply(name, {"anime": titles.generated(number), "review": {"policy": "Never"}})
    for name in applied:
        observer.wait(name, observer.is_true("Ready"), seconds=900)
    states = [
        {each["provider"]: each["state"] for each in observer.status(name)["sources"]} for name in applied
    ]
    assert [each for each in states if set(each.values()) != {"Answered"}] == []
    assert len({frozenset(each) for each in states}) == 1
