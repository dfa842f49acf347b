# SPDX-License-Identifier: Apache-2.0
"""Queue of the differences between enriched entries and the dataset, for a person to decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from otakube.domain.dataset.flags import FlaggedField


class FlagState(StrEnum):
    OPEN = "Open"
    RESOLVED = "Resolved"  # for these two values: others open it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A field in which an enriched entry and the dataset differ; one a field and entry."""

    id: str
    entry_id: str
    title: str
    field: FlaggedField
    ours: str
    theirs: str
    state: FlagState = FlagState.OPEN
    flagged_at: datetime
    resolved_by: str = ""
    resolved_at: datetime | None = None
    note: str = ""


def flag_id(entry_id: str, field: FlaggedField) -> str:
    """The name under which a person resolves it."""
    return f"{entry_id}/{field}"


class Flags(Protocol):
    """Each write of one flag is atomic. An unreachable store raises Retriable."""

    async def get(self, flag_ids: Collection[str]) -> dict[str, Flag]:
        """Those that there are, by id."""

    async def put(self, flags: Sequence[Flag]) -> None:
        """Insert or replace each."""

    async def newest(self, state: FlagState | None, limit: int) -> list[Flag]:
        """Those in a state, or all; the newest first."""
