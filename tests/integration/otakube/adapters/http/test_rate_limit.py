# SPDX-License-Identifier: Apache-2.0
"""One budget and one breaker for all pods: a real Redis, the real stand-in, and processes that share."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import httpx2
import pytest

from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.rate_limit import StoredRateLimiter
from otakube.adapters.stores.redis.rate_limits import RedisRateLimitStore, connect
from otakube.domain.providers.budget import RequestOutcome
from otakube.errors import Retriable, SourceError
from otakube_api.contract import FailureReason, Provider, SourceReason
from otakube_api.providers import PROFILES
from rate_limit_process import Job, answered
from redis_process import RedisProcess
from redis_process import redis as redis
from upstream_process import Upstream, running_upstream

SECOND = 0.01  # how long a second of the stand-in takes
DAY = 86400 * SECOND
Pod = Callable[..., StoredRateLimiter]


@pytest.fixture(scope="module")
def running() -> Iterator[Upstream]:
    with running_upstream("--clock-scale", "100", "--limits", '{"kitsu": {"60": 60}}') as upstream:
        yield upstream


@pytest.fixture
def upstream(running: Upstream) -> Upstream:
    running.faults()
    running.forget()
    return running


@pytest.fixture
async def pod(redis: RedisProcess, request: pytest.FixtureRequest) -> AsyncIterator[Pod]:
    """Rate limiters over a connection of their own, with a budget that only this test has."""
    clients = []

    def make(
        provider: Provider = Provider.KITSU,
        *,
        second: float = SECOND,
        day: int | None = None,
        flight: float = 10,
    ) -> StoredRateLimiter:
        clients.append(connect(redis.url))
        store = RedisRateLimitStore(clients[-1], provider, request.node.name, second=second)
        return StoredRateLimiter(
            provider,
            PROFILES[provider].limits._replace(day=day),
            store,
            flight=flight,
            second=second,
            patience=lambda: 30,
        )

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with new_client() as client:
        yield client


def client_of(
    http: httpx2.AsyncClient, rate_limiter: StoredRateLimiter, second: float = SECOND
) -> ProviderClient:
    return ProviderClient(http, RequestLimits(5, 2**20), rate_limiter=rate_limiter, second=second)


def statuses(upstream: Upstream) -> dict[int, int]:
    rows = httpx2.get(f"{upstream.url}/admin/requests").json()
    return {int(row["status"]): int(row["count"]) for row in rows}


def wait_while_a_day_ends(seconds: float = 20) -> None:
    """Wait for the providers' next day if less than `seconds` of the present one are left."""
    left = DAY - time.time() % DAY
    time.sleep(left if left < seconds else 0)


def answers_of_two(upstream: Upstream, redis: RedisProcess, *egress: str) -> int:
    """Answers to two processes that ask 70 times each, with a budget of 100 a day for each address.

    The day's budget tells shared from separate on a machine of any speed: refusals need fast requests.
    """
    wait_while_a_day_ends()
    url = f"{upstream.url}/kitsu/api/edge/anime"
    processes = [Job(redis.url, url, "Kitsu", 70, egress=name, day=100).start() for name in egress]
    return sum(answered(process) for process in processes)


def test_two_processes_behind_one_address_share_one_budget(upstream: Upstream, redis: RedisProcess) -> None:
    """Each would be within the limits alone; only a shared budget keeps both together within them."""
    assert answers_of_two(upstream, redis, "a", "a") == 100
    assert 429 not in statuses(upstream)


def test_two_processes_behind_two_addresses_have_two_budgets(upstream: Upstream, redis: RedisProcess) -> None:
    """Fewer than 140 where the stand-in, which knows one address, refuses one of them to the last attempt."""
    assert answers_of_two(upstream, redis, "b", "c") > 100


async def test_retry_after_closes_a_provider_for_every_pod(
    upstream: Upstream, pod: Pod, http: httpx2.AsyncClient
) -> None:
    fault = {"provider": "kitsu", "kind": "status", "status": 429, "retry_after": 20, "count": 1}
    upstream.faults(fault)
    url = f"{upstream.url}/kitsu/api/edge/anime"
    one, other = client_of(http, pod()), client_of(http, pod())
    started = time.monotonic()
    first = asyncio.create_task(one.ask(url))
    while 429 not in statuses(upstream):  # noqa: ASYNC110 - another process counts
        await asyncio.sleep(0.01)
    await asyncio.gather(first, other.ask(url))
    assert time.monotonic() - started >= 20 * SECOND
    assert statuses(upstream) == {429: 1, 200: 2}


