# SPDX-License-Identifier: Apache-2.0
"""The plausibility gate: an upstream that quietly dies goes on answering, with less or always the same.

Two looks. A title's record is held against the same title's records before it; the provider is held against
what its records of all titles became lately. What fails either is reported and ignored.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from pydantic import AwareDatetime, Field, ValidationError

from otakube.domain.record.golden import Record
from otakube_api.contract import Provider

# Of one title
HALVED = 2  # lists lose rows one by one; half at once is a broken answer
LOST_ROWS = 2  # of two rows, one may have been wrong
FROZEN_ANSWERS = 3  # counts of a title on air change daily; three equal ones a week apart come from a copy
FROZEN_FOR = timedelta(days=7)
MANY_MEMBERS = 1_000  # fewer may indeed stand still for a week
LASTING_ANSWERS = 3  # a list that stays short so often and so long is short: the provider has mended it
LASTING_FOR = timedelta(days=14)
READINGS_KEPT = 12
APART = timedelta(days=2)  # of equal ones: what is kept must reach back beyond LASTING_FOR and FROZEN_FOR

# Of one provider
WINDOW = timedelta(days=14)  # older evidence says nothing about today
FEW_TITLES = 5  # one broken title is no dying provider
LOST_SHARE = 1 / 3
FEW_MOVING = 3
FROZEN_SHARE = 1 / 2
RECOVERED = 5  # titles in a row that are whole, or three that move: it is back
OUTCOMES_KEPT = 500


class Reading(Record):
    """Contents of one provider's record of one title. A count is None: not asked, or failed."""

    at: AwareDatetime  # when it was read: a provider that confirms an old copy says its old time
    counts: dict[str, int | None]  # episodes, characters, fields
    digest: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")  # of the statistics, where they must move
    accepted: bool = True


class TitleOutcome(Record):
    """One title's record as evidence about its provider."""

    title: str = Field(max_length=300)  # the provider's id
    at: AwareDatetime
    lost: bool  # it shrank, or is gone
    frozen: bool | None = None  # None: it need not move, or it is too early to tell


class ProviderCondition(StrEnum):
    SOUND = "Sound"
    SHRINKING = "Shrinking"
    FROZEN = "Frozen"


class Health(Record):
    """Assessment of a provider; `evidence` is a sentence."""

    state: ProviderCondition = ProviderCondition.SOUND
    evidence: str = Field("", max_length=300)


EvidenceT = TypeVar("EvidenceT", Reading, TitleOutcome, Health)


def read_evidence(kind: type[EvidenceT], rows: Iterable[bytes | str]) -> list[EvidenceT]:
    """Read stored rows, each a JSON object; those of a form that this release does not know are left out.

    Earlier answers are an aid to judgement: a row of another release must not end a run.
    """
    known = []
    for row in rows:
        try:
            known.append(kind.model_validate_json(row))
        except ValidationError:
            continue
    return known


def judge(readings: Sequence[Reading], now: Reading) -> str | None:
    """Problem of a title's record, given the earlier ones, oldest first; None if it is plausible."""
    if (lost := shrank(measure(readings), now)) and not lasting(readings, now):
        return f"its answer shrank: {lost}"
    return frozen(readings, now)


def measure(readings: Sequence[Reading]) -> dict[str, int]:
    """The last accepted counts; one that an answer did not tell is that of the answer before."""
    found: dict[str, int] = {}
    for one in (one for one in readings if one.accepted):
        found |= {name: count for name, count in one.counts.items() if count is not None}
    return found


def shrank(before: Mapping[str, int | None], now: Reading) -> str | None:
    """The counts that halved, as before -> after."""
    pairs = {name: (was, now.counts.get(name)) for name, was in before.items()}
    halved = [
        f"{name} {was} -> {is_}"
        for name, (was, is_) in pairs.items()
        if was is not None and is_ is not None and is_ * HALVED < was and was - is_ >= LOST_ROWS
    ]
    return ", ".join(halved) or None


