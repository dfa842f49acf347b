# SPDX-License-Identifier: Apache-2.0
"""A provider's patience, shared by all pods behind one egress address: its rate budget and its breaker."""

from typing import NamedTuple, Protocol

from otakube.domain.providers.budget import Account
from otakube.domain.providers.budget import Outcome as Outcome
from otakube.domain.providers.budget import Standing as Standing


class Manners(Protocol):
    """One provider's turns."""

    async def turn(self) -> None:
        """Wait until a request may go.

        SourceError: Unavailable while the breaker is open; RateLimited if the wait would be longer than this
        caller's patience, or if the day's budget is spent (then it says until when).
        """

    async def settle(self, outcome: Outcome) -> None:
        """Tell what came of a request that had its turn."""

    async def standing(self) -> Standing:
        """Without taking a turn."""


class Seen(NamedTuple):
    """An account as it was at `now`, the store's Unix time; `mark` tells it from other states of it."""

    account: Account
    now: float
    mark: bytes


class Accounts(Protocol):
    """Where one provider's account is kept; its clock is the only one that counts."""

    async def read(self) -> Seen:
        """The account; a new one if there is none."""

    async def exchange(self, seen: Seen, new: Account) -> bool:
        """Write `new` unless the account has changed since it was seen; False if it has."""


class NoManners:
    """For a provider that is ours: no limit, no breaker."""

    async def turn(self) -> None:
        """At once."""

    async def settle(self, outcome: Outcome) -> None:
        """Nothing is kept."""

    async def standing(self) -> Standing:
        """Always open."""
        return Standing(breaker="Closed", remaining=None, limit=None)
