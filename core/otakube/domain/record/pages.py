# SPDX-License-Identifier: Apache-2.0
"""Addresses of an anime's page at each provider: the source URLs by which the catalogue knows an entry."""

import re
from typing import NamedTuple

from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES, SITES, Site


class Page(NamedTuple):
    """`id` is the provider's number, or a slug where the provider has those.

    A page of myanimelist.net is Jikan's, whichever of the two ways to that site is asked.
    """

    provider: Provider
    id: str

    @property
    def url(self) -> str:
        """The canonical address."""
        return _site_of(self.provider).canonical + self.id


_TAIL = r"(?:[/?#].*)?"
_FORMS = [
    (provider, re.compile(rf"https?://{form}{_TAIL}"))
    for provider, site in SITES.items()
    for form in site.pages
]
SUPPORTED = ", ".join(f"{site.canonical}…" for site in SITES.values())


def _site_of(provider: Provider) -> Site:
    return SITES[provider] if provider in SITES else SITES[ALTERNATIVES[provider]]


def identify(url: str) -> Page | None:
    """The page that an address shows; None if it is no anime page of a known provider."""
    for provider, form in _FORMS:
        match = form.fullmatch(url)
        if match is not None:
            return Page(provider, match[1])
    return None
