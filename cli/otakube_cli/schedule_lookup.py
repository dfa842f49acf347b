# SPDX-License-Identifier: Apache-2.0
"""Find what a person means by a name of a schedule, an entry's id or a title."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from otakube_api import labels
from otakube_api.contract import STEP_CONFIG_MAP
from otakube_cli.cluster import NAME, SCHEDULES, Cluster
from otakube_cli.command import to_stderr
from otakube_cli.entry import checked, read
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.search import PassageKind, find

if TYPE_CHECKING:
    from otakube.maintenance.planned_schedule import PlannerTerms
    from otakube_cli.planned import PlannedSchedule

Body = dict[str, Any]
NOT_FOUND = 404
EQUAL = 0.9995
"""Score of a title that is the one asked for; scores are rounded."""
SHOWN = 5
ENTRY = "ani_"


async def find_schedules(cluster: Cluster, given: str) -> "list[Body] | PlannedSchedule":
    """The schedules of that name, id or title; the planner's, for an entry that has none."""
    if not given.startswith(ENTRY) and NAME.fullmatch(given):
        try:
            return [await cluster.get(SCHEDULES, given)]
        except Refused as error:
            if error.status != NOT_FOUND:
                raise
            return await _of_entry(cluster, await _by_title(cluster, given, str(error)))
    entry = checked(given) if given.startswith(ENTRY) else await _by_title(cluster, given)
    return await _of_entry(cluster, entry)


async def _by_title(cluster: Cluster, title: str, before: str = "") -> str:
    try:
        answer = await find(cluster, title, limit=SHOWN, kind=PassageKind.TITLE)
    except ConsoleError as error:
        raise ConsoleError(f"{before}; {error}" if before else str(error)) from error
    return chosen(title, answer["results"], before)


def chosen(title: str, results: list[Body], before: str = "") -> str:
    """The id of the one entry of that title; a ConsoleError names the others, or what helps."""
    named = [each for each in results if each["match"] == "title"]
    equal = [each for each in named if each["score"] >= EQUAL]
    found = equal or named
    if len(found) == 1:
        return str(found[0]["id"])
    if not found:
        lead = f"{before}, and the" if before else "the"
        raise ConsoleError(
            f"{lead} catalogue has no entry titled {title!r}: `otakube search` finds by other words, "
            "`otakube enrich` adds an anime, and `-f FILE` previews a manifest"
        )
    listed = ", ".join(f"{each['title']} ({each['type']}, {each['year']}): {each['id']}" for each in found)
    raise ConsoleError(f"{title!r} may be {listed}; name one of them by its id", code=2)


async def _of_entry(cluster: Cluster, entry_id: str) -> "list[Body] | PlannedSchedule":
    from otakube.domain.record.golden import GoldenRecord  # it builds the models
    from otakube_cli.planned import plan_of

    anime = await read(cluster, entry_id)
    if anime["record"] is None:
        title = anime["listing"]["title"]
        raise ConsoleError(f"the dataset alone knows {title!r} ({entry_id}): `otakube enrich` it first")
    record = GoldenRecord.model_validate_json(json.dumps(anime["record"]))
    keys = {entry_id, *record.entry.sources}
    stored = [each for each in await cluster.list_all(SCHEDULES) if keys & anime_keys(each)]
    if not stored:
        return plan_of(record, await planner_terms(cluster))
    for each in stored:
        meta = each["metadata"]
        by = (meta.get("labels") or {}).get(labels.MANAGED) or "a person"
        to_stderr(f"{record.entry.titles.main} ({entry_id}): schedule {meta['name']}, made by {by}")
    return stored


def anime_keys(schedule: Body) -> set[str]:
    """The id or the pages by which a schedule names its anime."""
    anime = schedule["spec"]["anime"]
    return {*([anime["id"]] if anime.get("id") else []), *(anime.get("sourceUrls") or ())}


async def planner_terms(cluster: Cluster) -> "PlannerTerms":
    """The planner's settings as installed; without the right to read them, the defaults."""
    from otakube.maintenance.planned_schedule import PlannerTerms
    from otakube.settings import Settings

    try:
        body = await cluster.read(f"/api/v1/namespaces/{cluster.namespace}/configmaps/{STEP_CONFIG_MAP}")
    except Refused:
        body = {}
    data, fields = body.get("data") or {}, Settings.model_fields
    delay = data.get("OTAKUBE_PLANNER_DELAY") or fields["planner_delay"].default
    days = data.get("OTAKUBE_PLANNER_HORIZON_DAYS") or fields["planner_horizon_days"].default
    return PlannerTerms(now=datetime.now(UTC), delay=str(delay), horizon=timedelta(days=int(days)))
