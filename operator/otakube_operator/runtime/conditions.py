# SPDX-License-Identifier: Apache-2.0
"""Conditions as values: what is wanted + what was written before -> what to write, and what has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from otakube_api.reasons import ConditionType, Reason
from otakube_api.v1alpha1.meta import Condition

Truth = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class DesiredCondition:
    """A condition that shall be there."""

    type: ConditionType
    status: Truth
    reason: Reason | str
    message: str


def find(conditions: Iterable[Condition], wanted: ConditionType) -> Condition | None:
    """The condition of that type, if it is there."""
    return next((condition for condition in conditions if condition.type == wanted), None)


def settle(
    before: Sequence[Condition], wanted: Sequence[DesiredCondition], *, generation: int, now: datetime
) -> list[Condition]:
    """Exactly the wanted conditions; lastTransitionTime moves only where status does."""
    return [_settled(find(before, each.type), each, generation, now) for each in wanted]


def transitions(before: Sequence[Condition], after: Sequence[Condition]) -> list[Condition]:
    """The conditions of `after` whose status or reason is new."""
    known = {(condition.type, condition.status, condition.reason) for condition in before}
    return [each for each in after if (each.type, each.status, each.reason) not in known]


def _settled(before: Condition | None, wanted: DesiredCondition, generation: int, now: datetime) -> Condition:
    same = before is not None and before.status == wanted.status
    return Condition(
        type=wanted.type,
        status=wanted.status,
        reason=str(wanted.reason),
        message=wanted.message,
        observed_generation=generation,
        last_transition_time=before.last_transition_time if before is not None and same else now,
    )
