# SPDX-License-Identifier: Apache-2.0
"""What each provider lets us keep, for how long, and publish: applied to every stored field.

Read from the providers' terms in 2026; an installation with an agreement of its own overrides a row.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from otakube.domain.entry import Provider


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
