# SPDX-License-Identifier: Apache-2.0
"""The step `commit`: reads what a run wants to make live, for the commit protocol to carry out."""

from otakube.domain.record import handover
from otakube.domain.record.handover import Commit, VectorSet
from otakube.ports.objects import ObjectStore
from otakube.steps.inputs import read_input
from otakube.steps.reviewed import ReviewAnswer, read_reviewed


async def read_commit(
    objects: ObjectStore, answer: ReviewAnswer, *, work_prefix: str, decision: str, note: str
) -> Commit:
    """The reviewed record with the accepted suggestions, and the vectors that were made of it."""
    record = await read_reviewed(objects, answer, work_prefix=work_prefix)
    vectors = await read_input(objects, f"{work_prefix}/{handover.VECTORS}", VectorSet, made_by="embed")
    return Commit(
        record=record,
        vectors=vectors,
        digest=handover.digest(record),
        run=work_prefix,
        decision=decision,
        note=note,
        reviewer=answer.reviewer,
    )
