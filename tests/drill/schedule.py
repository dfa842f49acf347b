# SPDX-License-Identifier: Apache-2.0
"""A random schedule, drawn from its seed alone: who runs, when each begins, and which faults meet them.

Nothing here knows the stores: the same seed is the same schedule over any of them.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

from otakube.failpoints import POINTS


class Kind(StrEnum):
    """Faults that can meet one call of one process."""

    KILL = "kill"  # before the request leaves
    KILL_ANSWERED = "kill once answered"  # done in the store, and never heard of
    STOP = "stop"  # sleeps before the request leaves
    HOLD = "hold the answer"  # sleeps after the store has done it
    DELAY = "delay"  # the clock moves on before the request leaves
    TWICE = "send twice"  # the client repeats a request whose first answer was lost
    LATE = "send again later"  # a copy of the request arrives when others have moved on
    LOSE_ANSWER = "lose the answer"  # done in the store, the client hears of a failure
    LOSE_REQUEST = "lose the request"  # the store never sees it
    FORGET = (
        "acknowledge and forget"  # the store says that it is done, and it is not: only in chosen schedules
    )


ENDING = (Kind.KILL, Kind.KILL_ANSWERED)
SLEEPING = (Kind.STOP, Kind.HOLD)
WEIGHTS = {
    Kind.KILL: 3, Kind.KILL_ANSWERED: 3, Kind.STOP: 5, Kind.HOLD: 3, Kind.DELAY: 2,
    Kind.TWICE: 3, Kind.LATE: 2, Kind.LOSE_ANSWER: 4, Kind.LOSE_REQUEST: 2,
}  # fmt: skip

# Calls at which an answer that is lost, doubled or late hurts most.
CALLS = (
    "ledger.next_version", "ledger.take_lease", "ledger.open_intent", "objects.put", "vectors.insert",
    "ledger.make_live", "ledger.make_live", "ledger.move_intent", "ledger.project", "vectors.delete_before",
    "vectors.delete", "ledger.publish", "ledger.drop_event", "ledger.release_lease",
)  # fmt: skip
# Points at which a run holds the lease, and may have lost it when it wakes up.
HOLDING = POINTS[POINTS.index("S1.after") : POINTS.index("S6.after")]
RESTORED = 0.1  # share of schedules whose document store is put back to an earlier state
EXPIRED = 0.25  # share of schedules in which a full scrub takes values out whose licence is over
SKEWS_MINUTES = (-10, -3, -1, 1, 3, 10)


@dataclass(frozen=True)
class Fault:
    """Meets the victim's next call after `at`: a failpoint, a call's name, or a number of calls."""

    kind: Kind
    victim: str
    at: str | int
    steps: int  # of others, that a sleep or a late copy lasts
    seconds: int  # that a delay takes

    def __str__(self) -> str:
        lasting = f" for {self.steps} steps" if self.kind in {*SLEEPING, Kind.LATE} else ""
        lasting = f" by {self.seconds} s" if self.kind is Kind.DELAY else lasting
        return f"{self.victim}: {self.kind}{lasting} at {self.at}"


@dataclass(frozen=True)
class Actor:
    """A run that claims its pages and commits, or a scrub."""

    name: str
    begins: int  # steps of others before its first
    skew_seconds: int = 0
    revision: int = 0  # of a run's content; the same revision is the same content
    pages: tuple[int, ...] = ()
    decision: str = "automatic"
    replaced: bool = True  # a run that is killed or sleeps gets another attempt, as Argo grants it
    attempts: int = 6  # that fail, until a run gives up
    full: bool = False  # of a scrub

    def __str__(self) -> str:
        what = f"revision {self.revision} on pages {self.pages}, {self.decision}" if self.pages else ""
        what = what or ("full" if self.full else "finish")
        return f"{self.name}: {what}, begins at {self.begins}, clock {self.skew_seconds:+} s"


@dataclass(frozen=True)
class Schedule:
    """All that a seed decides beforehand; the order of steps is drawn from the same source while it runs."""

    seed: str
    actors: tuple[Actor, ...]
    faults: tuple[Fault, ...]
    live_before: bool = False  # the anime has a live version already
    backup_at: int | None = None  # steps until the document store is backed up
    restore_at: int | None = None  # steps until that is put back
    licence_over: bool = False  # full scrubs make versions without the genres

    def __str__(self) -> str:
        lines = [f"seed {self.seed}", *map(str, self.actors), *map(str, self.faults)]
        lines += ["a version is live before"] if self.live_before else []
        lines += ["the licence of the genres is over"] if self.licence_over else []
        if self.restore_at is not None:
            lines.append(f"document store backed up at {self.backup_at}, restored at {self.restore_at}")
        return "\n  ".join(lines)


def drawn(seed: str) -> Schedule:
    """The schedule of a seed."""
    source = random.Random(f"schedule {seed}")
    runs = [_run(source, number) for number in range(1, source.choice((2, 2, 3, 3, 4)) + 1)]
    scrubs = [
        Actor(
            name=f"scrub {number}",
            begins=source.randrange(120),
            skew_seconds=_skew(source),
            full=source.random() < 0.5,
        )
        for number in range(1, source.choice((0, 1, 1, 2)) + 1)
    ]
    actors = (*runs, *scrubs)
    faults = tuple(
        _fault(source, actors, first=not number) for number in range(source.choice((2, 2, 3, 3, 4)))
    )
    backup_at = restore_at = None
    if source.random() < RESTORED:
        backup_at = source.randrange(100)
        restore_at = backup_at + source.randrange(5, 90)
    return Schedule(
        seed=seed,
        actors=actors,
        faults=faults,
        live_before=source.random() < 0.5,
        backup_at=backup_at,
        restore_at=restore_at,
        licence_over=random.Random(f"licence {seed}").random() < EXPIRED,
    )


def _run(source: random.Random, number: int) -> Actor:
    # One anime shows pages 0 and 1; some runs know only one of them, some another page that it shares.
    pages = source.choices(((0, 1), (0,), (1,), (1, 2), (2, 3)), (60, 10, 5, 15, 10))[0]
    return Actor(
        name=f"run {number}",
        begins=0 if number == 1 else source.choice((0, source.randrange(40), source.randrange(120))),
        skew_seconds=_skew(source),
        revision=source.choice((1, 2, 3, number, number)),
        pages=pages,
        decision="reject" if source.random() < 0.03 else source.choice(("automatic", "approve")),
        replaced=source.random() < 0.6,
        attempts=source.choice((1, 3, 6)),
    )


def _fault(source: random.Random, actors: tuple[Actor, ...], *, first: bool) -> Fault:
    runs = [actor for actor in actors if actor.pages]
    victim = runs[0] if first else source.choice(actors)
    if first and source.random() < 0.4:
        # Wakes up while the next holder is at work: the lease is over by then.
        steps = source.randrange(20, 90)
        return Fault(source.choice(SLEEPING), victim.name, source.choice(HOLDING), steps, seconds=0)
    places: list[str | int] = [source.randrange(1, 14 if first else 30)]
    if victim.pages:
        places += [source.choice(POINTS[:-1]), source.choice(POINTS[:-1]), source.choice(CALLS)]
    return Fault(
        kind=source.choices(list(WEIGHTS), list(WEIGHTS.values()))[0],
        victim=victim.name,
        at=source.choice(places),
        steps=source.choice((source.randrange(1, 20), source.randrange(10, 90), 10_000)),
        seconds=source.choice((5, 60, 130, 130, 800)),
    )


def _skew(source: random.Random) -> int:
    return 60 * source.choice(SKEWS_MINUTES) if source.random() < 0.3 else 0
