# SPDX-License-Identifier: Apache-2.0
"""The address of a service, from OTAKUBE_NAME_HOST and OTAKUBE_NAME_PORT."""

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """A service listens on loopback unless it is told otherwise."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)


class WrongSettings(Exception):
    """A variable of the environment has a value that cannot be."""


def read_settings(service: str) -> ServiceSettings:
    """The settings of a service; WrongSettings names the variable, its value and the cure."""
    prefix = f"OTAKUBE_{service.upper()}_"
    try:
        return ServiceSettings(_env_prefix=prefix)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        variable = prefix + "".join(map(str, fault["loc"])).upper()
        raise WrongSettings(f"{variable} is {fault['input']!r}: {fault['msg']}, such as 8080") from error
