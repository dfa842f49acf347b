# SPDX-License-Identifier: Apache-2.0
"""The step `commit`: reads what a run wants to make live, for the commit protocol to carry out."""

from otakube.domain.record import handover
from otakube.domain.record.golden import GoldenRecord
from otakube.domain.record.handover import Commit, VectorSet
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_input


async def read_commit(objects: ObjectStore, *, run: str, decision: str, note: str, reviewer: str) -> Commit:
    """Read what the steps before left below the run's prefix."""
    record = await read_input(objects, f"{run}/{handover.GOLDEN}", GoldenRecord, made_by="assemble")
    vectors = await read_input(objects, f"{run}/{handover.VECTORS}", VectorSet, made_by="embed")
    return Commit(
        record=record,
        vectors=vectors,
        digest=handover.digest(record),
        run=run,
        decision=decision,
        note=note,
        reviewer=reviewer,
    )
