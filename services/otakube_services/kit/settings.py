# SPDX-License-Identifier: Apache-2.0
"""The addresses of a service, from OTAKUBE_NAME_HOST, OTAKUBE_NAME_PORT and OTAKUBE_NAME_INTERNAL_PORT."""

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """A service listens on loopback unless it is told otherwise.

    The port is for readers; the internal one for probes, metrics and what is no reader's business.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    internal_port: int = Field(8081, ge=0, le=65535)
    patience_seconds: float = Field(10, gt=0, le=3600)
    """How long a peer may take for its request, for its next one, or for taking an answer."""


class WrongSettings(Exception):
    """A variable of the environment has a value that cannot be."""


def read_settings(service: str) -> ServiceSettings:
    """The settings of a service; WrongSettings names the variable, its value and the cure."""
    prefix = f"OTAKUBE_{service.upper()}_"
    try:
        return ServiceSettings(_env_prefix=prefix)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = "".join(map(str, fault["loc"]))
        default = ServiceSettings.model_fields[name].default
        raise WrongSettings(
            f"{prefix}{name.upper()} is {fault['input']!r}: {fault['msg']}, such as {default}"
        ) from error
