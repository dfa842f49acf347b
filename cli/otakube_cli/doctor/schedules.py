# SPDX-License-Identifier: Apache-2.0
"""Checks of schedules, syncs, planner, snapshots, scrubs: are due times acted on, did runs go well?"""

from datetime import UTC, datetime

from otakube_cli.cluster import CRON_WORKFLOWS, RESTORES, SCHEDULES, SYNCS, WORKFLOWS
from otakube_cli.doctor.diagnosis import Check, Diagnosis, Installation, differs
from otakube_cli.restore_state import restore_trouble
from otakube_cli.schedule_health import (
    PLANNER,
    PLANNER_RUNS,
    planner_trouble,
    schedule_trouble,
    suspended,
)
from otakube_cli.sync_state import sync_trouble
from otakube_cli.upkeep_health import Upkeep, last_begun, upkeep_trouble


async def schedules(installation: Installation) -> list[Diagnosis]:
    """Is every due time of the namespace acted on?"""
    found = await installation.items(SCHEDULES.path(installation.namespace))
    trouble = schedule_trouble(found, datetime.now(UTC))
    if trouble:
        return [differs("schedules", str(each), each.cure) for each in trouble]
    paused = suspended(found)
    return [Diagnosis("schedules", message=f"{len(paused)} of {len(found)} are suspended" if paused else "")]


async def syncs(installation: Installation) -> list[Diagnosis]:
    """Does the catalogue follow its dataset?"""
    found = await installation.items(SYNCS.path(installation.namespace))
    if trouble := sync_trouble(found, datetime.now(UTC)):
        return [differs("dataset syncs", str(each), each.cure) for each in trouble]
    return [Diagnosis("dataset syncs", message="" if found else "none: the catalogue follows no dataset")]


async def restores(installation: Installation) -> list[Diagnosis]:
    """Is a restore left to a person?"""
    found = await installation.items(RESTORES.path(installation.namespace))
    trouble = restore_trouble(found)
    return [differs("restores", str(each), each.cure) for each in trouble] or [Diagnosis("restores")]


async def planner(installation: Installation) -> list[Diagnosis]:
    """Is the planner switched on, and did its last run go well?"""
    check, place = "planner", installation.namespace
    cron = await installation.read(CRON_WORKFLOWS.path(place, PLANNER))
    if cron is None:
        return [Diagnosis(check, message="not installed: planner.enabled is false")]
    if (cron.get("spec") or {}).get("suspend"):
        return [Diagnosis(check, message="suspended")]
    runs = await installation.items(WORKFLOWS.path(place), labelSelector=PLANNER_RUNS)
    trouble = planner_trouble(runs, datetime.now(UTC))
    cure = f"docs/troubleshooting.md#the-planner; kubectl -n {place} get cronworkflow {PLANNER} -o yaml"
    return [differs(check, trouble, cure) if trouble else Diagnosis(check)]


def runs_of(upkeep: Upkeep) -> Check:
    """Does a run come whenever one is due, and did the last one go well?"""

    async def check(installation: Installation) -> list[Diagnosis]:
        place = installation.namespace
        cron = await installation.read(CRON_WORKFLOWS.path(place, upkeep.name))
        if cron is None:
            return [Diagnosis(upkeep.check, message=f"not installed: {upkeep.absent}")]
        runs = await installation.items(WORKFLOWS.path(place), labelSelector=upkeep.runs)
        if trouble := upkeep_trouble(upkeep, cron, runs, datetime.now(UTC)):
            again = f"argo -n {place} submit --from cronworkflow/{upkeep.name} --wait"
            cure = f"docs/troubleshooting.md#snapshots-and-scrubs; {again}"
            return [differs(upkeep.check, trouble, cure)]
        if cron["spec"].get("suspend"):
            return [Diagnosis(upkeep.check, message="suspended")]
        begun = last_begun(cron, runs)
        message = f"the last one began at {begun:%Y-%m-%d %H:%M} UTC" if begun else ""
        return [Diagnosis(upkeep.check, message=message)]

    return check
