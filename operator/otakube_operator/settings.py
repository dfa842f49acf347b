# SPDX-License-Identifier: Apache-2.0
"""The operator's settings: environment variables OTAKUBE_OPERATOR_<NAME>, checked before anything starts."""

import os
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PREFIX = "OTAKUBE_OPERATOR_"


def _names(value: object) -> object:
    return (
        tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
    )


class OperatorSettings(BaseModel):
    """All have defaults; a chart sets the namespaces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    namespaces: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    """Comma-separated; every namespace if empty."""
    workers: int = Field(16, ge=1, le=64)
    """Enrichments worked on at once."""
    writes_at_once: int = Field(16, ge=1, le=256)
    writes_per_second: float = Field(50, gt=0, le=1000)
    """The rate once write_burst is spent."""
    write_burst: int = Field(1000, ge=1, le=100_000)
    resync_seconds: float = Field(600, ge=1)
    """How often everything is listed and looked at again, with a tenth of jitter."""
    probe_host: str = "0.0.0.0"  # noqa: S104 - the kubelet probes the pod's address
    probe_port: int = Field(8080, ge=0, le=65535)
    watch_age_limit: float = Field(120, ge=1)
    """Seconds without event or bookmark after which /healthz turns red; bookmarks come every minute."""
    loop_lag_limit: float = Field(10, gt=0)
    gpu: bool = False
    """Whether accelerator Auto means the GPU pool in this cluster."""
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")


class SettingsError(ValueError):
    """A setting is wrong; the message names the variable, the value and the cure."""


def read_settings(environment: Mapping[str, str] = os.environ) -> OperatorSettings:
    """Settings from the environment; raises SettingsError."""
    given = {
        name[len(PREFIX) :].lower(): text for name, text in environment.items() if name.startswith(PREFIX)
    }
    try:
        return OperatorSettings.model_validate(given)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(dict(each)) for each in error.errors())) from None


def _sentence(problem: dict[str, Any]) -> str:
    name = PREFIX + str(problem["loc"][0]).upper()
    if problem["type"] == "extra_forbidden":
        return f"{name} is not a setting: remove it"
    return f"{name}={problem['input']!r}: {problem['msg']}"
