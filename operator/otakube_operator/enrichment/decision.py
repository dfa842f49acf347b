# SPDX-License-Identifier: Apache-2.0
"""Decision about the runs of one AnimeEnrichment: what its status says, and what changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from otakube_operator.enrichment.assessment import Assessment
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.enrichment.waiting import NOTHING, Waiting
from otakube_operator.enrichment.workflows import NewRun
from otakube_operator.runtime.conditions import DesiredCondition
from otakube_operator.runtime.controller import Observed

ObservedEnrichment = Observed[Enrichment, WorkflowRun]


class WorkflowChange(Enum):
    """A change to a run."""

    STOP = "Stop"  # its exit handler cleans up
    SUPERSEDE = "Terminate"  # a newer run does not wait for a clean-up
    SUSPEND = "Suspend"
    RESUME = "Resume"


@dataclass(frozen=True, slots=True)
class WorkflowPatch:
    """One change to a run."""

    run: WorkflowRun
    change: WorkflowChange


@dataclass(frozen=True, slots=True)
class RunDecision:
    """The assessment of the object, the run that its status is to describe, and what changes about runs."""

    assessment: Assessment
    run: WorkflowRun | None = None
    create: NewRun | None = None
    patches: tuple[WorkflowPatch, ...] = ()
    beside: tuple[DesiredCondition, ...] = ()
    starts: tuple[datetime, ...] = ()
    """The starts to record, if one is added."""
    waiting: Waiting = NOTHING
    due: datetime | None = None
    """When time alone changes the decision."""
