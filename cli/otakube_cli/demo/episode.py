# SPDX-License-Identifier: Apache-2.0
"""The demo's last part: an episode that is awaited, by the clock of the stand-in upstream."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import yaml

from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.enrichment_reasons import EnrichmentReason
from otakube_cli import rerun
from otakube_cli.cluster import ENRICHMENTS, SCHEDULES, Cluster
from otakube_cli.demo import story
from otakube_cli.demo.progress import TitleProgress
from otakube_cli.demo.screen import Screen
from otakube_cli.errors import ConsoleError, Refused
from otakube_cli.schedule_state import Body, print_schedule

CLOCK = "/api/v1/namespaces/otakube-dev/services/otakube-upstream:8080/proxy/admin/clock"
SERIES = "mayonaka-no-panya"
EPISODE = 6
BEFORE = timedelta(days=-14)
"""The sixth episode went out two to nine days ago, by the day of the week."""
SOON = timedelta(seconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeDemo:
    """The cluster, the screen, and how long each enrichment may take."""

    cluster: Cluster
    screen: Screen
    limit_seconds: float

    async def until(self, name: str, holds: Callable[[TitleProgress], bool]) -> TitleProgress:
        """The progress of an enrichment once it is as wanted; ConsoleError if it ends otherwise."""
        deadline = time.monotonic() + self.limit_seconds
        while True:
            found = await story.look(self.cluster, {name})
            self.screen.update(found)
            for title in found:
                if holds(title):
                    return title
                if not is_put_off(title):
                    story.check(title, expired=False, limit_seconds=self.limit_seconds)
            if time.monotonic() > deadline:
                raise ConsoleError(f"{name} is not as the demo wants it after {self.limit_seconds:.0f} s")
            await asyncio.sleep(story.POLL_SECONDS)

    async def until_schedule(self, holds: Callable[[Body], bool]) -> Body:
        """The demo's schedule once it is as wanted."""
        deadline = time.monotonic() + self.limit_seconds
        while not holds(found := await find_schedule(self.cluster)):
            if time.monotonic() > deadline:
                raise ConsoleError(
                    f"the schedule {SERIES} is not as the demo wants it; does the operator run?"
                )
            await asyncio.sleep(story.POLL_SECONDS)
        return found


async def play(cluster: Cluster, screen: Screen, *, limit_seconds: float) -> None:
    """Publish a series as it stood two weeks ago, then its sixth episode, which is not out at first."""
    demo = EpisodeDemo(cluster=cluster, screen=screen, limit_seconds=limit_seconds)
    screen.heading("An episode that is awaited")
    if is_published(await find_schedule(cluster)):
        screen.say(f"{SERIES}: episode {EPISODE} is live already")
    elif await can_move_clock(demo):
        try:
            await publish_series(demo)
            await await_episode(demo, await fall_due(demo))
        finally:
            await move_clock(cluster, timedelta())
    else:
        return
    screen.heading(f"$ otakube schedule show {SERIES}")
    print_schedule(SERIES, await cluster.get(SCHEDULES, SERIES))


async def remove(cluster: Cluster) -> list[str]:
    """Delete the schedule, with the enrichment that it made, and the series; what was there."""
    gone = await cluster.delete(SCHEDULES, SERIES)
    print(f"episodeschedule {SERIES} {'deleted' if gone else 'was not there'}")
    return [SERIES]


async def can_move_clock(demo: EpisodeDemo) -> bool:
    """Put the stand-in's clock back; False, with the reason, where there is none."""
    try:
        await move_clock(demo.cluster, BEFORE)
    except Refused as error:
        demo.screen.say(f"no episode is awaited, since the stand-in's clock cannot be moved: {error}")
        return False
    demo.screen.say(f"the stand-in upstream's clock is put back by {-BEFORE.days} days")
    return True


async def move_clock(cluster: Cluster, ahead: timedelta) -> None:
    """Have the stand-in's episodes be those of another time."""
    await cluster.put(CLOCK, {"ahead_seconds": ahead.total_seconds()})


async def publish_series(demo: EpisodeDemo) -> None:
    """Bring the series to Ready; a person approves, since later episodes may be known of an earlier demo."""
    body = manifest("series")
    body["spec"] |= {"providers": manifest("schedule")["spec"]["enrichment"]["providers"]}
    body["spec"]["review"] = {"policy": "Required", "timeout": "1h"}
    await demo.cluster.apply(ENRICHMENTS, body)
    demo.screen.say(f"kubectl apply -f {SERIES}.yaml")
    title = await demo.until(SERIES, lambda title: title.ready or title.waits)
    if not title.ready:
        await story.approve(demo.cluster, SERIES)
        await demo.until(SERIES, lambda title: title.ready)


async def fall_due(demo: EpisodeDemo) -> str:
    """Apply the schedule, anew if one is left of a demo that was cut off; the enrichment that it creates."""
    cluster, body = demo.cluster, manifest("schedule")
    await cluster.delete(SCHEDULES, SERIES)
    await demo.until_schedule(lambda found: not found)
    airs = datetime.now(UTC) + SOON
    body["spec"]["airings"] = [{"episode": EPISODE, "airTime": f"{airs:%Y-%m-%dT%H:%M:%SZ}"}]
    await cluster.apply(SCHEDULES, body)
    demo.screen.say(f"kubectl apply -f schedule.yaml: episode {EPISODE} is due in {SOON.seconds} s")
    return str(tick_of(await demo.until_schedule(lambda found: bool(tick_of(found))))["enrichment"])


async def await_episode(demo: EpisodeDemo, name: str) -> None:
    """See that it is not out, let a week pass, and see it published."""
    title = await demo.until(name, lambda title: title.ready or is_put_off(title))
    if title.ready:  # the providers' kept answers of an earlier demo have it
        return
    demo.screen.say(f"{name}: {title.conditions[CommonCondition.READY][2]}")
    demo.screen.say(f"{name}: {title.conditions[CommonCondition.RECONCILING][2]}")
    await move_clock(demo.cluster, timedelta())
    demo.screen.say("the stand-in upstream's clock is today's: now it is out, and nobody waits the hour")
    demo.screen.heading(f"$ otakube rerun {name}")
    request = datetime.now(UTC).isoformat(timespec="milliseconds")
    await rerun.ask(demo.cluster, demo.cluster.namespace, name, request=request, dry_run=False)
    await demo.until(name, lambda title: title.ready)


async def find_schedule(cluster: Cluster) -> Body:
    """The demo's schedule; empty if there is none."""
    found = await cluster.list_all(SCHEDULES)
    return next((each for each in found if each["metadata"]["name"] == SERIES), {})


def tick_of(schedule: Body) -> Body:
    """The episode's due time in the status; empty before it is acted on."""
    ticks = (schedule.get("status") or {}).get("recentTicks") or []
    return next((tick for tick in ticks if tick.get("episode") == EPISODE), {})


def is_published(schedule: Body) -> bool:
    """True if an earlier demo has shown it."""
    return bool(tick_of(schedule).get("outcome") == "Succeeded")


def is_put_off(title: TitleProgress) -> bool:
    """True if the operator looks again later: its episode is not out."""
    status, reason, _ = title.conditions.get(CommonCondition.RECONCILING, ("", "", ""))
    return title.current and (status, reason) == ("True", EnrichmentReason.RETRY_SCHEDULED)


def manifest(name: str) -> dict[str, Any]:
    """One of the objects of this part."""
    body: dict[str, Any] = yaml.safe_load((files("otakube_cli.demo") / f"tick/{name}.yaml").read_text())
    return body
