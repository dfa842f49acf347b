# SPDX-License-Identifier: Apache-2.0
"""Settings of MyAnimeList."""

import re

from pydantic import Field, SecretStr

from otakube.provider_settings import ProviderSettings

_ISSUED = re.compile(r"[A-Za-z0-9_-]{1,100}")  # what no header can carry would show in the error about it


class MyAnimeListSettings(ProviderSettings):
    """The official API answers registered clients only."""

    client_id: SecretStr = Field(SecretStr(""), description="Client id of the MyAnimeList API.")

    def fault(self) -> str | None:
        issued = _ISSUED.fullmatch(self.client_id.get_secret_value())
        return None if issued else "client_id has characters that no client id has"


SETTINGS = MyAnimeListSettings
