# SPDX-License-Identifier: Apache-2.0
"""The provider table: all that is known of a provider before it is asked, one row each.

The CRDs' rules, the steps' settings, the workflows' secrets, licences, rate limits, page addresses and image
hosts are derived from it. Licences and limits were read in 2026 from the providers' terms, documentation and
issue trackers; docs/providers.md says which numbers are ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from otakube_api.contract import Provider


class Rate(NamedTuple):
    """At most so many requests in any so many seconds."""

    requests: int
    seconds: float


class RateLimits(NamedTuple):
    """`rates` shortest first; `day`: requests in one UTC day; `freshest`: never the same question sooner."""

    rates: tuple[Rate, ...]
    day: int | None = None
    freshest: timedelta = timedelta()

    @property
    def longest(self) -> Rate:
        """The rate that holds in the long run, of which providers speak in X-RateLimit-Limit."""
        return self.rates[-1]


class Licence(NamedTuple):
    """`retention` None: for as long as the entry; `publishable`: readers beyond the curators may see it."""

    name: str
    terms: str
    storable: bool = True
    publishable: bool = True
    retention: timedelta | None = None

    def expires(self, fetched_at: datetime) -> datetime | None:
        """Time by which a value that was fetched then must be gone."""
        return fetched_at + self.retention if self.retention else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Pages of anime at a provider; `hosts` are without www, ids are numbers or, where `named`, slugs."""

    hosts: tuple[str, ...]
    canonical: str  # beginning of the address that the catalogue keeps; the id follows
    pages: tuple[str, ...]  # regular expressions of all addresses of such a page; NUMBER or SLUG is the id
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """One provider. `package` names its adapter, its stand-in, its settings and its chart value."""

    package: str
    url: str  # of its API: the default of the setting `url`
    licence: Licence
    limits: RateLimits
    requests: int  # of one enrichment of a usual series, counted at the stand-ins
    site: Site | None = None  # None: that of `alternative`
    alternative: Provider | None = None  # another way to the same site, asked in its outage
    required_setting: str | None = None  # without it the provider is off
    secrets: tuple[str, ...] = ()  # settings that lie in the Secret
    image_hosts: tuple[str, ...] = ()
    opt_in: bool = False  # off until an installation switches it on
    lists_episodes: bool = True  # False: its answers have no list of them
    looks_forward: bool = False  # its episodes are a schedule and streaming pages: what was broadcast may go

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Hosts within which its redirects are followed, with all below: its API's domain, and its pages'."""
        first, _, domain = (urlsplit(self.url).hostname or "").partition(".")
        api = domain if "." in domain else f"{first}.{domain}"
        return tuple(dict.fromkeys((api, *(self.site.hosts if self.site else ()))))

    @property
    def seconds_per_run(self) -> float:
        """Time in which its budget carries one enrichment, in the long run."""
        return self.requests * self.limits.longest.seconds / self.limits.longest.requests

    @property
    def port(self) -> int:
        """Port of its API, which the steps' NetworkPolicy lets through."""
        address = urlsplit(self.url)
        return address.port or (443 if address.scheme == "https" else 80)


NUMBER = r"([1-9]\d{0,9})"
SLUG = r"([a-z0-9][a-z0-9-]{0,200})"
_DAY, _QUARTER = timedelta(days=1), timedelta(days=90)
_MAL_TERMS = "https://myanimelist.net/static/apiagreement.html"

