# SPDX-License-Identifier: Apache-2.0
"""Licence of each provider in this installation: the provider table with agreements of its own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from otakube_api.contract import Provider
from otakube_api.providers import PROFILES, Licence

LICENCES: Mapping[Provider, Licence] = {provider: profile.licence for provider, profile in PROFILES.items()}
_CENTURY = 36_500  # days; beyond it dates overflow


class Agreement(BaseModel):
    """An installation's own agreement with a provider; what it does not name stays as in the table."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    storable: bool | None = Field(None, description="Whether its words may be kept.")
    publishable: bool | None = Field(None, description="Whether readers may see them.")
    retention_days: Annotated[int, Field(ge=0, le=_CENTURY)] | None = Field(
        None, description="Days after which they must be gone; 0: never."
    )


def agreed(agreements: Mapping[Provider, Agreement]) -> dict[Provider, Licence]:
    """The table with agreements in place of its rows."""
    return {
        provider: _with(licence, agreements[provider]) if provider in agreements else licence
        for provider, licence in LICENCES.items()
    }


def _with(licence: Licence, agreement: Agreement) -> Licence:
    named = agreement.model_dump(include={"storable", "publishable"}, exclude_none=True)
    if agreement.retention_days is not None:
        named["retention"] = timedelta(days=agreement.retention_days) or None
    return licence._replace(**named)
