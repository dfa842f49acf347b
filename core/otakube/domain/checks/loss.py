# SPDX-License-Identifier: Apache-2.0
"""The loss gate: what the live version has and the record lacks because a provider did not answer.

What such a provider said before is carried over; here is what could not be, for its licence or for want of
provenance. A row that somebody who answered does not list any more is no loss: that is drift.
"""

from collections.abc import Collection, Iterable, Mapping

from otakube.domain.record.golden import GateFinding, GoldenRecord, StaffEntry
from otakube_api.contract import Gate, Provider


def loss_findings(
    record: GoldenRecord, live: GoldenRecord, absent: Mapping[Provider, str]
) -> list[GateFinding]:
    """One finding a provider that would lose something; `absent` has the reasons why they did not answer."""
    found: list[GateFinding] = []
    for provider, reason in absent.items():
        lost = [*lost_rows(record, live, provider), *lost_words(record, live, provider)]
        if lost:
            message = f"{provider} did not answer ({reason}); without it would go: {', '.join(lost)}"
            found.append(GateFinding(gate=Gate.LOSS, message=message[:500]))
    return found


def lost_rows(record: GoldenRecord, live: GoldenRecord, provider: Provider) -> list[str]:
    """Rows that the provider had a part in and that are gone, counted by kind."""
    listed = {(one.kind, one.number) for one in record.episodes}
    known = {one.id for one in record.characters}
    episodes = [one for one in live.episodes if provider in one.providers]
    characters = [one for one in live.characters if provider in one.providers]
    counts = {
        "episodes": sum((one.kind, one.number) not in listed for one in episodes),
        "characters": sum(one.id not in known for one in characters),
        "people of the staff": _fewer(live.staff, record.staff, provider),
    }
    return [f"{count} {name}" for name, count in counts.items() if count > 0]


def _fewer(before: Iterable[StaffEntry], after: Iterable[StaffEntry], provider: Provider) -> int:
    """Rows less than before; those of the staff have no ids."""
    return sum(provider in one.providers for one in before) - sum(provider in one.providers for one in after)


def lost_words(record: GoldenRecord, live: GoldenRecord, provider: Provider) -> list[str]:
    """All that the provider said, if it has no part in the record at all."""
    gone = provider in _speakers(live) and provider not in _speakers(record)
    return ["all that it said"] if gone else []


def _speakers(record: GoldenRecord) -> Collection[Provider]:
    return {one.provider for one in record.attributions}
