# SPDX-License-Identifier: Apache-2.0
"""Titles of the stand-in upstream (docs/stand-ins.md) and what each is used for."""

SERIES = {"title": "Hoshi no Toudaimori"}
QUARRELLED = {"title": "Tetsu no Hana"}  # no other test commits it
MOVIE = {"title": "Yoake no Ressha"}
WITH_A_DEAD_PROVIDER = {"title": "Kasa no Eki"}
UNKNOWN = {"title": "Nobody Ever Drew This One"}
AMBIGUOUS = {"title": "Aoi Tori"}
NAMESAKE = {"title": "Aoi Tori", "year": 2024}
HOSTILE_TEXT = {"sourceUrls": ["https://myanimelist.net/anime/76001"]}
HOSTILE_IMAGES = {"sourceUrls": ["https://myanimelist.net/anime/76002"]}


def page(number: int) -> str:
    """Page of one of the titles that the stand-in invents for crowds, up to 60; all providers have it."""
    return f"https://myanimelist.net/anime/{1_000_000 + number}"


def generated(number: int) -> dict[str, list[str]]:
    """The same as spec.anime."""
    return {"sourceUrls": [page(number)]}
