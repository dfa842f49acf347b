# SPDX-License-Identifier: Apache-2.0
"""The merge locks of a cluster: read through the catalogue, changed by workflows, compared before."""

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from otakube.commands.output import print_table
from otakube.domain.locks.change import PAYLOAD_LIMIT, LockChange, LockChangeResult, pack, split_to_payloads
from otakube.domain.locks.file import (
    ImportPlan,
    LockLine,
    describe_fault,
    format_line,
    parse_file,
    plan_import,
)
from otakube.domain.locks.lock import LOCK, Lock, describe_lock, lock_id
from otakube_api.contract import MERGE_LOCKS_TEMPLATE, PAYLOAD
from otakube_cli.cluster import Cluster
from otakube_cli.command import to_stderr
from otakube_cli.errors import ConsoleError
from otakube_cli.workflow import Say, submit_and_wait

PAGE = 500
SHOWN_LINES = 50  # of a report for people; --output json has all

Note = Annotated[str, typer.Option(help="Why; kept with the decision.")]
By = Annotated[str, typer.Option("--by", help="Who decides; default your login name.", show_default=False)]


async def read_all(cluster: Cluster) -> list[Lock]:
    """Every lock that the catalogue knows."""
    locks: list[Lock] = []
    after: str | None = ""
    while after is not None:
        answer = await cluster.catalogue_internal("locks", after=after, limit=PAGE)
        locks += [lock_from(fields) for fields in answer["locks"]]
        after = answer["next"]
    return locks


def lock_from(fields: Mapping[str, Any]) -> Lock:
    """A lock from its JSON, with or without its id; ConsoleError names the field that is wrong."""
    try:
        return LOCK.validate_json(json.dumps({k: v for k, v in fields.items() if k != "id"}))
    except ValidationError as error:
        raise ConsoleError(describe_fault(error), code=2) from error


def decision(by: str, note: str) -> dict[str, str]:
    """The part of a lock that says who decided it, when and why."""
    return {
        "decided_by": by or getpass.getuser(),
        "decided_at": datetime.now(UTC).isoformat(),
        **({"note": note} if note else {}),
    }


async def compare(cluster: Cluster, text: str) -> ImportPlan:
    """Compare a file with the locks that stand: what an import would do, and all that is wrong with it.

    No cluster is needed for a file that is wrong by itself.
    """
    lines, unreadable = parse_file(text)
    refused = sorted([*unreadable, *plan_import(lines, []).refused])
    if refused:
        return ImportPlan(added=[], unchanged=[], refused=refused)
    return plan_import(lines, await read_all(cluster))


async def add(cluster: Cluster, fresh: Sequence[LockLine], *, within: int, say: Say = to_stderr) -> None:
    """Send locks in as few workflows as their parameters hold; what was sent before a failure stays."""
    try:
        parts = list(split_to_payloads([line.lock for line in fresh])) if fresh else []
    except ValueError as error:
        raise ConsoleError(str(error)) from error
    done = 0
    for number, (count, payload) in enumerate(parts, start=1):
        if len(parts) > 1:
            say(f"part {number} of {len(parts)}: {count} locks, {done} of {len(fresh)} are in")
        try:
            await send(cluster, payload, within=within, say=say)
        except ConsoleError as error:
            if not done:
                raise
            again = f"{done} of {len(fresh)} locks are in; import the file again, they are passed over"
            raise ConsoleError(f"{error} ({again})", code=error.code) from error
        done += count


async def remove(
    cluster: Cluster, ids: Sequence[str], *, within: int, say: Say = to_stderr
) -> LockChangeResult:
    """Remove locks by id."""
    payload = pack(LockChange(remove=sorted(set(ids))))
    if len(payload) > PAYLOAD_LIMIT:
        raise ConsoleError(f"{len(ids)} ids are too many at once; remove some hundred at a time", code=2)
    return await send(cluster, payload, within=within, say=say)


async def send(cluster: Cluster, payload: str, *, within: int, say: Say) -> LockChangeResult:
    """One change, carried out by the cluster."""
    return await submit_and_wait(
        cluster,
        MERGE_LOCKS_TEMPLATE,
        {PAYLOAD: payload},
        read=LockChangeResult.model_validate,
        within=within,
        say=say,
    )


def report(planned: ImportPlan, *, dry_run: bool) -> dict[str, Any]:
    """An import for programs, a row a line of the file."""
    rows = [
        *(_row(line, "added") for line in planned.added),
        *(_row(line, "unchanged") for line in planned.unchanged),
        *({"line": n, "outcome": "refused", "id": None, "detail": message} for n, message in planned.refused),
    ]
    return {
        "added": len(planned.added),
        "unchanged": len(planned.unchanged),
        "refused": len(planned.refused),
        "applied": not dry_run and not planned.refused,
        "lines": sorted(rows, key=lambda row: int(str(row["line"]))),
    }


def _row(line: LockLine, outcome: str) -> dict[str, Any]:
    return {
        "line": line.number,
        "outcome": outcome,
        "id": lock_id(line.lock),
        "detail": describe_lock(line.lock),
    }


def print_report(report: Mapping[str, Any]) -> None:
    """Print the lines that a person should look at, and the counts."""
    notable = [row for row in report["lines"] if row["outcome"] != "unchanged"]
    notable.sort(key=lambda row: (row["outcome"] != "refused", row["line"]))
    if notable:
        rows = [
            (row["line"], row["outcome"], row["id"] or "", row["detail"]) for row in notable[:SHOWN_LINES]
        ]
        print_table(("line", "outcome", "id", "lock"), rows)
    if len(notable) > SHOWN_LINES:
        print(f"and {len(notable) - SHOWN_LINES} more; --output json shows all")
    done = "" if report["applied"] else "; nothing is changed"
    print(f"{report['added']} added, {report['unchanged']} unchanged, {report['refused']} refused{done}")


def as_rows(locks: Sequence[Lock]) -> list[dict[str, Any]]:
    """Locks for programs, in the order of the file."""
    return [{"id": lock_id(lock), **json.loads(format_line(lock))} for lock in sorted(locks, key=format_line)]
