# SPDX-License-Identifier: Apache-2.0
"""State of an AnimeEnrichment in the words of its own status; pure.

It reads the JSON, not the model: a list of hundreds must not wait for a validator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Body = Mapping[str, Any]

READY, STALLED, RECONCILING, AWAITING = "Ready", "Stalled", "Reconciling", "AwaitingReview"

COLUMNS = ("name", "anime", "ready", "reason", "step", "attempt", "since")
WIDE_COLUMNS = (*COLUMNS, "entry", "workflow", "cause", "next")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentState:
    """One enrichment: its conditions, and the step that its latest run is at."""

    namespace: str
    name: str
    title: str
    conditions: Mapping[str, Body]
    current: bool
    """True if the conditions speak of the spec as it is now."""
    suspended: bool
    step: Body
    status: Body

    @property
    def ready(self) -> str:
        """True, False or Unknown; Unknown too before the operator's first look at this generation."""
        return str(self.conditions.get(READY, {}).get("status", "Unknown")) if self.current else "Unknown"

    @property
    def reason(self) -> str:
        """Reason of Ready; empty before the operator's first look."""
        return str(self.conditions.get(READY, {}).get("reason", "")) if self.current else ""

    @property
    def message(self) -> str:
        """Message of Ready."""
        return str(self.conditions.get(READY, {}).get("message", "")) if self.current else ""

    @property
    def stalled(self) -> bool:
        """True if nothing goes on until a person changes something."""
        return self.current and self.holds(STALLED)

    @property
    def since(self) -> datetime | None:
        """Since when its step does not get on, or else since when Ready is as it is."""
        return moment(self.step.get("sinceTime") or self.conditions.get(READY, {}).get("lastTransitionTime"))

    @property
    def attempt(self) -> str:
        """The attempt at the step, and how many there may be."""
        return f"{self.step['attempt']}/{self.step['attemptLimit']}" if self.step else ""

    @property
    def cause(self) -> str:
        """Reason and message of a step that does not get on."""
        return ": ".join(str(self.step[key]) for key in ("reason", "message") if self.step.get(key))

    def holds(self, condition: str) -> bool:
        """True if a condition is True."""
        return bool(self.conditions.get(condition, {}).get("status") == "True")


def read_enrichment(enrichment: Body) -> EnrichmentState:
    """Read an object as the API server returns it."""
    metadata, spec = enrichment["metadata"], enrichment.get("spec") or {}
    status = enrichment.get("status") or {}
    return EnrichmentState(
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        title=status.get("title") or _asked_for(spec.get("anime") or {}),
        conditions={each["type"]: each for each in status.get("conditions") or []},
        current=status.get("observedGeneration") == metadata.get("generation"),
        suspended=bool(spec.get("suspend")),
        step=status.get("step") or {},
        status=status,
    )


def row(state: EnrichmentState, *, now: datetime, wide: bool = False) -> list[str]:
    """The cells of `COLUMNS`, or of `WIDE_COLUMNS`."""
    since = state.since
    cells = [
        state.name,
        state.title,
        state.ready,
        state.reason or "NotSeen",
        str(state.step.get("name", "")),
        state.attempt,
        age(now - since) if since else "",
    ]
    further = [
        str(state.status.get("entryId") or ""),
        str((state.status.get("workflow") or {}).get("name") or ""),
        state.cause or state.message,
        str(state.step.get("next") or ""),
    ]
    return [*cells, *further] if wide else cells


def facts(state: EnrichmentState, *, now: datetime, cure: str = "") -> list[tuple[str, str]]:
    """All that a person wants to know of one; empty facts are left out where they are printed."""
    status, workflow = state.status, state.status.get("workflow") or {}
    ready = state.conditions.get(READY, {})
    turned, since = moment(ready.get("lastTransitionTime")), moment(state.step.get("sinceTime"))
    return [
        ("ready", f"{state.ready} {state.reason}".strip()),
        ("message", state.message or (NOT_SEEN if not state.current else "")),
        ("since", f"{age(now - turned)} ago" if turned and state.current else ""),
        ("step", _step(state)),
        ("cause", state.cause),
        ("cause since", f"{age(now - since)} ago" if since else ""),
        ("next", str(state.step.get("next") or "")),
        ("cure", cure),
        *_further_conditions(state),
        ("suspended", "yes: `otakube resume` lets it go on" if state.suspended else ""),
        ("review", _review(status.get("review") or {})),
        ("providers", ", ".join(_source(source) for source in status.get("sources") or [])),
        ("entry", str(status.get("entryId") or "")),
        ("live version", str(status.get("liveVersion") or "")),
        ("published", str(status.get("publicationTime") or "")),
        ("workflow", " ".join(str(workflow[key]) for key in ("name", "phase") if workflow.get(key))),
    ]


NOT_SEEN = (
    "the operator has not looked at this object yet. If it stays so, nobody watches this namespace: "
    "`otakube doctor` says why"
)


def age(span: timedelta) -> str:
    """A span as kubectl prints ages: two figures at most."""
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if hours < 3:
        return f"{minutes}m"
    if hours < 8:
        return f"{hours}h{minutes % 60}m" if minutes % 60 else f"{hours}h"
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return f"{days}d{hours % 24}h" if hours % 24 else f"{days}d"
    if days < 730:
        return f"{days}d"
    return f"{days // 365}y"


def moment(text: object) -> datetime | None:
    """A time as Kubernetes writes it."""
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) and text else None


def _asked_for(anime: Body) -> str:
    urls: Sequence[str] = anime.get("sourceUrls") or []
    return str(anime.get("title") or anime.get("id") or (urls[0] if urls else ""))


def _step(state: EnrichmentState) -> str:
    if not state.step:
        return ""
    return f"{state.step['name']}, attempt {state.step['attempt']} of {state.step['attemptLimit']}"


def _further_conditions(state: EnrichmentState) -> list[tuple[str, str]]:
    shown = {READY, STALLED, RECONCILING}
    others = [kind for kind in state.conditions if kind not in shown and state.holds(kind)]
    found = [state.conditions[kind] for kind in others]
    return [(each["type"], f"{each['reason']}: {each.get('message', '')}") for each in found]


def _review(review: Body) -> str:
    deadline = f", until {review['deadline']}" if review.get("deadline") else ""
    return f"{review['state']}{deadline}" if review.get("state") else ""


def _source(source: Body) -> str:
    said = f" ({source['reason']})" if source.get("reason") else ""
    return f"{source['provider']} {source['state']}{said}"