PROFILES: Mapping[Provider, ProviderProfile] = {
    Provider.JIKAN: ProviderProfile(
        package="jikan",
        url="https://api.jikan.moe/v4",
        licence=Licence("MyAnimeList terms of use", _MAL_TERMS),
        limits=RateLimits((Rate(3, 1), Rate(60, 60))),
        requests=7,
        site=Site(
            hosts=("myanimelist.net",),
            canonical="https://myanimelist.net/anime/",
            pages=(rf"(?:www\.)?myanimelist\.net/anime/{NUMBER}", rf"api\.jikan\.moe/v4/anime/{NUMBER}"),
        ),
        alternative=Provider.MYANIMELIST,
        image_hosts=("cdn.myanimelist.net",),
    ),
    Provider.MYANIMELIST: ProviderProfile(
        package="myanimelist",
        url="https://api.myanimelist.net/v2",
        licence=Licence("MyAnimeList API agreement", _MAL_TERMS),
        limits=RateLimits((Rate(3, 1), Rate(60, 60))),  # none is documented: it refuses bursts
        requests=2,
        alternative=Provider.JIKAN,
        required_setting="client_id",
        secrets=("client_id",),
        image_hosts=("api-cdn.myanimelist.net",),
        lists_episodes=False,
    ),
    Provider.ANILIST: ProviderProfile(
        package="anilist",
        url="https://graphql.anilist.co",
        # No "backup or data storage", no mass collection: kept like a cache that is renewed.
        licence=Licence(
            "AniList terms of use", "https://docs.anilist.co/guide/terms-of-use", retention=_QUARTER
        ),
        limits=RateLimits((Rate(5, 2), Rate(30, 60))),  # 30 a minute since 2025; bursts: a guess
        requests=3,
        site=Site(
            hosts=("anilist.co",),
            canonical="https://anilist.co/anime/",
            pages=(rf"(?:www\.)?anilist\.co/anime/{NUMBER}",),
        ),
        image_hosts=("s4.anilist.co",),
        looks_forward=True,
    ),
    Provider.KITSU: ProviderProfile(
        package="kitsu",
        url="https://kitsu.app/api/edge",
        licence=Licence("Kitsu terms of use", "https://kitsu.app/terms"),
        limits=RateLimits((Rate(5, 2), Rate(60, 60))),  # none is documented: politeness
        requests=8,
        site=Site(
            hosts=("kitsu.app", "kitsu.io"),
            canonical="https://kitsu.app/anime/",
            pages=(
                rf"kitsu\.(?:app|io)/(?:api/edge/)?anime/{NUMBER}",
                rf"kitsu\.(?:app|io)/anime/{SLUG}",
            ),
            named=True,
        ),
        image_hosts=("media.kitsu.io", "media.kitsu.app"),
    ),
    Provider.ANIDB: ProviderProfile(
        package="anidb",
        url="http://api.anidb.net:9001/httpapi",
        licence=Licence("CC BY-NC-SA 4.0", "https://wiki.anidb.net/Licence"),
        limits=RateLimits((Rate(1, 4),), day=200, freshest=_DAY),  # 2 s at least; 4 s in the long run
        requests=2,
        site=Site(
            hosts=("anidb.net",),
            canonical="https://anidb.net/anime/",
            pages=(rf"(?:www\.)?anidb\.net/anime/{NUMBER}", rf"(?:www\.)?anidb\.net/a{NUMBER}"),
        ),
        required_setting="client",
        image_hosts=("cdn-eu.anidb.net",),
    ),
    Provider.ANIMESCHEDULE: ProviderProfile(
        package="animeschedule",
        url="https://animeschedule.net/api/v3",
        licence=Licence("AnimeSchedule terms of use", "https://animeschedule.net/terms", retention=_QUARTER),
        limits=RateLimits((Rate(5, 1), Rate(120, 60))),
        requests=2,
        site=Site(
            hosts=("animeschedule.net",),
            canonical="https://animeschedule.net/anime/",
            pages=(rf"(?:www\.)?animeschedule\.net/anime/{SLUG}",),
            named=True,
        ),
        required_setting="token",
        secrets=("token",),
        image_hosts=("img.animeschedule.net",),
        looks_forward=True,
    ),
    Provider.ANIME_PLANET: ProviderProfile(
        package="anime_planet",
        url="https://www.anime-planet.com",
        # No API and no licence: enough to compare and to show a curator, not to republish.
        licence=Licence(
            "Anime-Planet terms of use",
            "https://www.anime-planet.com/termsofuse",
            publishable=False,
            retention=timedelta(days=30),
        ),
        limits=RateLimits((Rate(1, 1.1),)),  # made for people: at most 55 a minute
        requests=3,
        site=Site(
            hosts=("anime-planet.com",),
            canonical="https://www.anime-planet.com/anime/",
            pages=(rf"(?:www\.)?anime-planet\.com/anime/{SLUG}",),
            named=True,
        ),
        opt_in=True,
        lists_episodes=False,
    ),
}

ALTERNATIVES: Mapping[Provider, Provider] = {
    provider: profile.alternative for provider, profile in PROFILES.items() if profile.alternative
}
"""Two providers that speak of the same pages."""

SITES: Mapping[Provider, Site] = {
    provider: profile.site for provider, profile in PROFILES.items() if profile.site
}
"""Site of each provider that has pages of its own."""


def hosts(sites: Iterable[Site], *, named: bool) -> list[str]:
    """Hosts whose pages are named by slugs, or numbered."""
    return [host for site in sites if site.named is named for host in site.hosts]


def secret_key(provider: Provider, setting: str) -> str:
    """Key of a provider's secret setting in the Secret, which is the name of its file."""
    return f"otakube_providers__{PROFILES[provider].package}__{setting}"
