# SPDX-License-Identifier: Apache-2.0
"""Settings of AniDB."""

import re

from pydantic import Field

from otakube.provider_settings import ProviderSettings
from otakube.server_url import ADDRESS, HttpUrl

_REGISTERED = re.compile(r"([A-Za-z][A-Za-z0-9_-]{1,31})/([1-9][0-9]{0,5})")


def registered(client: str) -> tuple[str, str] | None:
    """Name and version of a client that AniDB knows, from `name/version`; None if it is of another form."""
    match = _REGISTERED.fullmatch(client)
    return (match[1], match[2]) if match else None


class AniDBSettings(ProviderSettings):
    """AniDB answers registered clients only, and its titles lie beside its API."""

    client: str = Field(
        "",
        description="Client registered at AniDB, as name/version.",
        json_schema_extra={"pattern": f"^({_REGISTERED.pattern})?$"},
    )
    titles_url: HttpUrl = Field(
        "https://anidb.net/api/anime-titles.xml.gz",
        description="Address of its daily dump of titles.",
        json_schema_extra={"pattern": ADDRESS},
    )

    def fault(self) -> str | None:
        return None if registered(self.client) else "client is not of the form name/version"


SETTINGS = AniDBSettings
