# SPDX-License-Identifier: Apache-2.0
"""One call of `otakube run`: takes the stores, carries every enrichment out, shows what came of it."""

import asyncio
import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from otakube import logs
from otakube.bootstrap.stores.choice import EMBEDDED
from otakube.bootstrap.stores.embedded import EmbeddedStores
from otakube.bootstrap.wiring import Wiring
from otakube.commands.output import show
from otakube.errors import Fatal, StepError
from otakube.ports.runs import LocalRun, RunPhase
from otakube_api.contract import EXIT, Failure, format_failure
from otakube_api.v1alpha1.anime_enrichment import AnimeEnrichment
from otakube_cli.errors import ConsoleError
from otakube_cli.run import manifests, report
from otakube_cli.run.options import RunOptions
from otakube_cli.run.questions import Reviewer, on_terminal
from otakube_cli.run.runner import Runner, next_run
from otakube_cli.run.upstream import StandIn, stand_in_upstream
from otakube_cli.run.validation import require_processor

Results = tuple[list[LocalRun], dict[str, Any] | None]


def play(what: Sequence[str], options: RunOptions, *, stand_in: StandIn | None) -> int:
    """Read, run, show; the exit status."""
    if not what and not options.search:
        raise ConsoleError("name a manifest or a title, or what to --search", code=2)
    enrichments = manifests.read(what)
    require_processor(enrichments)
    with taken(options.stores), (options.stores / "run.log").open("a") as log:
        logs.start(to=log, command="run")
        with stand_in_upstream(stand_in) if stand_in and what else nullcontext():
            runs, answer = asyncio.run(_carry_out(enrichments, options))
    answers = {"enrichments": [report.as_json(run) for run in runs], "search": answer}
    show(answers, options.output, table=lambda: _print(runs, answer))
    return exit_status(runs)


async def _carry_out(enrichments: Sequence[AnimeEnrichment], options: RunOptions) -> Results:
    try:
        async with Wiring(f"{EMBEDDED}{options.stores}") as wiring:
            assert isinstance(wiring.stores, EmbeddedStores)
            local_runs = await wiring.stores.runs()
            for one in enrichments:  # one that is refused is refused before any is run
                await next_run(local_runs, one, again=options.again)
            reviewer = Reviewer(wiring=wiring, yes=options.yes, interactive=on_terminal())
            runner = Runner(
                wiring=wiring,
                runs=local_runs,
                listener=report.ProgressLines(),
                ask=reviewer.ask,
            )
            runs = [await runner.carry_out(one, again=options.again) for one in enrichments]
            return runs, await report.search_stores(wiring, options.search) if options.search else None
    except StepError as error:  # of the stores or the settings: no enrichment is to blame
        code = EXIT.fatal if isinstance(error, Fatal) else EXIT.retriable
        raise ConsoleError(format_failure(Failure(error.reason, str(error))), code=code) from error


def exit_status(runs: Sequence[LocalRun]) -> int:
    """As of the steps: 65 outranks 75, which outranks 0; an episode may be out at the next call."""
    unfinished = {RunPhase.RUNNING, RunPhase.SUSPENDED}
    failed = [run for run in runs if run.phase is RunPhase.FAILED]
    if any(not report.awaits_episode(run) for run in failed):
        return EXIT.fatal
    return EXIT.retriable if failed or any(run.phase in unfinished for run in runs) else 0


@contextmanager
def taken(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the lock goes with it, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as error:
        message = f"{folder}: {error.strerror}; name a folder that you may write by --stores"
        raise ConsoleError(message, code=EXIT.fatal) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"{folder} is in use by another `otakube run`: wait for its end, or name other --stores"
            raise ConsoleError(message, code=EXIT.retriable) from error
        yield


def _print(runs: Sequence[LocalRun], answer: dict[str, Any] | None) -> None:
    if runs:
        report.print_runs(runs)
    if answer is not None:
        report.print_search(answer)
