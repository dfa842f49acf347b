# SPDX-License-Identifier: Apache-2.0
"""Source pages of a dataset's rows in one spelling, since sites move and forks write their addresses anew."""

import re
from collections.abc import Iterable

from otakube.domain.record.pages import identify
from otakube_api.providers import SITES

_CANONICAL = re.compile(
    "|".join(
        f"{re.escape(site.canonical)}{'[a-z0-9-]+' if site.named else '[1-9][0-9]*'}"
        for site in SITES.values()
    )
)
"""Nearly all addresses of a dataset; to try one form is a tenth of the work of all."""


def page_of(url: str) -> str:
    """The address by which a page is compared: a known provider's canonical one, or the plain one."""
    if _CANONICAL.fullmatch(url):
        return url
    known = identify(url)
    if known is not None:
        return known.url
    return plain(url)


def plain(url: str) -> str:
    """Scheme, `www.`, letter case of the host, a last slash and a fragment tell no pages apart."""
    host, slash, rest = url.partition("#")[0].partition("://")[2].partition("/")
    path, mark, query = rest.partition("?")
    return f"{host.lower().removeprefix('www.')}{(slash + path).rstrip('/')}{mark}{query}"


def pages_of(sources: Iterable[str]) -> frozenset[str]:
    """All pages of a row."""
    return frozenset(map(page_of, sources))


def site_of(page: str) -> str:
    """The host of a page, by which pages are counted."""
    return page.split("://")[-1].split("/")[0].removeprefix("www.")
