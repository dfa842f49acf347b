# SPDX-License-Identifier: Apache-2.0
"""The operator's settings: environment variables OTAKUBE_OPERATOR_<NAME>, checked before anything starts."""

import os
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "OTAKUBE_OPERATOR_"


def _names(value: object) -> object:
    return (
        tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
    )


class OperatorSettings(BaseSettings):
    """The chart sets each of them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    namespaces: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ()
    """Comma-separated; every namespace if empty."""
    gpu: bool = False
    """accelerator Auto means the GPU pool in this cluster."""
    providers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ()
    """Comma-separated packages of the providers that are on; those of a plain installation if empty."""
    concurrent_runs: Annotated[int, Field(ge=0)] = 0
    """Runs that may ask the providers at once; 0: as many as keep the slowest budget busy."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class SettingsError(ValueError):
    """A setting is wrong; the message names the variable, the value and the cure."""


def read_settings() -> OperatorSettings:
    """Settings from the environment; raises SettingsError."""
    known = {PREFIX + name.upper() for name in OperatorSettings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError("; ".join(f"{name} is not a setting: remove it" for name in unknown))
    try:
        return OperatorSettings()
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(dict(each)) for each in error.errors())) from None


def _sentence(problem: dict[str, Any]) -> str:
    name = PREFIX + str(problem["loc"][0]).upper()
    return f"{name}={problem['input']!r}: {problem['msg']}"
