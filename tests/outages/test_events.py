# SPDX-License-Identifier: Apache-2.0
"""Events of one enrichment, read back: in the order of what they tell, and soon after it."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from kubernetes import client

from e2e import kube, observer, titles
from e2e.kube import NAMESPACE
from e2e.people import otakube

LIMIT = 2.0


class Told(NamedTuple):
    """An Event by its time: the name carries the microseconds, as `kubectl describe` sorts."""

    at: datetime
    reason: str


def told(name: str) -> list[Told]:
    """The Events about Ready, in the order of their times."""
    listed = client.CoreV1Api(observer.api()).list_namespaced_event(
        NAMESPACE, field_selector=f"involvedObject.name={name}"
    )
    events = [each for each in listed.items if each.action == "Ready"]
    return sorted(Told(_moment(each.metadata.name), each.reason) for each in events)


def _moment(event: str) -> datetime:
    microseconds = int(event.rpartition(".")[2], 16)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def happened(name: str) -> dict[str, datetime]:
    """Reason -> the moment of what it tells, by Argo's own times."""
    [flow] = observer.workflows(name)
    nodes = {node["displayName"]: node for node in flow["status"]["nodes"].values()}
    moments = {
        "WorkflowStarting": flow["metadata"]["creationTimestamp"],
        "WorkflowRunning": flow["status"]["startedAt"],
        "AwaitingDecision": nodes["review"]["startedAt"],
        "ReviewApproved": nodes["review"]["finishedAt"],
        "Published": nodes["commit"]["finishedAt"],
    }
    return {reason: datetime.fromisoformat(at) for reason, at in moments.items()}


def test_the_events_of_one_enrichment_stand_in_order_each_soon_after_what_it_tells(name: str) -> None:
    kube.apply(name, {"anime": titles.generated(54), "review": {"policy": "Required", "timeout": "1h"}})
    observer.wait(name, observer.is_true("AwaitingReview"))
    otakube("review", "approve", name, "--note", "seen")
    observer.wait(name, observer.is_true("Ready"))
    observer.wait_event(name, "Published")
    seen, moments = told(name), happened(name)
    first = {each.reason: each.at for each in reversed(seen)}
    assert [reason for reason in dict.fromkeys(each.reason for each in seen) if reason in moments] == list(
        moments
    )
    late = {reason: (first[reason] - at).total_seconds() for reason, at in moments.items()}
    print({reason: f"{seconds:.1f} s" for reason, seconds in late.items()})
    # Argo's times are whole seconds, so up to one of them is not ours.
    assert max(late.values()) <= LIMIT + 1, late
    text = kube.kubectl("describe", "animeenrichment", name).partition("Events:")[2]
    places = [text.index(f" {reason} ") for reason in moments]
    assert places == sorted(places), text