async def test_a_closing_beyond_patience_is_no_wait(pod: Pod) -> None:
    one, other = pod(second=1), pod(second=1)
    await one.acquire()
    await one.record(RequestOutcome(status=429, retry_after=300))
    with pytest.raises(SourceError, match="asks to stay away for") as caught:
        await other.acquire()
    assert caught.value.reason is SourceReason.RATE_LIMITED


async def test_the_breaker_opens_for_all(upstream: Upstream, pod: Pod, http: httpx2.AsyncClient) -> None:
    pods = [pod(second=1), pod(second=1)]  # an opening of half a minute is not over before it is looked at
    asked = await open_breaker(upstream, client_of(http, pods[0], SECOND))
    assert asked == 5
    with pytest.raises(SourceError, match=r"was away; the next request goes in \d"):
        await client_of(http, pods[1]).ask(f"{upstream.url}/kitsu/api/edge/anime")
    assert (await pods[1].status()).breaker == "Open"
    assert upstream.asked() == asked


async def test_an_open_breaker_probes_once_and_closes(
    upstream: Upstream, pod: Pod, http: httpx2.AsyncClient
) -> None:
    slow = 0.1  # an opening of a second; the answer to a probe is awaited for a hundred
    pods = [pod(second=slow, flight=100), pod(second=slow, flight=100)]
    one = client_of(http, pods[0])
    await open_breaker(upstream, one)
    upstream.faults()
    await asyncio.sleep(((await pods[1].status()).opens_in or 0) * slow)
    assert (await pods[1].status()).breaker == "HalfOpen"
    await pods[1].acquire()
    with pytest.raises(SourceError, match="was away"):
        await one.ask(f"{upstream.url}/kitsu/api/edge/anime")
    await pods[1].record(RequestOutcome(status=200))
    assert (await one.ask(f"{upstream.url}/kitsu/api/edge/anime")).body
    assert (await pods[0].status()).breaker == "Closed"


async def open_breaker(upstream: Upstream, client: ProviderClient) -> int:
    """Fail until the breaker opens; the number of requests that this took."""
    upstream.faults({"provider": "kitsu", "kind": "status", "status": 503})
    while True:
        with pytest.raises(SourceError) as caught:
            await client.ask(f"{upstream.url}/kitsu/api/edge/anime")
        assert caught.value.reason is SourceReason.UNAVAILABLE
        if "was away" in str(caught.value):
            return upstream.asked()


async def test_a_days_budget_outlives_its_process_and_redis(redis: RedisProcess, pod: Pod) -> None:
    one = pod(Provider.ANIDB, day=2)
    for _ in range(2):
        await one.acquire()
        await one.record(RequestOutcome(status=200))
    await asyncio.to_thread(redis.server.restart)
    with pytest.raises(SourceError, match="today's 2 requests are spent; new ones in") as caught:
        await pod(Provider.ANIDB, day=2).acquire()
    assert caught.value.reason is SourceReason.RATE_LIMITED
    assert (await one.status()).remaining_today == 0


async def test_a_turn_that_takes_too_long_is_given_up(redis: RedisProcess, pod: Pod) -> None:
    one = pod(Provider.ANIDB, second=0.1)
    await one.acquire()
    limits = PROFILES[Provider.ANIDB].limits
    impatient = StoredRateLimiter(
        Provider.ANIDB, limits, one._store, flight=10, second=0.1, patience=lambda: 1
    )
    with pytest.raises(SourceError, match="no permit within 1 s") as caught:
        await impatient.acquire()
    assert caught.value.reason is SourceReason.RATE_LIMITED


async def test_a_provider_whose_clock_runs_faster_is_waited_for_as_long(pod: Pod) -> None:
    """Pods of a busy machine take their own time, however fast a stand-in's seconds are."""
    provider = Provider.ANIDB
    limits, store = PROFILES[provider].limits, pod(provider)._store
    limiter = StoredRateLimiter(provider, limits, store, flight=1, second=SECOND, patience=lambda: 60)
    await limiter.acquire()
    await limiter.acquire()  # once the first is given up, after 100 of the provider's seconds


async def test_without_its_redis_a_step_may_try_later() -> None:
    client = connect("redis://:secret-of-redis@127.0.0.1:1/0")
    limiter = StoredRateLimiter(
        Provider.KITSU,
        PROFILES[Provider.KITSU].limits,
        RedisRateLimitStore(client, Provider.KITSU, "x"),
        flight=1,
    )
    with pytest.raises(Retriable, match="Redis is away") as caught:
        await limiter.acquire()
    assert caught.value.reason is FailureReason.STORE_UNAVAILABLE
    assert "secret" not in str(caught.value)
    await client.aclose()
