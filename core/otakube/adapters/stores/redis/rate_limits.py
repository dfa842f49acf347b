# SPDX-License-Identifier: Apache-2.0
"""A provider's rate-limit state in Redis: one key, changed by compare-and-set, under Redis' own clock.

Every pod behind one egress address uses the same key, so that they share one rate limit and one breaker.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError

from otakube.domain.providers.budget import RateLimitState
from otakube.errors import Retriable
from otakube.ports.rate_limits import Snapshot
from otakube_api.contract import FailureReason, Provider

KEPT = timedelta(days=2)  # after the last request: longer than a day's budget
_SECONDS = 5.0  # for one command
_EXCHANGE = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_READER = TypeAdapter(RateLimitState)


def connect(url: str) -> Redis:
    """A client whose commands fail within seconds; the caller closes it with `aclose`.

    A ValueError or TypeError is an option of the URL that cannot be: the client looks when it first connects.
    """
    retry = Retry(ExponentialWithJitterBackoff(cap=1, base=0.05), 3)
    client = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=retry)
    client.connection_pool.make_connection()  # type: ignore[no-untyped-call]  # untyped in redis-py
    return client


class RedisRateLimitStore:
    """Rate-limit state of one provider and egress address; `second`: length of the provider's second here."""

    def __init__(self, client: Redis, provider: Provider, egress: str, *, second: float = 1.0) -> None:
        self._client = client
        self._key = f"otakube:rate-limit:{egress}:{provider.value}"
        self._second = second
        self._exchange = client.register_script(_EXCHANGE)

    async def read(self) -> Snapshot:
        async with _translated(), self._client.pipeline(transaction=False) as pipeline:
            pipeline.get(self._key)
            pipeline.time()
            stored, (seconds, micros) = await pipeline.execute()
        return Snapshot(_state(stored), (seconds + micros / 1e6) / self._second, stored or b"")

    async def exchange(self, snapshot: Snapshot, new: RateLimitState) -> bool:
        lifetime = int(KEPT.total_seconds() * 1000)
        async with _translated():
            done = await self._exchange(keys=[self._key], args=[snapshot.mark, orjson.dumps(new), lifetime])
        return bool(done)


def _state(stored: bytes | None) -> RateLimitState:
    """One of another release that does not read begins anew: its windows are minutes long."""
    try:
        return _READER.validate_json(stored) if stored else RateLimitState()
    except ValidationError:
        return RateLimitState()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except RedisError as error:
        raise Retriable(
            FailureReason.STORE_UNAVAILABLE,
            f"the providers' budgets: Redis is away ({type(error).__name__}); check redis_url",
        ) from error
