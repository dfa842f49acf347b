# SPDX-License-Identifier: Apache-2.0
"""Seasons whose episodes are awaited one by one, under an upstream whose clock is put back."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from kubernetes import client

from e2e import kube, observer, standins
from e2e.observer import Body
from e2e.people import otakube

ASKED = ["Jikan", "Kitsu"]
"""AniList lists the whole season from its first day on."""
WEEK = timedelta(weeks=1)
FAR = timedelta(days=30)
END_SECONDS = 600
SCHEDULES = ("otakube.dev", "v1alpha1", kube.NAMESPACE, "episodeschedules")


@dataclass(frozen=True, slots=True)
class Season:
    """An anime of the stand-in that stays announced, with weekly episodes that all lie in the past."""

    page: int  # at MyAnimeList
    kitsu: int
    episodes: int

    @property
    def anime(self) -> Body:
        return {"sourceUrls": [f"https://myanimelist.net/anime/{self.page}"]}

    def show(self, episode: int) -> None:
        """Have the upstream list the episodes up to this one, and Jikan's answers be a day old."""
        about = standins.request("GET", standins.UPSTREAM, f"/kitsu/api/edge/anime/{self.kitsu}")
        first = datetime.fromisoformat(f"{about['data']['attributes']['startDate']}T01:00:00+00:00")
        now = first + (episode - 0.5) * WEEK
        standins.move_clock((now - datetime.now(UTC)).total_seconds())
        standins.forget_answers("Jikan")

    def announce(self, name: str) -> tuple[str, int]:
        """Publish it as it was before its first episode; id and version of the entry."""
        standins.forget_readings({"Jikan": self.page, "Kitsu": self.kitsu})
        self.show(0)
        review = {"policy": "Required", "timeout": "1h"}
        kube.apply(name, {"anime": self.anime, "providers": ASKED, "review": review})
        observer.wait(name, observer.is_true("AwaitingReview"))
        otakube("review", "approve", name, "--note", "not on air yet")
        observer.wait(name, observer.is_true("Ready"))
        status = observer.status(name)
        return status["entryId"], int(status["liveVersion"])


@dataclass(frozen=True, slots=True)
class Schedule:
    """An EpisodeSchedule whose next airing is moved to the present, episode by episode."""

    name: str
    season: Season
    aired: list[Body] = field(default_factory=list)

    def apply(self) -> None:
        body = {
            "apiVersion": "otakube.dev/v1alpha1",
            "kind": "EpisodeSchedule",
            "metadata": {"name": self.name},
            "spec": {
                "anime": self.season.anime,
                "airings": [_airing(1, FAR)],
                "delay": "0s",
                "enrichment": {"providers": ASKED, "review": {"policy": "Never"}},
                "successfulEnrichmentsHistoryLimit": 100,
            },
        }
        kube.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))

    def air(self, episode: int) -> None:
        """Have it be due in a moment, and the next one far ahead."""
        self.aired.append(_airing(episode, timedelta(seconds=2)))
        change = {"spec": {"airings": [*self.aired, _airing(episode + 1, FAR)]}}
        kube.kubectl("patch", "episodeschedule", self.name, "--type=merge", "-p", json.dumps(change))

    def wait(self, episode: int) -> Body:
        """Its entry of an episode, once that has an end."""
        deadline = time.monotonic() + END_SECONDS
        while True:
            status = self.body().get("status", {})
            found = [tick for tick in status.get("recentTicks", []) if tick.get("episode") == episode]
            if found and found[-1]["outcome"] != "Created":
                return dict(found[-1])
            assert time.monotonic() < deadline, (
                f"episode {episode} has no end: {json.dumps(status, indent=1)}"
            )
            time.sleep(observer.POLL_SECONDS)

    def body(self) -> Body:
        api = client.CustomObjectsApi(observer.api())
        return dict(api.get_namespaced_custom_object(*SCHEDULES, self.name))

    def enrichments(self) -> list[Body]:
        """All that it has created."""
        api, uid = client.CustomObjectsApi(observer.api()), self.body()["metadata"]["uid"]
        listed = api.list_namespaced_custom_object(
            *observer.ENRICHMENTS, label_selector=f"otakube.dev/schedule-uid={uid}"
        )
        return list(listed["items"])

    def delete(self) -> None:
        kube.kubectl("delete", "episodeschedule", self.name, "--ignore-not-found", "--timeout=120s")


def record_of(entry_id: str) -> tuple[int, dict[str, Any]]:
    """Version and record of an entry, as readers see them."""
    shown = json.loads(otakube("entry", "show", entry_id, "-o", "json").stdout)
    return int(shown["version"]), shown["record"]


def _airing(episode: int, ahead: timedelta) -> Body:
    return {"episode": episode, "airTime": f"{datetime.now(UTC) + ahead:%Y-%m-%dT%H:%M:%SZ}"}
