# SPDX-License-Identifier: Apache-2.0
"""Changes that a week of the dataset would bring, as a person and as a program read them."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from otakube.adapters.dataset_file import read_dataset, read_stream
from otakube.commands.output import print_facts
from otakube.domain.dataset import limits as week_limits
from otakube.domain.dataset.changes import Succession
from otakube.domain.dataset.comparison import Comparison, compare, field_changes
from otakube.domain.dataset.limits import WeekLimits
from otakube.domain.dataset.rows import About, DatasetEntry, DatasetFile, UnreadableDataset
from otakube_cli.errors import ConsoleError

STANDARD = Path("-")


class Plan(NamedTuple):
    """A week, held against the one before."""

    name: str
    about: About
    total: int
    since: About | None
    comparison: Comparison

    def counts(self) -> dict[str, int]:
        """Numbers of rows by what became of them."""
        found, one = self.comparison, self.comparison.changes
        return {
            "unchanged": found.unchanged,
            "new": len(one.new),
            "changed": len(one.changed),
            "merged": len(one.merged),
            "split": len(one.split),
            "removed": len(one.removed),
            "repeated": found.repeated,
            "unreadable": len(found.unreadable),
        }

    def body(self) -> dict[str, Any]:
        """For programs: counts, fields that changed, and limits that break."""
        return {
            "dataset": self.name,
            "lastUpdate": _day(self.about),
            "since": _day(self.since) if self.since else None,
            "counts": self.counts(),
            "changedFields": dict(self.changed_fields()),
            "breached": [{"limit": one.breach, "message": one.message} for one in self.comparison.breached],
        }

    def print_facts(self) -> None:
        """For people: one line a fact."""
        counts = self.counts()
        fields = ", ".join(f"{name} {count:,}" for name, count in self.changed_fields().most_common())
        updated = _day(self.about) or "at a time that it does not say"
        print_facts(
            f"{self.name}: {self.total:,} rows, last updated {updated}",
            [
                ("since", _day(self.since) if self.since else "nothing: a first week"),
                *((name, f"{count:,}") for name, count in counts.items() if count or name == "new"),
                ("changed fields", fields),
                ("limits", "broken: see below" if self.comparison.breached else "kept"),
            ],
        )

    def rows(self, kind: str) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Headings and rows of one kind."""
        if kind == "unreadable":
            return ("row", "why"), [(one.place, one.why) for one in self.comparison.unreadable]
        found = [(body["sources"][0], body["title"], _words(kind, body)) for body in self.bodies(kind)]
        return ("page", "title", _WHAT[kind]), found

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """The rows of one kind, for programs; ordered by title."""
        before, after, found = self.comparison.before, self.comparison.after, self.comparison.changes
        if kind == "unreadable":
            return [one._asdict() for one in self.comparison.unreadable]
        made: dict[str, Iterable[dict[str, Any]]] = {
            "new": (_entry(after[one]) for one in found.new),
            "removed": (_entry(before[one]) for one in found.removed),
            "changed": (_changed(one, before, after) for one in found.changed),
            "merged": (_entry(before[one.before]) | {"into": after[one.after].title} for one in found.merged),
            "split": (_entry(after[one.after]) | {"out of": before[one.before].title} for one in found.split),
        }
        return sorted(made[kind], key=lambda body: (body["title"], body["sources"]))

    def changed_fields(self) -> Counter[str]:
        """Numbers of rows in which a field differs."""
        before, after = self.comparison.before, self.comparison.after
        return Counter(
            change.field
            for one in self.comparison.changes.changed
            for change in field_changes(before[one.before], after[one.after])
        )


_WHAT = {"new": "about", "removed": "about", "changed": "changes", "merged": "into", "split": "out of"}


def plan_week(dataset: Path, since: Path | None, *, today: date, limits: WeekLimits) -> Plan:
    """Read both files; ConsoleError names the one that cannot be read."""
    if dataset == since == STANDARD:
        raise ConsoleError("standard input is one week: name a file for the other", code=2)
    after = read(dataset)
    before = read(since) if since else DatasetFile(About(), [])
    found = compare(before, after, today=today, limits=limits)
    name = "standard input" if dataset == STANDARD else dataset.name
    return Plan(name, after.about, len(after.rows), before.about if since else None, found)


def read(path: Path) -> DatasetFile:
    """A dataset's rows, or why there are none."""
    try:
        return read_stream(sys.stdin.buffer) if path == STANDARD else read_dataset(path)
    except OSError as error:
        raise ConsoleError(f"{path}: {error.strerror or error}", code=2) from error
    except UnreadableDataset as error:
        raise ConsoleError(f"{path}: {error}", code=2) from error


def limits_of(allowed: Iterable[str]) -> WeekLimits:
    """The usual limits with those of `--allow`; ConsoleError names what is none."""
    try:
        return week_limits.limits_of(allowed)
    except ValueError as error:
        raise ConsoleError(f"--allow {error}", code=2) from None


def _entry(one: DatasetEntry) -> dict[str, Any]:
    return {
        "title": one.title,
        "type": one.type,
        "status": one.status,
        "episodes": one.episodes,
        "year": one.anime_season.year,
        "sources": list(one.sources),
    }


def _changed(
    one: Succession, before: Mapping[bytes, DatasetEntry], after: Mapping[bytes, DatasetEntry]
) -> dict[str, Any]:
    import msgspec

    found = field_changes(before[one.before], after[one.after])
    changes = [msgspec.to_builtins(change._asdict()) for change in found]
    return _entry(after[one.after]) | {"changes": changes}


def _words(kind: str, body: Mapping[str, Any]) -> str:
    """The middle column."""
    if kind in ("merged", "split"):
        return str(body[_WHAT[kind]])
    if kind == "changed":
        return "; ".join(_change(change) for change in body["changes"])
    facts = (body["type"], body["year"], f"{body['episodes']} episodes" if body["episodes"] else None)
    return ", ".join(str(fact) for fact in facts if fact)


def _change(change: Mapping[str, Any]) -> str:
    before, after = change["before"], change["after"]
    if isinstance(before, list):
        parts = [*(f"-{one}" for one in before), *(f"+{one}" for one in after)]
        return f"{change['field']} {' '.join(parts[:4])}{' …' if len(parts) > 4 else ''}"
    return f"{change['field']} {before} -> {after}"


def _day(about: About | None) -> str | None:
    return about.last_update.isoformat() if about and about.last_update else None
