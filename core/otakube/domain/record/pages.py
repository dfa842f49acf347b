# SPDX-License-Identifier: Apache-2.0
"""Addresses of an anime's page at each provider: the source URLs by which the catalogue knows an entry."""

import re
from typing import NamedTuple

from otakube_api.contract import Provider


class Page(NamedTuple):
    """`id` is the provider's number, or a slug where the provider has those.

    A page of myanimelist.net is Jikan's, whichever of the two ways to that site is asked.
    """

    provider: Provider
    id: str

    @property
    def url(self) -> str:
        """The canonical address."""
        return _CANONICAL[_SITES.get(self.provider, self.provider)] + self.id


_SITES = {Provider.MYANIMELIST: Provider.JIKAN}
_CANONICAL = {
    Provider.JIKAN: "https://myanimelist.net/anime/",
    Provider.ANILIST: "https://anilist.co/anime/",
    Provider.KITSU: "https://kitsu.app/anime/",
    Provider.ANIDB: "https://anidb.net/anime/",
    Provider.ANIMESCHEDULE: "https://animeschedule.net/anime/",
    Provider.ANIME_PLANET: "https://www.anime-planet.com/anime/",
}
_NUMBER = r"([1-9]\d{0,9})"
_SLUG = r"([a-z0-9][a-z0-9-]{0,200})"
_TAIL = r"(?:[/?#].*)?"
_FORMS = [
    (Provider.JIKAN, re.compile(rf"https?://(?:www\.)?myanimelist\.net/anime/{_NUMBER}{_TAIL}")),
    (Provider.JIKAN, re.compile(rf"https?://api\.jikan\.moe/v4/anime/{_NUMBER}{_TAIL}")),
    (Provider.ANILIST, re.compile(rf"https?://(?:www\.)?anilist\.co/anime/{_NUMBER}{_TAIL}")),
    (Provider.KITSU, re.compile(rf"https?://kitsu\.(?:app|io)/(?:api/edge/)?anime/{_NUMBER}{_TAIL}")),
    (Provider.KITSU, re.compile(rf"https?://kitsu\.(?:app|io)/anime/{_SLUG}{_TAIL}")),
    (Provider.ANIDB, re.compile(rf"https?://(?:www\.)?anidb\.net/anime/{_NUMBER}{_TAIL}")),
    (Provider.ANIDB, re.compile(rf"https?://(?:www\.)?anidb\.net/a{_NUMBER}{_TAIL}")),
    (Provider.ANIMESCHEDULE, re.compile(rf"https?://(?:www\.)?animeschedule\.net/anime/{_SLUG}{_TAIL}")),
    (Provider.ANIME_PLANET, re.compile(rf"https?://(?:www\.)?anime-planet\.com/anime/{_SLUG}{_TAIL}")),
]
SUPPORTED = ", ".join(f"{prefix}…" for prefix in _CANONICAL.values())


def identify(url: str) -> Page | None:
    """The page that an address shows; None if it is no anime page of a known provider."""
    for provider, form in _FORMS:
        match = form.fullmatch(url)
        if match is not None:
            return Page(provider, match[1])
    return None
