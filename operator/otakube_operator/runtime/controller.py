# SPDX-License-Identifier: Apache-2.0
"""Controller: the part of a kind's behaviour that is not the same for every kind.

The runtime watches, queues, retries, and writes status, Events and finalizers. Of a controller it asks, for
one object at a time: observe -> plan (pure) -> apply -> status (pure). It never says which event was the
cause, so a restart, a lost event or a second delivery ends in the same place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from prometheus_client.registry import Collector

from otakube_operator.runtime.events import Occurrence
from otakube_operator.runtime.objects import CustomResource, ObjectKey, ObjectStatus, ObjectT
from otakube_operator.runtime.owned import OwnedObjects, OwnedResource, OwnedT


@dataclass(frozen=True, slots=True)
class Observed(Generic[ObjectT, OwnedT]):
    """The input of a plan: the object, those that it owns, and what the kind tells of its other objects."""

    object: ObjectT
    owned: tuple[OwnedT, ...] = ()
    peers: Mapping[ObjectKey, Any] = field(default_factory=dict)
    """By CustomResource.peer, of every known object, this one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcilePlan(Generic[OwnedT]):
    """The part of a plan that the runtime carries out; a controller adds its own.

    The order is: finalizer, the controller's apply, status, prune, finalizer. A crash anywhere leaves a state
    from which the next pass goes on.
    """

    add_finalizer: bool = False
    prune: tuple[OwnedT, ...] = ()
    remove_finalizer: bool = False
    revisit_at: datetime | None = None
    """When another pass is due though nothing has changed."""
    wake: tuple[ObjectKey, ...] = ()
    """Other objects whose plans may differ now."""
    occurrences: tuple[Occurrence, ...] = ()
    """Told by Events once the status that holds them is written."""


class ObservationOutdated(Exception):
    """The world was not as it was observed; now that the store knows, another pass plans anew."""


class CreateFailure(Exception):
    """An object that a plan asked for could not be created, and trying at once again will not help."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


PlanT = TypeVar("PlanT", bound=ReconcilePlan)  # type: ignore[type-arg]  # of any owned kind


class Controller(Protocol[ObjectT, OwnedT, PlanT]):
    """One kind's behaviour."""

    @property
    def resource(self) -> CustomResource[ObjectT]:
        """The kind that it serves."""

    @property
    def owned(self) -> OwnedResource[OwnedT] | None:
        """The kind that it creates objects of, if any."""

    @property
    def collectors(self) -> Iterable[Collector]:
        """Metrics of its own."""

    async def observe(self, seen: ObjectT, owned: OwnedObjects[OwnedT], /) -> Observed[ObjectT, OwnedT]:
        """Gather what the plan needs; reads only."""

    def plan(
        self, observed: Observed[ObjectT, OwnedT], now: datetime, failure: CreateFailure | None = None, /
    ) -> PlanT:
        """Decide what to do next, without I/O; `failure` is why applying the plan before has just failed."""

    async def apply(self, plan: PlanT, owned: OwnedObjects[OwnedT], /) -> bool:
        """Do what the plan adds to a ReconcilePlan; True if another pass is due at once.

        Raises CreateFailure, or ObservationOutdated or ApiError where the world is not as it was observed.
        """

    def status(self, observed: Observed[ObjectT, OwnedT], plan: PlanT, now: datetime, /) -> ObjectStatus:
        """The status once the plan is applied; the same as before if nothing has changed.

        What the object owns is as `apply` left it.
        """


AnyController = Controller[Any, Any, Any]
