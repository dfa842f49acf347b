# SPDX-License-Identifier: Apache-2.0
"""Which providers this installation asks: one row a provider, with what it needs to be switched on."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple, cast

import httpx2

from otakube.adapters.http.cache import Answers, NoAnswers
from otakube.adapters.http.client import ProviderClient, RequestLimits
from otakube.domain.record.golden import ALTERNATIVES
from otakube.ports.providers import Converter, ProviderAdapter, Source
from otakube.ports.rate_limits import RateLimiter
from otakube.settings import Settings
from otakube_api.contract import Provider

Connect = Callable[..., ProviderClient]
"""Keywords of ProviderClient -> a client with this provider's rate limiter."""


class Offer(NamedTuple):
    """`lacks` names the setting without which a provider is off; `build` makes its source."""

    package: str
    build: Callable[[Settings, Connect], Source]
    lacks: Callable[[Settings], str | None] = lambda _: None


def _jikan(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.jikan.client import Jikan

    return Jikan(connect(), settings.jikan_url)


def _myanimelist(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.myanimelist.client import CLIENT_ID, MyAnimeList

    headers = {CLIENT_ID: settings.myanimelist_client_id.get_secret_value()}
    return MyAnimeList(connect(headers=headers), settings.myanimelist_url)


def _myanimelist_lacks(settings: Settings) -> str | None:
    client_id = settings.myanimelist_client_id.get_secret_value()
    if not client_id:
        return "myanimelist_client_id is empty"
    from otakube.adapters.providers.myanimelist.client import issued

    return None if issued(client_id) else "myanimelist_client_id has characters that no client id has"


def _anilist(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.anilist.client import AniList

    return AniList(connect(), settings.anilist_url)


def _kitsu(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.kitsu.client import MEDIA_TYPE, Kitsu

    return Kitsu(connect(accept=MEDIA_TYPE), settings.kitsu_url)


def _anidb(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.anidb.client import MEDIA_TYPE, AniDB
    from otakube.adapters.providers.anidb.document import refused

    client = connect(accept=MEDIA_TYPE, refusal=refused)
    return AniDB(client, settings.anidb_url, settings.anidb_titles_url, settings.anidb_client)


def _anidb_lacks(settings: Settings) -> str | None:
    if not settings.anidb_client:
        return "anidb_client is empty"
    from otakube.adapters.providers.anidb.client import registered

    return None if registered(settings.anidb_client) else "anidb_client is not of the form name/version"


def _animeschedule(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.animeschedule.client import AnimeSchedule

    token = settings.animeschedule_token.get_secret_value()
    return AnimeSchedule(connect(headers={"Authorization": f"Bearer {token}"}), settings.animeschedule_url)


def _animeschedule_lacks(settings: Settings) -> str | None:
    token = settings.animeschedule_token.get_secret_value()
    if not token:
        return "animeschedule_token is empty"
    from otakube.adapters.providers.animeschedule.client import issued

    return None if issued(token) else "animeschedule_token has characters that no token has"


def _anime_planet(settings: Settings, connect: Connect) -> Source:
    from otakube.adapters.providers.anime_planet.client import MEDIA_TYPE, AnimePlanet

    return AnimePlanet(connect(accept=MEDIA_TYPE), settings.anime_planet_url)


OFFERS: dict[Provider, Offer] = {
    Provider.JIKAN: Offer("jikan", _jikan),
    Provider.MYANIMELIST: Offer("myanimelist", _myanimelist, _myanimelist_lacks),
    Provider.ANILIST: Offer("anilist", _anilist),
    Provider.KITSU: Offer("kitsu", _kitsu),
    Provider.ANIDB: Offer("anidb", _anidb, _anidb_lacks),
    Provider.ANIMESCHEDULE: Offer("animeschedule", _animeschedule, _animeschedule_lacks),
    Provider.ANIME_PLANET: Offer("anime_planet", _anime_planet),
}


def converter(provider: Provider) -> Converter:
    """What reads a provider's answers."""
    return cast(Converter, import_module(f"otakube.adapters.providers.{OFFERS[provider].package}.convert"))


def switched_off(provider: Provider, settings: Settings) -> str | None:
    """Why a provider is not asked, as the setting that would change it; None if it is."""
    if provider not in OFFERS:
        return f"there is no adapter for {provider}"
    if provider.value not in settings.providers_enabled:
        return "providers_enabled does not list it"
    return OFFERS[provider].lacks(settings)


def build(
    settings: Settings,
    client: httpx2.AsyncClient,
    rate_limiters: Mapping[Provider, RateLimiter],
    answers: Mapping[Provider, Answers] = {},
) -> dict[Provider, ProviderAdapter]:
    """The providers that are switched on, in the order in which they are asked."""
    limits = RequestLimits(settings.provider_timeout_seconds, settings.provider_answer_limit_bytes)

    def connect_of(provider: Provider) -> Connect:
        limiter, kept = rate_limiters.get(provider), answers.get(provider)
        return lambda **how: ProviderClient(client, limits, rate_limiter=limiter, answers=kept, **how)

    return {
        provider: ProviderAdapter(
            source=OFFERS[provider].build(settings, connect_of(provider)),
            converter=converter(provider),
            forget=answers.get(provider, NoAnswers()).forget,
        )
        for provider in ordered(settings)
        if switched_off(provider, settings) is None
    }


def ordered(settings: Settings) -> list[Provider]:
    """Most trusted first; of two ways to one site the preferred one."""
    order = list(Provider)
    preferred = Provider(settings.mal_preferred)
    order.remove(preferred)
    order.insert(order.index(ALTERNATIVES[preferred]), preferred)
    return order
