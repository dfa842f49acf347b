# SPDX-License-Identifier: Apache-2.0
"""The parts of a process that serves several controllers."""

from collections.abc import AsyncIterator, Iterable
from random import Random
from typing import Any

import kopf
import pytest

from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.run_queue import QueueLimits
from otakube_operator.handlers import registry_of
from otakube_operator.runtime.api import ApiResource
from otakube_operator.runtime.options import RuntimeOptions
from otakube_operator.runtime.owned import OURS, OwnedResource
from otakube_operator.runtime.serve import OperatorRuntime
from otakube_operator.schedule.controller import ScheduleController

ENRICHMENTS = ApiResource("otakube.dev", "v1alpha1", "animeenrichments")
SCHEDULES = ApiResource("otakube.dev", "v1alpha1", "episodeschedules")
WORKFLOWS = ApiResource("argoproj.io", "v1alpha1", "workflows")


class OwnerOfEnrichments(ScheduleController):
    """A controller that owns objects of a kind that another one serves."""

    owned: Any = OwnedResource("AnimeEnrichment", ENRICHMENTS, lambda _body, _known: None)


@pytest.fixture
async def runtimes() -> AsyncIterator[Any]:
    """Makes runtimes, and closes them."""
    made: list[OperatorRuntime] = []

    def make(controllers: Iterable[Any]) -> OperatorRuntime:
        info = kopf.ConnectionInfo(server="http://127.0.0.1:1")
        options = RuntimeOptions()
        made.append(OperatorRuntime(controllers, info, namespaces=(), options=options, random=Random(1)))
        return made[-1]

    yield make
    for runtime in made:
        await runtime._session.close()


async def test_each_kind_served_or_owned_is_watched_and_handled_by_kopf(runtimes: Any) -> None:
    runtime = runtimes([EnrichmentController(gpu=False, limits=QueueLimits(5, 10)), ScheduleController()])
    assert [watch.resource for watch in runtime.watches()] == [ENRICHMENTS, WORKFLOWS, SCHEDULES, ENRICHMENTS]
    handlers = registry_of(runtime)._watching.get_all_handlers()
    assert len(handlers) == len({handler.id for handler in handlers}) == 4


async def test_only_our_own_objects_of_a_kind_that_nobody_serves_are_asked_for(runtimes: Any) -> None:
    enrichments = EnrichmentController(gpu=False, limits=QueueLimits(5, 10))
    assert runtimes([enrichments, ScheduleController()]).selectors() == {WORKFLOWS: OURS}
    for order in ([enrichments, OwnerOfEnrichments()], [OwnerOfEnrichments(), enrichments]):
        assert runtimes(order).selectors() == {WORKFLOWS: OURS}


async def test_a_copy_for_an_object_shares_everything(runtimes: Any) -> None:
    runtime = runtimes([ScheduleController()])
    assert runtime.__copy__() is runtime
