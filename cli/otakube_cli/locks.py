# SPDX-License-Identifier: Apache-2.0
"""Decide for ever: which pages are one anime, what a title means, what a field says."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from otakube.commands.output import TABLE, Printer
from otakube.domain.locks.file import format_file
from otakube.domain.locks.lock import Lock, describe_lock, lock_id
from otakube_api.contract import one_line
from otakube_cli import curation, setting
from otakube_cli.cluster import Cluster
from otakube_cli.command import application, cluster_command
from otakube_cli.errors import ConsoleError
from otakube_cli.options import DryRun, Timeout

STANDARD = "-"

app = application()
app.add_typer(setting.app, name="set")

File = Annotated[str, typer.Argument(help="File of merge locks; - is standard input.", show_default=False)]
Target = Annotated[str, typer.Argument(help="File to write; - is standard output.")]
Ids = Annotated[list[str], typer.Argument(help="Ids (lock_...); `otakube locks list` shows them.")]


@app.callback()
def locks() -> None:
    """Decide for ever: which pages are one anime, what a title means, what a field says.

    Exit status: 0 done, 1 refused or failed, 2 wrong usage.
    """


@cluster_command(app, "list")
async def list_all(cluster: Cluster, *, out: Printer = TABLE) -> None:
    """List every decision, with its id.

    Example: otakube locks list
    """
    standing = await curation.read_all(cluster)
    empty = "Nobody has decided anything; `otakube locks set --help` shows how."
    out.show(
        curation.as_rows(standing),
        table=lambda: print_locks(standing, out) if standing else print(empty),
        names=lambda: sorted(map(lock_id, standing)),
    )


@cluster_command(app)
async def export(cluster: Cluster, *, file: Target = STANDARD, out: Printer = TABLE) -> None:
    """Write every decision to a file: a line each, sorted, made to be kept and compared.

    Example: otakube locks export locks.jsonl
    """
    standing = await curation.read_all(cluster)
    text = format_file(standing)
    if file == STANDARD:
        sys.stdout.write(text)
        return
    write_text(file, text)
    written = {"file": file, "locks": len(standing)}
    out.show(written, table=lambda: print(f"{len(standing)} locks are in {file}"))


@cluster_command(app, "import")
async def import_(
    cluster: Cluster,
    *,
    file: File,
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """Take over the decisions of a file: all of it, or nothing if a line is refused.

    A decision that stands already is unchanged; none is removed.

    Example: otakube locks import locks.jsonl
    """
    planned = await curation.compare(cluster, read_text(file))
    if not planned.refused and not dry_run:
        await curation.add(cluster, planned.added, within=within)
    report = curation.report(planned, dry_run=dry_run)
    out.show(report, table=lambda: curation.print_report(report))
    if planned.refused:
        raise ConsoleError(f"{len(planned.refused)} lines of {file} are refused; nothing is changed")


@cluster_command(app)
async def remove(
    cluster: Cluster,
    *,
    ids: Ids,
    dry_run: DryRun = False,
    within: Timeout = 300,
    out: Printer = TABLE,
) -> None:
    """Take decisions back: the next run decides for itself again.

    Example: otakube locks remove lock_0123456789abcdef0123
    """
    standing = {lock_id(lock): lock for lock in await curation.read_all(cluster)}
    unknown = [name for name in ids if name not in standing]
    if unknown:
        raise ConsoleError(f"there is no lock {unknown[0]!r:.100}; `otakube locks list` shows their ids")
    going = [standing[name] for name in dict.fromkeys(ids)]
    if not dry_run:
        await curation.remove(cluster, ids, within=within)
    done = "would be removed" if dry_run else "is removed"
    answer = {"removed": curation.as_rows(going), "applied": not dry_run}
    lines = "\n".join(one_line(f"{lock_id(lock)} {done}: {describe_lock(lock)}") for lock in going)
    out.show(answer, table=lambda: print(lines))


def read_text(file: str) -> str:
    """The file's text; a person may pipe it."""
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD else Path(file).read_bytes()
        return raw.decode()
    except OSError as error:
        raise ConsoleError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConsoleError(f"{file} is not UTF-8 at byte {error.start}") from error


def write_text(file: str, text: str) -> None:
    """The same bytes on every system."""
    try:
        Path(file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConsoleError(f"{file} cannot be written: {error.strerror}") from error


def print_locks(locks: list[Lock], out: Printer = TABLE) -> None:
    """One line a lock."""
    rows = [
        (
            lock_id(lock),
            lock.kind,
            describe_lock(lock),
            lock.decided_by,
            f"{lock.decided_at:%Y-%m-%d}",
            lock.note,
        )
        for lock in sorted(locks, key=lambda lock: (lock.kind, describe_lock(lock)))
    ]
    out.table(("id", "kind", "decision", "by", "on", "note"), rows)
