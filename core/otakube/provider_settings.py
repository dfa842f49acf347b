# SPDX-License-Identifier: Apache-2.0
"""Settings that every provider has; an adapter with more of its own has them in its `settings` module."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from otakube.domain.licences.terms import Agreement
from otakube.server_url import ADDRESS, HttpUrl


class ProviderSettings(BaseModel):
    """Defaults of `enabled`, `url` and `daily_budget` come from the provider table."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    enabled: bool = Field(True, description="Whether it may be asked.")
    preferred: bool = Field(
        False, description="Asked before the other way to the same site, which then stands in for it."
    )
    url: HttpUrl = Field("", description="Address of its API.", json_schema_extra={"pattern": ADDRESS})
    daily_budget: int | None = Field(
        None, ge=0, description="Requests a day; empty: as many as its rates allow."
    )
    licence: Agreement = Field(
        Agreement(), description="Agreement of your own (JSON): storable, publishable, retention_days."
    )

    def fault(self) -> str | None:
        """Why the adapter cannot work with these settings, in words that show no secret; None if it can."""
        return None

    def text_of(self, setting: str) -> str:
        """A setting's text, of a secret one too."""
        value = getattr(self, setting)
        return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
