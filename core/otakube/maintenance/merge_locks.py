# SPDX-License-Identifier: Apache-2.0
"""Changes of the merge locks: all of one payload or nothing, and an approval that becomes a decision."""

from collections.abc import Sequence
from datetime import datetime

from otakube import logs
from otakube.domain.locks.change import LockChange, LockChangeResult, unpack
from otakube.domain.locks.file import ImportPlan, LockLine, plan_import
from otakube.domain.locks.lock import Lock, Same, lock_id, pages_among
from otakube.domain.record.handover import Commit
from otakube.domain.record.text import plain
from otakube.errors import Fatal, Retriable
from otakube.ports.locks import Locks
from otakube_api.contract import Decision, FailureReason, Gate

_ROUNDS = 100  # of a change that meets others; each round that is lost is another's that is done


def read_payload(payload: str) -> LockChange:
    """The change in a parameter; Fatal if it is none."""
    try:
        return unpack(payload)
    except ValueError as error:
        raise Fatal(FailureReason.RECORD_INVALID, f"--payload: {error}") from error


async def curate(locks: Locks, change: LockChange, *, dry_run: bool = False) -> LockChangeResult:
    """Change the locks as asked; a lock that contradicts another is Fatal and nothing is changed.

    Everybody who changes locks comes through here, and a plan is carried out only if no other change came
    since it was made. A run that was cut off is repeated: what is there already is unchanged.
    """
    await locks.prepare()
    for _ in range(_ROUNDS):
        generation = await locks.generation()
        wanted, result = await _plan(locks, change, dry_run=dry_run)
        idle = dry_run or not (wanted.remove or wanted.set)
        if idle or await locks.apply(wanted, after=generation):
            return result
    message = f"{_ROUNDS} other changes of the merge locks came first; try again"
    raise Retriable(FailureReason.STORE_UNAVAILABLE, message)


async def _plan(locks: Locks, change: LockChange, *, dry_run: bool) -> tuple[LockChange, LockChangeResult]:
    """The change that is left to do by the locks that stand, and its report."""
    going = set(change.remove)
    lines = [LockLine(number, lock) for number, lock in enumerate(change.set, start=1)]
    standing = [one for one in await _standing(locks, change.set) if lock_id(one) not in going]
    planned = plan_import(lines, standing)
    _refuse(planned)
    held = {lock_id(lock) for lock in await locks.get(sorted(going))}
    result = LockChangeResult(
        added=len(planned.added),
        unchanged=len(planned.unchanged),
        removed=len(held),
        missing=sorted(going - held),
        dry_run=dry_run,
    )
    return LockChange(remove=sorted(held), set=[one.lock for one in planned.added]), result


async def _standing(locks: Locks, proposed: Sequence[Lock]) -> list[Lock]:
    """The locks that could contradict these."""
    near = await locks.about(sorted({page for lock in proposed for page in lock.pages}))
    same = await locks.get([lock_id(lock) for lock in proposed])
    return list({lock_id(lock): lock for lock in (*near, *same)}.values())


def _refuse(planned: ImportPlan) -> None:
    if planned.refused:
        messages = "; ".join(one.message for one in planned.refused[:3])
        message = f"{len(planned.refused)} locks are refused, and nothing is changed: {messages}"
        raise Fatal(FailureReason.RECORD_INVALID, message)


async def remember(locks: Locks, request: Commit, *, at: datetime) -> Same | None:
    """Keep an approval in spite of doubts about identity: the record's pages show one anime, for ever.

    Called once the version is live, and harmless when called again: the first decision stands. What
    contradicts a lock is left to the person who holds that one.
    """
    pages = pages_among(request.record.entry.sources)
    doubted = any(one.gate is Gate.IDENTITY for one in request.record.gates)
    if request.decision != Decision.APPROVE or not doubted or len(pages) < 2:
        return None
    said = Same(
        pages=pages,
        decided_by=plain(request.reviewer[:200]) or "a reviewer",
        decided_at=at,
        note=plain(request.note[:2000]) or "",
    )
    try:
        await curate(locks, LockChange(set=[said]))
    except Fatal as error:
        logs.logger().warning("approval not kept as a lock", message=str(error))
        return None
    return said
