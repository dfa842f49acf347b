# SPDX-License-Identifier: Apache-2.0
"""The answer to "who says so": one field with its value and where it comes from."""

from typing import Any

from pydantic import BaseModel, TypeAdapter

_JSON: TypeAdapter[Any] = TypeAdapter(Any)


class UnknownField(LookupError):
    """There is no such field; the message names what there is."""


class Losing(BaseModel):
    """Losing value of another provider."""

    provider: str
    value: str  # JSON, cut
    exactness: str | None = None  # Year, Month, Rounded, Derived; null: stated as it is


class Explained(BaseModel):
    """One field. Without a provider nobody noted who said it: the record is of schema version 1."""

    field: str
    value: Any
    provider: str | None = None
    providers: list[str] = []  # all who say so
    fetched_at: str | None = None
    licence: str | None = None
    confidence: float | None = None
    stale: bool = False
    publishable: bool = True
    expires_at: str | None = None
    decided_by: str | None = None
    exactness: dict[str, str] = {}  # of providers who do not state it exactly
    credit: str | None = None  # who wrote a text, in the provider's words
    losing: list[Losing] = []


def as_json(value: Any) -> Any:
    """A value as an answer has it."""
    return _JSON.dump_python(value, mode="json")
