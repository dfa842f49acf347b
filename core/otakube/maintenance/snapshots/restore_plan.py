# SPDX-License-Identifier: Apache-2.0
"""Decides what a restore does with an entry: versions only grow, and newer content is a person's choice."""

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum

from otakube.ports.ledger import EntryState
from otakube.ports.rows import StoredEntry


class RestoreAction(StrEnum):
    """Ways to bring an entry back."""

    COMPLETE = "Complete"  # its version is live: something derived from it may be missing
    REINSTATE = "Reinstate"  # under the number that it had: no newer version is live
    COMMIT = "Commit"  # as a new version: a newer one is live, and damaged or to be replaced
    LEAVE = "Leave"


class RestoreOutcome(StrEnum):
    """Result of an entry's restore; in a dry run what it would be."""

    SAME = "Same"  # nothing was missing
    COMPLETED = "Completed"  # the version was live; vectors, points, rows or an event were missing
    RESTORED = "Restored"
    REPLACED = "Replaced"  # by a new version
    NEWER = "Newer"  # the catalogue has another, newer content: left as it is
    HELD = "Held"  # a commit is at work: again later
    FAILED = "Failed"  # a person must act; the detail says how


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFound:
    """An entry as the catalogue has it: `intact` if its record can be read and has its digest."""

    state: EntryState | None
    intact: bool


def numbered_as_live(stored: StoredEntry, found: EntryFound) -> StoredEntry:
    """The entry under the number that its content is live under, if it was committed again since."""
    state, live = found.state, stored.live
    if live is None or state is None or state.commit_key != live.commit_key:
        return stored
    number = max(state.live_version or 0, live.version)
    return replace(
        stored,
        live=replace(live, version=number),
        state=replace(stored.state, live_version=number),
    )


def action(stored: StoredEntry, found: EntryFound, *, newer_too: bool) -> RestoreAction:
    """The way to bring `stored` back into a catalogue that has `found`."""
    wanted, state = stored.state.live_version or 0, found.state
    live = state.live_version if state else None
    if live is None or live < wanted:
        return RestoreAction.REINSTATE
    same_content = state is not None and state.digest == stored.state.digest
    if live == wanted and same_content:
        return RestoreAction.COMPLETE if found.intact else RestoreAction.REINSTATE
    if found.intact and (same_content or not newer_too):
        return RestoreAction.LEAVE
    return RestoreAction.COMMIT


_NAMED = 1000
_QUIET = (RestoreOutcome.SAME, RestoreOutcome.COMPLETED, RestoreOutcome.RESTORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredEntry:
    """One entry and what became of it, where there is something to say."""

    entry_id: str
    outcome: RestoreOutcome
    detail: str


@dataclass(slots=True)
class RestoreReport:
    """Results of a restore; of the entries the first thousand that are not simply there again."""

    outcomes: Counter[RestoreOutcome] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    entries: list[RestoredEntry] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)  # chosen entries that the snapshot lacks
    without_images: int = 0

    def note(self, entry_id: str, outcome: RestoreOutcome, detail: str = "") -> None:
        """Count an entry, and name it if a person may want to know."""
        self.outcomes[outcome] += 1
        if (outcome not in _QUIET or detail) and len(self.entries) < _NAMED:
            self.entries.append(RestoredEntry(entry_id=entry_id, outcome=outcome, detail=detail))

    @property
    def done(self) -> bool:
        """True if nothing is left for a person."""
        return not (self.outcomes[RestoreOutcome.FAILED] or self.without_images or self.notes)

    @property
    def again(self) -> bool:
        """True if the same call brings more back."""
        return bool(self.outcomes[RestoreOutcome.HELD])
