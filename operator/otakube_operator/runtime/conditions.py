# SPDX-License-Identifier: Apache-2.0
"""Conditions as values: wanted ones + those written before -> those to write, and which have changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from otakube_api.reasons import CommonCondition, CommonReason, ConditionType, Reason
from otakube_api.v1alpha1.meta import Condition
from otakube_operator.runtime.objects import ObjectStatus, UnreadableObject

Truth = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class DesiredCondition:
    """A condition to be present."""

    type: ConditionType
    status: Truth
    reason: Reason | str
    message: str


def find(conditions: Iterable[Condition], type_: ConditionType) -> Condition | None:
    """The condition of that type, if it is there."""
    return next((condition for condition in conditions if condition.type == type_), None)


def apply_conditions(
    before: Sequence[Condition], wanted: Sequence[DesiredCondition], *, generation: int, now: datetime
) -> list[Condition]:
    """Exactly the wanted conditions; lastTransitionTime moves only where status does."""
    return [_applied(find(before, each.type), each, generation, now) for each in wanted]


def transitions(before: Sequence[Condition], after: Sequence[Condition]) -> list[Condition]:
    """The conditions of `after` whose status or reason is new."""
    earlier = {(condition.type, condition.status, condition.reason) for condition in before}
    return [each for each in after if (each.type, each.status, each.reason) not in earlier]


def not_ready(reason: Reason | str, message: str) -> list[DesiredCondition]:
    """Ready is False and nothing goes on until a person changes something."""
    return [
        DesiredCondition(CommonCondition.READY, "False", reason, message),
        DesiredCondition(CommonCondition.STALLED, "True", reason, message),
    ]


def unreadable_status(seen: UnreadableObject, now: datetime) -> ObjectStatus:
    """The status of an object whose spec cannot be parsed."""
    conditions = apply_conditions(
        seen.status.conditions,
        not_ready(CommonReason.SPEC_INVALID, seen.problem),
        generation=seen.generation,
        now=now,
    )
    return seen.status.model_copy(update={"conditions": conditions, "observed_generation": seen.generation})


def _applied(before: Condition | None, wanted: DesiredCondition, generation: int, now: datetime) -> Condition:
    same = before is not None and before.status == wanted.status
    return Condition(
        type=wanted.type,
        status=wanted.status,
        reason=str(wanted.reason),
        message=wanted.message,
        observed_generation=generation,
        last_transition_time=before.last_transition_time if before is not None and same else now,
    )
