# SPDX-License-Identifier: Apache-2.0
"""The right to change an entry: taken, compared and let go in one way, by commits and by the scrubber."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from otakube.errors import Retriable, StepError
from otakube.ports.clock import Clock as Clock
from otakube.ports.ledger import Lease, Ledger
from otakube_api.contract import FailureReason


class Fenced(Retriable):
    """Another run holds the entry, or held it meanwhile: this attempt's version can never go live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entry under this process's lease."""

    entry_id: str
    lease: Lease
    seconds: float  # how long the lease holds without progress
    expected: int | None = None  # the live version that S5 replaces


async def take(ledger: Ledger, entry_id: str, *, owner: str, seconds: float, clock: Clock) -> Held:
    """Draw a fencing token and hold the entry under it; Fenced if another does."""
    token = await ledger.next_version(entry_id)
    now = clock()
    lease = Lease(
        token=token, nonce=secrets.token_hex(8), owner=owner, until=now + timedelta(seconds=seconds)
    )
    if not await ledger.take_lease(entry_id, lease, now=now):
        raise await fenced(ledger, entry_id)
    return Held(entry_id=entry_id, lease=lease, seconds=seconds)


async def renew(ledger: Ledger, held: Held, *, clock: Clock) -> None:
    """Compare the token, and hold on; Fenced for a holder that slept through its lease."""
    longer = replace(held.lease, until=clock() + timedelta(seconds=held.seconds))
    if not await ledger.renew_lease(held.entry_id, longer):
        raise await fenced(ledger, held.entry_id)


@asynccontextmanager
async def letting_go(ledger: Ledger, held: Held) -> AsyncIterator[None]:
    """Release at the end, also of a body that fails: whoever comes next needs not wait for the clock."""
    try:
        yield
    except Exception:  # raised again below: only the lease is let go of
        with suppress(StepError):  # a store that is away: the lease ends by the clock
            await ledger.release_lease(held.entry_id, held.lease)
        raise
    await ledger.release_lease(held.entry_id, held.lease)


async def fenced(ledger: Ledger, entry_id: str) -> Fenced:
    """The error of a holder that was overtaken; it says by whom."""
    state = await ledger.state(entry_id)
    lease = state.lease if state else None
    holder = f"held by {lease.owner} until {lease.until:%H:%M:%S} UTC" if lease else "changed by a newer run"
    return Fenced(FailureReason.COMMIT_FENCED, f"{entry_id} is {holder}; this attempt changed nothing")
