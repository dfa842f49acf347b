# SPDX-License-Identifier: Apache-2.0
"""Addresses of an anime's page at each provider: the source URLs by which the catalogue knows an entry."""

import re
from typing import NamedTuple

from otakube.domain.entry import Provider


class Page(NamedTuple):
    """`id` is the provider's number, or a slug where the provider has those."""

    provider: Provider
    id: str

    @property
    def url(self) -> str:
        """The canonical address."""
        return _CANONICAL[self.provider] + self.id


_CANONICAL = {
    Provider.JIKAN: "https://myanimelist.net/anime/",
    Provider.ANILIST: "https://anilist.co/anime/",
    Provider.KITSU: "https://kitsu.app/anime/",
}
_NUMBER = r"([1-9]\d{0,9})"
_TAIL = r"(?:[/?#].*)?"
_FORMS = [
    (Provider.JIKAN, re.compile(rf"https?://(?:www\.)?myanimelist\.net/anime/{_NUMBER}{_TAIL}")),
    (Provider.JIKAN, re.compile(rf"https?://api\.jikan\.moe/v4/anime/{_NUMBER}{_TAIL}")),
    (Provider.ANILIST, re.compile(rf"https?://(?:www\.)?anilist\.co/anime/{_NUMBER}{_TAIL}")),
    (Provider.KITSU, re.compile(rf"https?://kitsu\.(?:app|io)/(?:api/edge/)?anime/{_NUMBER}{_TAIL}")),
    (Provider.KITSU, re.compile(rf"https?://kitsu\.(?:app|io)/anime/([a-z0-9][a-z0-9-]{{0,200}}){_TAIL}")),
]
SUPPORTED = ", ".join(f"{prefix}…" for prefix in _CANONICAL.values())


def identify(url: str) -> Page | None:
    """The page that an address shows; None if it is no anime page of a known provider."""
    for provider, form in _FORMS:
        match = form.fullmatch(url)
        if match is not None:
            return Page(provider, match[1])
    return None
