# SPDX-License-Identifier: Apache-2.0
"""Settings of the stand-in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from otakube_standins.upstream.faults import FaultRule
from otakube_standins.upstream.generated import MOST
from otakube_standins.upstream.provider import UpstreamProvider, discovered


class UpstreamSettings(BaseModel):
    """`limits`: by provider, seconds -> requests. `generated`: titles beside the files'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str | None = None
    clock_scale: Annotated[float, Field(gt=0, le=10_000)] = 1.0
    generated: Annotated[int, Field(ge=0, le=MOST)] = 0
    unlimited: bool = False  # providers that `limits` does not name
    limits: dict[str, dict[float, Annotated[int, Field(gt=0)]]] = {}
    faults: list[FaultRule] = []

    @field_validator("limits")
    @classmethod
    def _known(cls, limits: dict[str, dict[float, int]]) -> dict[str, dict[float, int]]:
        names = [provider.name for provider in discovered()]
        unknown = limits.keys() - names
        if unknown:
            raise ValueError(f"there is no provider {min(unknown)!r}; there are {', '.join(names)}")
        return limits

    def limits_of(self, provider: UpstreamProvider) -> dict[float, int]:
        """Windows of a provider: seconds -> requests."""
        return self.limits.get(provider.name, {} if self.unlimited else dict(provider.limits))


def read_faults(text: str) -> list[FaultRule]:
    """Rules from a JSON list; a ValueError names the wrong field."""
    return TypeAdapter(list[FaultRule]).validate_json(text or "[]")
