# SPDX-License-Identifier: Apache-2.0
"""Checks of schedules, planner and snapshots: are due times acted on, and did the last runs go well?"""

from datetime import UTC, datetime

from otakube_cli.cluster import CRON_WORKFLOWS, SCHEDULES, WORKFLOWS
from otakube_cli.doctor.diagnosis import Diagnosis, Installation, differs
from otakube_cli.schedule_health import (
    PLANNER,
    PLANNER_RUNS,
    planner_trouble,
    schedule_trouble,
    suspended,
)
from otakube_cli.snapshot_health import SNAPSHOT_RUNS, SNAPSHOTS, last_begun, snapshot_trouble


async def schedules(installation: Installation) -> list[Diagnosis]:
    """Is every due time of the namespace acted on?"""
    found = await installation.items(SCHEDULES.path(installation.namespace))
    trouble = schedule_trouble(found, datetime.now(UTC))
    if trouble:
        return [differs("schedules", str(each), each.cure) for each in trouble]
    paused = suspended(found)
    return [Diagnosis("schedules", message=f"{len(paused)} of {len(found)} are suspended" if paused else "")]


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


async def snapshots(installation: Installation) -> list[Diagnosis]:
    """Does a snapshot come whenever one is due, and did the last one go well?"""
    check, place = "snapshots", installation.namespace
    cron = await installation.read(CRON_WORKFLOWS.path(place, SNAPSHOTS))
    if cron is None:
        return [Diagnosis(check, message="not installed: snapshots.enabled is false")]
    runs = await installation.items(WORKFLOWS.path(place), labelSelector=SNAPSHOT_RUNS)
    if trouble := snapshot_trouble(cron, runs, datetime.now(UTC)):
        again = f"argo -n {place} submit --from cronworkflow/{SNAPSHOTS} --wait"
        cure = f"docs/troubleshooting.md#snapshots; {again}"
        return [differs(check, trouble, cure)]
    if cron["spec"].get("suspend"):
        return [Diagnosis(check, message="suspended")]
    begun = last_begun(cron, runs)
    return [Diagnosis(check, message=f"the last one began at {begun:%Y-%m-%d %H:%M} UTC" if begun else "")]
