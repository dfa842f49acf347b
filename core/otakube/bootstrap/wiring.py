# SPDX-License-Identifier: Apache-2.0
"""The bootstrap: joins ports to adapters, each imported when it is asked for: each pod pays for imports."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from otakube.bootstrap.stores.choice import choose
from otakube.errors import Fatal
from otakube_api.contract import Accelerator, FailureReason

if TYPE_CHECKING:
    from otakube.adapters.http.cache import Answers
    from otakube.adapters.images.source import WebImages
    from otakube.ingest.ingester import Ingester
    from otakube.ports.embedding import TextEmbedder
    from otakube.ports.images import ImageSource
    from otakube.ports.providers import Converter, ProviderAdapter
    from otakube.ports.rate_limits import RateLimiter, RateLimitStatus, RateLimitStore
    from otakube.ports.suggestions import Suggester
    from otakube.settings import Settings
    from otakube_api.contract import Provider
    from otakube_api.providers import Licence


class Wiring:
    """Builds each part once, and closes what it opened; `async with Wiring(...)`.

    `stores_uri` is `s3:` (the servers of the settings) or `file:DIR` (embedded, in one folder).
    """

    def __init__(self, stores_uri: str) -> None:
        self._stack = AsyncExitStack()
        self.stores = choose(stores_uri, lambda: self.settings, self._stack)
        self._settings: Settings | None = None
        self._rate_limiters: dict[Provider, RateLimiter] = {}
        self._permits_until: float | None = None
        self._providers: dict[bool, dict[Provider, ProviderAdapter]] = {}
        self._embedders: dict[Accelerator, TextEmbedder] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    @property
    def settings(self) -> "Settings":
        """The settings; a wrong one is Fatal and named."""
        if self._settings is None:
            from otakube.settings import load

            try:
                self._settings = load()
            except ValueError as error:
                raise Fatal(FailureReason.SETTINGS_INVALID, str(error)) from error
        return self._settings

    async def providers(
        self, *, live: bool = False, within: float | None = None
    ) -> "dict[Provider, ProviderAdapter]":
        """The providers that are switched on; all share one client, and the bucket's answers.

        `live`: without answers from before, but those that a provider forbids to ask for again. `within`:
        seconds from now in which requests wait for their permits; without it each waits two minutes at most.
        """
        from otakube.adapters.http.client import new_client
        from otakube.bootstrap.providers import build

        self._permits_until = None if within is None else time.monotonic() + within
        if live not in self._providers:
            client = await self._stack.enter_async_context(new_client())
            kept = {p: answers for p, answers in (await self._answers()).items() if answers.floor or not live}
            self._providers[live] = build(self.settings, client, await self.rate_limiters(), kept)
        return self._providers[live]

    async def rate_limiters(self) -> "dict[Provider, RateLimiter]":
        """Each provider's rate limiter: for all pods through Redis, or for this process without redis_url."""
        if not self._rate_limiters:
            from otakube.adapters.http.rate_limit import StoredRateLimiter
            from otakube_api.providers import PROFILES

            flight, second = self.settings.provider_timeout_seconds, self._second
            store = self._rate_limit_store()
            for provider, profile in PROFILES.items():
                limits = profile.limits._replace(day=self.settings.providers[provider].daily_budget)
                self._rate_limiters[provider] = StoredRateLimiter(
                    provider, limits, store(provider), flight=flight, second=second, patience=self._patience
                )
        return self._rate_limiters

    def _patience(self) -> float:
        """Seconds that a request may wait for its permit, whichever run it is of."""
        from otakube.adapters.http.rate_limit import two_minutes

        until = self._permits_until
        return two_minutes() if until is None else max(0.0, until - time.monotonic())

    async def rate_limit_status(self, provider: "Provider") -> "RateLimitStatus":
        """Rate limit and breaker of a provider at this moment."""
        return await (await self.rate_limiters())[provider].status()

    @property
    def shares_rate_limits(self) -> bool:
        """True if the rate limits are those of all pods, in Redis."""
        return bool(self.settings.redis_url.get_secret_value())

    def _rate_limit_store(self) -> "Callable[[Provider], RateLimitStore]":
        from functools import partial

        from otakube.adapters.http.rate_limit import ProcessRateLimitStore

        if not self.shares_rate_limits:
            return lambda _: ProcessRateLimitStore(second=self._second)
        from otakube.adapters.stores.redis.rate_limits import RedisRateLimitStore, connect

        try:
            redis = connect(self.settings.redis_url.get_secret_value())
        except (ValueError, TypeError):  # of an option; its text may quote a secret
            message = "redis_url has an option that the client does not know, or of another type"
            raise Fatal(FailureReason.SETTINGS_INVALID, message) from None
        self._stack.push_async_callback(redis.aclose)
        return partial(RedisRateLimitStore, redis, egress=self.settings.egress, second=self._second)

    @property
    def _second(self) -> float:
        """Length of a provider's second here: shorter only for a stand-in whose clock runs faster."""
        return 1 / self.settings.provider_clock_scale

    async def _answers(self) -> "dict[Provider, Answers]":
        """Kept no longer than each provider's licence allows."""
        from otakube.adapters.http.cache import BucketAnswers
        from otakube_api.providers import PROFILES

        objects, licences = await self.stores.objects(), self.licences()
        return {
            provider: BucketAnswers(objects, provider, licences[provider], floor=profile.limits.freshest)
            for provider, profile in PROFILES.items()
        }

    def licences(self) -> "dict[Provider, Licence]":
        """Licence of each provider for this installation: the table, with agreements of its own."""
        from otakube.domain.licences.terms import agreed

        return agreed(self.settings.agreements)

    def converters(self) -> "dict[Provider, Converter]":
        """Converters of each provider's answers."""
        from otakube.bootstrap.providers import converter
        from otakube_api.contract import Provider

        return {provider: converter(provider) for provider in Provider}

    def image_source(self) -> "WebImages":
        """Image source, which downloads and cleans; the caller closes it."""
        from otakube.adapters.images.addresses import Allowed
        from otakube.adapters.images.source import WebImages
        from otakube.adapters.memory import PodMemory

        settings = self.settings
        allowed = Allowed(settings.image_hosts, settings.image_private_hosts)
        memory = PodMemory(settings.memory_limit_bytes)
        return WebImages(allowed, size=settings.image_limit_bytes, memory=memory)

    async def ingester(self, source: "ImageSource") -> "Ingester":
        """The one way of images into the bucket."""
        from datetime import UTC, datetime

        from otakube.ingest.ingester import ImageStores, Ingester

        stores = ImageStores(
            objects=await self.stores.objects(),
            image_map=await self.stores.image_map(),
            blob_uses=await self.stores.blob_uses(),
            failures=await self.stores.image_failures(),
            take_downs=await self.stores.take_downs(),
        )
        return Ingester(source=source, stores=stores, clock=lambda: datetime.now(UTC))

    def suggester(self) -> "Suggester | None":
        """Suggester of tags and a summary; None where that is off."""
        settings = self.settings
        if settings.suggestion_model == "off":
            return None
        if settings.suggestion_model == "rules":
            from otakube.adapters.suggestions.rules import RuleSuggester

            return RuleSuggester()
        if not settings.suggestion_url:
            raise Fatal(
                FailureReason.SETTINGS_INVALID,
                f"suggestion_model is {settings.suggestion_model!r}: suggestion_url must say where it is",
            )
        from otakube.adapters.suggestions.model import ModelSuggester

        key = settings.suggestion_api_key.get_secret_value()
        return ModelSuggester(settings.suggestion_model, url=settings.suggestion_url, api_key=key)

    def text_embedder(self, accelerator: Accelerator = Accelerator.CPU) -> "TextEmbedder":
        """The text model of the settings, on that processor."""
        from otakube.adapters.embedding import text_embedder

        if accelerator not in self._embedders:
            self._embedders[accelerator] = text_embedder(
                self.settings.embedding_model, folder=self.settings.embedding_folder, accelerator=accelerator
            )
        return self._embedders[accelerator]
