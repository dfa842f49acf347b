# SPDX-License-Identifier: Apache-2.0
"""Objects of the kinds that controllers serve, parsed from what the API server sends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

from pydantic import ValidationError

from otakube_api import labels
from otakube_api.reasons import CommonCondition
from otakube_api.v1alpha1.meta import ApiType, Condition, cut
from otakube_operator.runtime.api import ApiResource

Body = Mapping[str, Any]


class ObjectKey(NamedTuple):
    """Namespace and name of an object; the unit of work."""

    namespace: str
    name: str


class ObjectStatus(Protocol):
    """The part of a kind's status that the runtime reads and writes."""

    @property
    def conditions(self) -> list[Condition]:
        """The conditions, each type once."""

    @property
    def observed_generation(self) -> int | None:
        """The metadata.generation that the status was written for."""

    def to_body(self) -> dict[str, Any]:
        """The JSON form."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values."""


SpecT = TypeVar("SpecT", bound=ApiType)
StatusT = TypeVar("StatusT", bound=ObjectStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeObject(Generic[SpecT, StatusT]):
    """One object as last seen."""

    key: ObjectKey
    uid: str
    generation: int
    resource_version: str
    spec: SpecT
    status: StatusT
    deleting: bool = False
    finalizers: tuple[str, ...] = ()
    requested_at: str | None = None
    created_at: datetime | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Those of our group that were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableObject:
    """An object whose spec this version cannot parse."""

    key: ObjectKey
    uid: str
    generation: int
    resource_version: str
    status: ObjectStatus
    problem: str


ObjectT = TypeVar("ObjectT", bound=KubeObject[Any, Any])


@dataclass(frozen=True, slots=True)
class CustomResource(Generic[ObjectT]):
    """A kind that a controller serves."""

    kind: str
    api: ApiResource
    read: Callable[[Body], ObjectT | UnreadableObject]
    finalizer: str = ""
    warnings: frozenset[str] = frozenset({CommonCondition.STALLED})
    """Condition types whose Event is a warning where they are True."""
    peer: Callable[[ObjectT, tuple[Any, ...], datetime], Any] | None = None
    """What the plans of other objects have to know of one and of those that it owns; None: nothing."""
    warning_reasons: frozenset[str] = frozenset()
    """Reasons whose Event is a warning, whichever condition gives them."""


def read_object(
    body: Body, make: Callable[..., ObjectT], spec: type[ApiType], status: type[ApiType]
) -> ObjectT | UnreadableObject:
    """Parse a body that the API server has admitted; `make` is the class of the object (no alias of it)."""
    meta = body["metadata"]
    common = {
        "key": key_of(body),
        "uid": meta["uid"],
        "generation": meta["generation"],
        "resource_version": meta["resourceVersion"],
        "status": _status(body, status),
    }
    try:
        parsed = spec.model_validate(body["spec"])
    except ValidationError as error:
        return UnreadableObject(**common, problem=_problem(error))
    notes = {name: str(text) for name, text in (meta.get("annotations") or {}).items() if _ours(name)}
    requested = notes.get(labels.REQUESTED_AT)
    return make(
        **common,
        spec=parsed,
        deleting=meta.get("deletionTimestamp") is not None,
        finalizers=tuple(meta.get("finalizers") or ()),
        requested_at=None if requested is None else str(cut(64)(requested)),
        created_at=_time(meta.get("creationTimestamp")),
        annotations=notes,
    )


def key_of(body: Body) -> ObjectKey:
    """Namespace and name of a body."""
    return ObjectKey(body["metadata"]["namespace"], body["metadata"]["name"])


def version_of(body: Body) -> int:
    """The resourceVersion of a body as a number."""
    return version_number(body["metadata"].get("resourceVersion"))


def version_number(version: object) -> int:
    """A resourceVersion as the monotonic number that etcd makes of it."""
    return int(version) if isinstance(version, str) and version.isdecimal() else 0


def _status(body: Body, status: type[ApiType]) -> ApiType:
    """A status that cannot be parsed counts as none: it is written anew, whole."""
    try:
        return status.model_validate(body.get("status") or {})
    except ValidationError:
        return status()


def _ours(name: str) -> bool:
    return name.startswith(f"{labels.GROUP}/")


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(['spec', *(str(part) for part in first['loc'])])}: {first['msg']}"
