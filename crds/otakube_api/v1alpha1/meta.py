# SPDX-License-Identifier: Apache-2.0
"""Building blocks of the kinds: bounded text, times, conditions, references.

The types parse a body that the API server has admitted and write a status that it will admit. They ignore
fields that they do not know, so an operator one version behind still reads what a newer one wrote.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

from otakube_api.contract import one_line
from otakube_api.reasons import ConditionType, Reason

VERSION = "v1alpha1"
API_VERSION: Final = "otakube.dev/v1alpha1"


def list_map(*keys: str) -> JsonDict:
    """JSON-schema extras of a list whose items are told apart by `keys`."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)}


AS_SET: JsonDict = {"x-kubernetes-list-type": "set"}
AS_ATOMIC: JsonDict = {"x-kubernetes-list-type": "atomic"}


class ApiType(BaseModel):
    """Immutable; camelCase outside, snake_case inside; attribute docstrings become descriptions."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )

    def to_body(self) -> dict[str, Any]:
        """The JSON form that the API server takes: camelCase, absent fields left out."""
        return self.model_dump(mode="json", exclude_none=True)


def cut(limit: int) -> Callable[[object], object]:
    """A validator that shortens text to `limit` characters: a long message must not fail a status write."""

    def shorten(value: object) -> object:
        return value[: limit - 1] + "…" if isinstance(value, str) and len(value) > limit else value

    return shorten


def _plain(value: object) -> object:
    """Remove control characters: what steps and reviewers wrote ends in terminals."""
    return one_line(value) if isinstance(value, str) else value


def _rfc3339(moment: datetime) -> str:
    """Whole seconds in UTC, as Kubernetes writes times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Time = Annotated[AwareDatetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]
Generation = Annotated[int, Field(ge=0, le=2**53 - 1)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, Field(max_length=253)]
Message = Annotated[str, BeforeValidator(cut(4096)), BeforeValidator(_plain), Field(max_length=4096)]
Sentence = Annotated[str, BeforeValidator(cut(500)), BeforeValidator(_plain), Field(max_length=500)]
RequestToken = Annotated[str, BeforeValidator(cut(64)), Field(max_length=64)]
"""Cut, so compare a new annotation with `cut(64)(annotation)`."""


class Condition(ApiType):
    """One aspect of the object's state, of the shape of metav1.Condition."""

    type: str = Field(max_length=316, pattern=r"^[A-Za-z][A-Za-z0-9]*$")
    """type names the aspect."""
    status: Literal["True", "False", "Unknown"]
    """status says whether the aspect holds."""
    observed_generation: Generation | None = None
    """observedGeneration is the metadata.generation that this condition speaks of."""
    last_transition_time: Time
    """lastTransitionTime is when status last changed."""
    reason: str = Field(min_length=1, max_length=1024, pattern=r"^[A-Za-z][A-Za-z0-9]*$")
    """reason is one word for programs; the reference page explains each."""
    message: Message
    """message is a sentence for people; empty where the reason says all."""


class OwnerReference(ApiType):
    """The part of metadata.ownerReferences that tells whose child an object is."""

    kind: str
    name: str
    uid: str
    controller: bool | None = None


class ObjectMeta(ApiType):
    """The part of metadata that Otakube reads; the API server owns its schema."""

    name: str
    namespace: str = "default"
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    finalizers: list[str] = []
    owner_references: list[OwnerReference] = []
    creation_timestamp: Time | None = None
    deletion_timestamp: Time | None = None


class Column(NamedTuple):
    """One column of `kubectl get`; priority 1 shows with -o wide only."""

    name: str
    json_path: str
    type: Literal["string", "integer", "boolean", "date"] = "string"
    priority: int = 0
    description: str = ""


class Kind(NamedTuple):
    """The parts of a CRD and of its page that no schema says."""

    name: str
    plural: str
    short_names: tuple[str, ...]
    columns: tuple[Column, ...]
    selectable_fields: tuple[str, ...]
    conditions: tuple[ConditionType, ...]
    reasons: tuple[Reason, ...]
    categories: tuple[str, ...] = ("anime",)

    @property
    def singular(self) -> str:
        """The lower-case name."""
        return self.name.lower()


def condition_column(name: str, condition: ConditionType, field: str, priority: int = 0) -> Column:
    """A column that shows `field` of `condition`."""
    return Column(name, f'.status.conditions[?(@.type=="{condition}")].{field}', priority=priority)
