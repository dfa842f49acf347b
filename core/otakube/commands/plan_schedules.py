# SPDX-License-Identifier: Apache-2.0
"""Keep an EpisodeSchedule for every anime that is broadcast or about to be, in a pod of the cluster.

Exit status: 0 done, 1 schedules of some entries could not be kept, 65 bad settings, 75 a store is away.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from otakube import logs
from otakube.bootstrap.wiring import Wiring
from otakube.commands.exits import pod_exits, write_outputs
from otakube.commands.step import Objects, OutputsFolder, TerminationLog
from otakube.errors import Fatal
from otakube_api import contract
from otakube_api.contract import FailureReason, Output

if TYPE_CHECKING:
    from otakube.maintenance.plan_schedules import PlannerReport

FAILURES = 1
NOW = "now"

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def plan_schedules(
    namespace: Annotated[str, typer.Option(help="Namespace of the schedules.")],
    scheduled_time: Annotated[
        str, typer.Option(help="Time that the run goes by, such as 2027-01-01T00:05:00Z, or now.")
    ] = NOW,
    api_server: Annotated[
        str, typer.Option(help="Address of an API server that asks for no login; empty: the pod's own.")
    ] = "",
    outputs: OutputsFolder = Path(contract.OUTPUTS_FOLDER),
    objects: Objects = "s3:",
    termination_log: TerminationLog = Path(contract.TERMINATION_LOG),
) -> None:
    """Create, change, close and remove the planner's EpisodeSchedules; what people made stands.

    Exit status: 0 done, 1 schedules of some entries could not be kept, 65 bad settings, 75 a store is away.

    Example: kubectl proxy & otakube plan-schedules --namespace otakube --api-server http://127.0.0.1:8001
    """
    logs.start(command="plan-schedules")
    with pod_exits(termination_log):
        report = asyncio.run(
            _plan(scheduled_time, namespace=namespace, api_server=api_server, objects=objects)
        )
        write_outputs(outputs, {Output.REPORT: orjson.dumps(asdict(report)).decode()})
    raise typer.Exit(FAILURES if report.failed else 0)


def read_time(text: str) -> datetime:
    """The time of the run; now without one."""
    try:
        return datetime.now(UTC) if text in ("", NOW) else datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise Fatal(FailureReason.SETTINGS_INVALID, f"--scheduled-time: {error}") from error


async def _plan(scheduled_time: str, *, namespace: str, api_server: str, objects: str) -> "PlannerReport":
    import httpx2

    from otakube.adapters.kubernetes import ClusterSchedules, in_pod
    from otakube.maintenance.plan_schedules import Planner
    from otakube.maintenance.planned_schedule import PlannerTerms

    async with AsyncExitStack() as stack:
        wiring = await stack.enter_async_context(Wiring(objects))
        client = httpx2.AsyncClient(base_url=api_server, timeout=30) if api_server else in_pod()
        await stack.enter_async_context(client)
        settings = wiring.settings
        terms = PlannerTerms(
            now=read_time(scheduled_time),
            delay=settings.planner_delay,
            horizon=timedelta(days=settings.planner_horizon_days),
        )
        planner = Planner(
            entries=await wiring.stores.entries_by_status(),
            catalogue=await wiring.stores.catalogue(),
            schedules=ClusterSchedules(client, namespace),
            terms=terms,
        )
        return await planner.run()