def lasting(readings: Sequence[Reading], now: Reading) -> bool:
    """Tell whether the smaller record has been the answer so often and so long that it is the truth."""
    doubted: list[Reading] = []
    for one in reversed(readings):
        if one.accepted or shrank(one.counts, now):
            break
        doubted.append(one)
    return len(doubted) + 1 >= LASTING_ANSWERS and now.at - doubted[-1].at >= LASTING_FOR


def frozen(readings: Sequence[Reading], now: Reading) -> str | None:
    """Tell whether statistics that must move have been the same for long."""
    same: list[Reading] = []
    for one in reversed([one for one in readings if one.digest]):
        if one.digest != now.digest:
            break
        same.append(one)
    if len(same) + 1 < FROZEN_ANSWERS or now.at - same[-1].at < FROZEN_FOR:
        return None
    return f"its statistics have not moved since {same[-1].at:%Y-%m-%d}, in {len(same) + 1} answers"


def outcome(title: str, readings: Sequence[Reading], now: Reading) -> TitleOutcome | None:
    """A title's record as evidence; None for the first, which nothing can be held against."""
    if not readings:
        return None
    digests = [one.digest for one in readings if one.digest]
    moved = bool(now.digest and digests and digests[-1] != now.digest)
    lost = bool(shrank(measure(readings), now)) and not lasting(readings, now)
    return TitleOutcome(
        title=title,
        at=now.at,
        lost=lost,
        frozen=True if frozen(readings, now) else (False if moved else None),
    )


def health(outcomes: Sequence[TitleOutcome], now: datetime) -> Health:
    """Health of a provider by the outcomes of the last weeks, each title's latest counting once.

    A provider that has recovered says so by its latest titles, whatever the others' last outcome was.
    """
    latest: dict[str, TitleOutcome] = {}
    for one in sorted(outcomes, key=lambda one: one.at):
        if now - one.at <= WINDOW:
            latest.pop(one.title, None)
            latest[one.title] = one
    return _shrinking(list(latest.values())) or _frozen(list(latest.values())) or Health()


def _shrinking(latest: Sequence[TitleOutcome]) -> Health | None:
    lost = sum(one.lost for one in latest)
    whole_again = not any(one.lost for one in latest[-RECOVERED:])
    if len(latest) < FEW_TITLES or lost <= LOST_SHARE * len(latest) or whole_again:
        return None
    evidence = f"{lost} of the {len(latest)} titles asked in {WINDOW.days} days shrank or are gone"
    return Health(state=ProviderCondition.SHRINKING, evidence=evidence)


def _frozen(latest: Sequence[TitleOutcome]) -> Health | None:
    moving = [one for one in latest if one.frozen is not None]
    still = sum(bool(one.frozen) for one in moving)
    moves_again = not any(one.frozen for one in moving[-FEW_MOVING:])
    if len(moving) < FEW_MOVING or still <= FROZEN_SHARE * len(moving) or moves_again:
        return None
    evidence = f"the statistics of {still} of {len(moving)} titles on air have not moved for a week"
    return Health(state=ProviderCondition.FROZEN, evidence=evidence)


def ignored(provider: Provider, problem: str | None, found: Health) -> str | None:
    """Why a provider's record is left out; None if it is plausible and so is its provider."""
    if problem:
        return f"{problem}; {provider} is ignored for this title until it recovers"
    if found.state is not ProviderCondition.SOUND:
        return f"{found.evidence}; {provider} is ignored until its titles recover"
    return None


def accepted(readings: Sequence[Reading], now: Reading) -> Reading:
    """The reading as later ones see it."""
    return now.model_copy(update={"accepted": judge(readings, now) is None})


def worth_keeping(readings: Sequence[Reading], now: Reading) -> bool:
    """Tell whether a judged reading adds to those before it.

    Of a title that is asked every hour, twelve readings would be half a day: what was true would be
    forgotten before the doubted could last, and nothing could be seen to stand still.
    """
    last = readings[-1] if readings else None
    if last is None or now.at - last.at >= APART or now.accepted != last.accepted:
        return True
    return now.accepted and (now.counts, now.digest) != (last.counts, last.digest)
