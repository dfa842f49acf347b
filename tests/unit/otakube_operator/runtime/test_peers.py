# SPDX-License-Identifier: Apache-2.0
"""The part of each object that the plans of others have to know."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from operator_builders import KEY, NOW, body, workflow
from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.runtime.objects import ObjectKey
from otakube_operator.runtime.store import ControllerStore


class Census:
    """A kind that tells the number of its runs, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[ObjectKey] = Counter()
        resource = replace(EnrichmentController.resource, peer=self._count)
        self.store = ControllerStore(resource, EnrichmentController.owned)

    def _count(self, seen: Enrichment, owned: tuple[WorkflowRun, ...], _: datetime) -> int:
        self.asked[seen.key] += 1
        return len(owned)

    def peers(self) -> dict[ObjectKey, int]:
        return dict(self.store.peers(NOW))


def named(name: str, version: int = 7, **changes: Any) -> dict[str, Any]:
    made = body(**changes)
    made["metadata"] |= {"name": name, "uid": f"uid-{name}", "resourceVersion": str(version)}
    return made


def run_for(name: str, version: int = 9) -> dict[str, Any]:
    made = workflow()
    made["metadata"] |= {"resourceVersion": str(version)}
    made["metadata"]["labels"] |= {"otakube.dev/enrichment-uid": f"uid-{name}"}
    return made


def test_only_what_has_changed_is_asked_again() -> None:
    census = Census()
    one, two = KEY._replace(name="one"), KEY._replace(name="two")
    for name in ("one", "two"):
        census.store.put(named(name))
    assert census.peers() == census.peers() == {one: 0, two: 0}
    census.store.put(named("one", version=8))
    census.peers()
    assert census.asked == {one: 2, two: 1}


def test_a_run_that_comes_or_goes_changes_what_its_owner_tells() -> None:
    census = Census()
    one = KEY._replace(name="one")
    census.store.put(named("one"))
    census.store.put_owned(run_for("one"))
    assert census.peers() == {one: 1}
    census.store.drop_owned(run_for("one", version=10))
    assert census.peers() == {one: 0}


def test_an_object_that_is_gone_or_cannot_be_read_tells_nothing() -> None:
    census = Census()
    census.store.put(named("one"))
    census.store.put(named("two"))
    assert len(census.peers()) == 2
    census.store.forget(KEY._replace(name="one"))
    census.store.put(named("two", version=8, mode="Nonsense"))
    assert census.peers() == {}
