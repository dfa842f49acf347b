# SPDX-License-Identifier: Apache-2.0
"""Settings of AnimeSchedule."""

import re

from pydantic import Field, SecretStr

from otakube.provider_settings import ProviderSettings

_ISSUED = re.compile(r"[A-Za-z0-9._~+/=-]{1,500}")  # a bearer token (RFC 6750, b68token)


class AnimeScheduleSettings(ProviderSettings):
    """The API answers who brings a token; what no header can carry would show in the error about it."""

    token: SecretStr = Field(SecretStr(""), description="Application token of AnimeSchedule.")

    def fault(self) -> str | None:
        issued = _ISSUED.fullmatch(self.token.get_secret_value())
        return None if issued else "token has characters that no token has"


SETTINGS = AnimeScheduleSettings
