# SPDX-License-Identifier: Apache-2.0
"""Outages of an installation: how each is brought about, what must be said of it, and how it ends."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from outages import breaks

Break = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage and the words that name it."""

    name: str
    what: str
    title: int
    """Number of the generated title that is enriched; no two outages share one."""
    breaks: Break
    reason: str
    """The one word of condition, Event, log and metric."""
    condition: str = "Ready"
    names: str = ""
    """What the message must name."""
    spec: Mapping[str, Any] = field(default_factory=dict)
    afterwards: Callable[[], None] = lambda: None


def _scaled(title: int, name: str, what: str, reason: str) -> Outage:
    away = partial(breaks.scaled_to_nothing, f"otakube-{name}")
    return Outage(name=name, what=what, title=title, breaks=away, reason=reason)


def _of_kitsu(title: int, name: str, what: str, **fault: Any) -> Outage:
    """Of one title alone, so that other runs meanwhile are not struck."""
    rule = {"provider": "kitsu", "title": f"generated-{title}", **fault}
    return Outage(
        name=name,
        what=what,
        title=title,
        breaks=partial(breaks.faulty_upstream, rule),
        reason="SourceFailed",
        condition="SourceFailed",
        names="Kitsu",
    )


OUTAGES = (
    _scaled(41, "documents", "document store away", "StoreUnavailable"),
    _scaled(42, "vectors", "vector store away", "StoreUnavailable"),
    _scaled(43, "objects", "bucket away", "StoreUnavailable"),
    _scaled(44, "redis", "Redis away", "StoreUnavailable"),
    _scaled(45, "upstream", "all providers away", "QuorumNotReached"),
    _of_kitsu(46, "slow", "one provider slow", kind="slow", seconds=3600),
    _of_kitsu(47, "refusing", "one provider refusing", kind="status", status=403),
    Outage(
        name="pool",
        title=48,
        what="no node of the asked pool",
        breaks=breaks.no_node_of_the_pool,
        reason="Unschedulable",
        afterwards=breaks.without_the_pool,
    ),
    Outage(
        name="secret",
        title=49,
        what="the stores' Secret missing",
        breaks=partial(breaks.missing, "secret/otakube-stores"),
        reason="SettingsMissing",
    ),
    Outage(
        name="token",
        title=50,
        what="the executor's Secret missing",
        breaks=partial(breaks.missing, "secret/otakube-executor.service-account-token"),
        reason="ContainerStartFailed",
        names="otakube-executor.service-account-token",
    ),
    Outage(
        name="image",
        title=51,
        what="the steps' image missing",
        breaks=partial(breaks.missing_image, "docker.io/library/otakube-steps:dev"),
        reason="ImagePullFailed",
        names="otakube-steps:dev",
    ),
    Outage(
        name="template", title=52, what="a bad template", breaks=breaks.bad_template, reason="WorkflowRefused"
    ),
    Outage(
        name="full", title=53, what="the bucket full", breaks=breaks.full_bucket, reason="StoreUnavailable"
    ),
)
