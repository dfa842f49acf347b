# SPDX-License-Identifier: Apache-2.0
"""What the person who starts the stand-in decides."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from otakube_standins.upstream.faults import Fault
from otakube_standins.upstream.generated import MOST


class Settings(BaseModel):
    """Limits are requests per window; 0 switches a window off. `generated`: titles beside the files'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str | None = None
    clock_scale: Annotated[float, Field(gt=0, le=10_000)] = 1.0
    generated: Annotated[int, Field(ge=0, le=MOST)] = 0
    jikan_per_second: Annotated[int, Field(ge=0)] = 3
    jikan_per_minute: Annotated[int, Field(ge=0)] = 60
    anilist_per_minute: Annotated[int, Field(ge=0)] = 30
    mal_per_minute: Annotated[int, Field(ge=0)] = 60
    kitsu_per_minute: Annotated[int, Field(ge=0)] = 0
    anidb_per_two_seconds: Annotated[int, Field(ge=0)] = 1
    anidb_per_day: Annotated[int, Field(ge=0)] = 200
    animeschedule_per_minute: Annotated[int, Field(ge=0)] = 120
    animeplanet_per_minute: Annotated[int, Field(ge=0)] = 55
    faults: list[Fault] = []

    def limits(self, provider: str) -> dict[float, int]:
        """Windows of a provider: seconds -> requests."""
        windows: dict[str, dict[float, int]] = {
            "jikan": {1.0: self.jikan_per_second, 60.0: self.jikan_per_minute},
            "anilist": {60.0: self.anilist_per_minute},
            "kitsu": {60.0: self.kitsu_per_minute},
            "mal": {60.0: self.mal_per_minute},
            "anidb": {2.0: self.anidb_per_two_seconds, 86_400.0: self.anidb_per_day},
            "animeschedule": {60.0: self.animeschedule_per_minute},
            "animeplanet": {60.0: self.animeplanet_per_minute},
        }
        return {seconds: limit for seconds, limit in windows[provider].items() if limit}


def read_faults(text: str) -> list[Fault]:
    """Rules from a JSON list; a ValueError names the wrong field."""
    return TypeAdapter(list[Fault]).validate_json(text or "[]")
