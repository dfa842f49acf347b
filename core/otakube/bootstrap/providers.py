# SPDX-License-Identifier: Apache-2.0
"""Providers that this installation asks: the provider table, joined to adapters and settings."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

import httpx2

from otakube.adapters.http.cache import Answers, NoAnswers
from otakube.adapters.http.client import Connect, ProviderClient, RequestLimits
from otakube.adapters.http.edge import GuardedConverter, GuardedSource, ProviderEdge
from otakube.adapters.memory import PodMemory
from otakube.ports.providers import Converter, ProviderAdapter, ProviderSource
from otakube.ports.rate_limits import RateLimiter
from otakube.settings import Settings
from otakube_api.contract import Provider
from otakube_api.providers import ALTERNATIVES, PROFILES

ADAPTERS = "otakube.adapters.providers"
"""Each folder in it is a provider: `client.connect`, `convert`, and `settings` if it has more than others."""


def converter(provider: Provider) -> Converter:
    """The module that reads a provider's answers."""
    return cast(Converter, import_module(f"{ADAPTERS}.{PROFILES[provider].package}.convert"))


def source(provider: Provider, settings: Settings, connect: Connect) -> ProviderSource:
    """The provider's API, asked through clients that `connect` makes."""
    client = import_module(f"{ADAPTERS}.{PROFILES[provider].package}.client")
    return cast(ProviderSource, client.connect(settings.providers[provider], connect))


def switched_off(provider: Provider, settings: Settings) -> str | None:
    """Why a provider is not asked, as the setting that would change it; None if it is."""
    profile, own = PROFILES[provider], settings.providers[provider]
    where = f"providers.{profile.package}"
    if not own.enabled:
        return f"{where}.enabled is false"
    if profile.required_setting and not own.text_of(profile.required_setting):
        return f"{where}.{profile.required_setting} is empty"
    fault = own.fault()
    return fault and f"{where}.{fault}"


def build(
    settings: Settings,
    client: httpx2.AsyncClient,
    rate_limiters: Mapping[Provider, RateLimiter],
    answers: Mapping[Provider, Answers] = {},
) -> dict[Provider, ProviderAdapter]:
    """The providers that are switched on, in the order in which they are asked."""
    memory = PodMemory(settings.memory_limit_bytes)
    limits = RequestLimits(settings.provider_timeout_seconds, settings.provider_answer_limit_bytes, memory)

    def connect_of(provider: Provider) -> Connect:
        limiter, kept, hosts = (
            rate_limiters.get(provider),
            answers.get(provider),
            PROFILES[provider].own_hosts,
        )
        return lambda **how: ProviderClient(
            client, limits, rate_limiter=limiter, answers=kept, hosts=hosts, **how
        )

    def adapter(provider: Provider) -> ProviderAdapter:
        edge = ProviderEdge(provider)
        return ProviderAdapter(
            source=GuardedSource(source(provider, settings, connect_of(provider)), edge),
            converter=cast(Converter, GuardedConverter(converter(provider), edge)),
            forget=answers.get(provider, NoAnswers()).forget,
        )

    return {
        provider: adapter(provider)
        for provider in ordered(settings)
        if switched_off(provider, settings) is None
    }


def ordered(settings: Settings) -> list[Provider]:
    """Most trusted first; of two ways to one site the preferred one."""
    order, own = list(Provider), settings.providers
    for provider, other in ALTERNATIVES.items():
        if (
            own[provider].preferred
            and not own[other].preferred
            and order.index(other) < order.index(provider)
        ):
            order.remove(provider)
            order.insert(order.index(other), provider)
    return order
