# SPDX-License-Identifier: Apache-2.0
"""Changes of the merge locks: all of one payload or nothing, and an approval that becomes a decision."""

from collections.abc import Sequence
from datetime import datetime

from otakube import logs
from otakube.domain.locks.change import LockChange, LockChangeResult, unpack
from otakube.domain.locks.file import ImportPlan, LockLine, plan_import
from otakube.domain.locks.lock import Lock, Same, answer, format_lock, lock_id, pages_among
from otakube.domain.record.handover import Commit
from otakube.domain.record.text import plain
from otakube.errors import Fatal
from otakube.ports.locks import Locks
from otakube_api.contract import Decision, FailureReason, Gate


def read_payload(payload: str) -> LockChange:
    """The change in a parameter; Fatal if it is none."""
    try:
        return unpack(payload)
    except ValueError as error:
        raise Fatal(FailureReason.RECORD_INVALID, f"--payload: {error}") from error


async def curate(locks: Locks, change: LockChange, *, dry_run: bool = False) -> LockChangeResult:
    """Change the locks as asked; a lock that contradicts another is Fatal and nothing is changed.

    A run that was cut off is repeated: what is there already is unchanged.
    """
    await locks.prepare()
    going = set(change.remove)
    lines = [LockLine(number, lock) for number, lock in enumerate(change.set, start=1)]
    planned = plan_import(
        lines, [one for one in await _standing(locks, change.set) if lock_id(one) not in going]
    )
    _refuse(planned)
    held = {lock_id(lock) for lock in await locks.get(sorted(going))}
    if not dry_run:
        await _carry_out(locks, sorted(held), [one.lock for one in planned.added])
    return LockChangeResult(
        added=len(planned.added),
        unchanged=len(planned.unchanged),
        removed=len(held),
        missing=sorted(going - held),
        dry_run=dry_run,
    )


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


async def _carry_out(locks: Locks, gone: Sequence[str], fresh: Sequence[Lock]) -> None:
    for name in gone:
        await locks.remove(name)
    for lock in fresh:
        standing = await locks.add(lock)
        if answer(standing) != answer(lock):  # somebody decided meanwhile
            second = f"{format_lock(lock)} came second to {format_lock(standing)}"
            message = f"{second}; remove that one first, then try again"
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
