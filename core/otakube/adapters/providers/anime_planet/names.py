# SPDX-License-Identifier: Apache-2.0
"""Names on Anime-Planet's pages, and what the site shows where there is none. Pure."""

import re

from otakube.adapters.http.placeholders import Placeholders
from otakube.adapters.providers.anime_planet.page import visible

PLACEHOLDERS = Placeholders(
    pictures=("blank_", "default.", "card-load"),
    texts=("no synopsis yet", "check back soon", "this entry currently doesn t have"),
)
"""What Anime-Planet shows where nobody has written anything."""
_AKA = re.compile(r"Alt(?:ernat(?:e|ive))?\.? titles?: ?(.+)", re.DOTALL)


def alternative_names(said: str | None) -> list[str]:
    """ "Alt titles: One, Other": a comma within a title cannot be told from one between two."""
    match = _AKA.fullmatch(said or "")
    return PLACEHOLDERS.names(visible(name.strip()) for name in match[1].split(","))[:200] if match else []
