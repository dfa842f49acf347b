# SPDX-License-Identifier: Apache-2.0
"""What each provider lets us keep, for how long, and publish: applied to every stored field.

Read from the providers' terms in 2026; an installation with an agreement of its own overrides a row.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from otakube_api.contract import Provider

Terms = Mapping[str, bool | int]
"""An agreement of one's own: `storable`, `publishable`, `retention_days` (0: without end)."""


class Licence(NamedTuple):
    """`retention` None: for as long as the entry; `publishable`: readers beyond the curators may see it."""

    name: str
    storable: bool
    publishable: bool
    retention: timedelta | None
    terms: str

    def expires(self, fetched_at: datetime) -> datetime | None:
        """When a value that was fetched then must be gone."""
        return fetched_at + self.retention if self.retention else None


_CENTURY = 36_500  # days; beyond it dates overflow, and 0 says: without end
_MAL = "https://myanimelist.net/static/apiagreement.html"

LICENCES: dict[Provider, Licence] = {
    #                                 name                          store  publish retention           terms
    Provider.JIKAN:         Licence("MyAnimeList terms of use",     True,  True,  None,                _MAL),
    Provider.MYANIMELIST:   Licence("MyAnimeList API agreement",    True,  True,  None,                _MAL),
    # No "backup or data storage", no mass collection: kept like a cache that is renewed.
    Provider.ANILIST:       Licence("AniList terms of use",         True,  True,  timedelta(days=90),
                                    "https://docs.anilist.co/guide/terms-of-use"),
    Provider.KITSU:         Licence("Kitsu terms of use",           True,  True,  None,
                                    "https://kitsu.app/terms"),
    Provider.ANIDB:         Licence("CC BY-NC-SA 4.0",              True,  True,  None,
                                    "https://wiki.anidb.net/Licence"),
    Provider.ANIMESCHEDULE: Licence("AnimeSchedule terms of use",   True,  True,  timedelta(days=90),
                                    "https://animeschedule.net/terms"),
    # No API and no licence: enough to compare and to show a curator, not to republish.
    Provider.ANIME_PLANET:  Licence("Anime-Planet terms of use",    True,  False, timedelta(days=30),
                                    "https://www.anime-planet.com/termsofuse"),
}  # fmt: skip


def agreed(overrides: Mapping[str, Terms]) -> dict[Provider, Licence]:
    """The table with an installation's own agreements (setting licence_overrides) in place of its rows.

    ValueError names the provider, the term and the value that do not fit.
    """
    licences = dict(LICENCES)
    for name, terms in overrides.items():
        if name not in list(Provider):
            known = ", ".join(Provider)
            raise ValueError(f"licence_overrides names the provider {name!r}; there are {known}")
        provider = Provider(name)
        licences[provider] = _with(name, licences[provider], terms)
    return licences


def _with(name: str, licence: Licence, terms: Terms) -> Licence:
    for term, value in terms.items():
        where = f"licence_overrides.{name}.{term}"
        if term == "storable" and isinstance(value, bool):
            licence = licence._replace(storable=value)
        elif term == "publishable" and isinstance(value, bool):
            licence = licence._replace(publishable=value)
        elif term == "retention_days" and not isinstance(value, bool) and 0 <= value <= _CENTURY:
            licence = licence._replace(retention=timedelta(days=value) if value else None)
        else:
            raise ValueError(
                f"{where} is {value!r}: storable and publishable are booleans, "
                f"retention_days a number up to {_CENTURY}"
            )
    return licence
