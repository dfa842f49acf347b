# SPDX-License-Identifier: Apache-2.0
"""Batch fetches of many anime through rate limits, 429s and an outage, against the token-bucket ideal.

The stand-in upstream runs as a process with its clock scaled, two worker processes share one budget in a real
Redis. For each provider: a warm-up with 429s thrown in, then every page once while the provider is away for
ten of its minutes in the middle. All durations are real seconds unless a name says otherwise.

    make bench-fetch            python tests/bench/fetch_bench.py --provider AniList
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import stamina.instrumentation

sys.path.insert(0, str(Path(__file__).parents[1]))

from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.rate_limit import ProcessRateLimitStore, StoredRateLimiter
from otakube.adapters.stores.redis.rate_limits import RedisRateLimitStore, connect
from otakube.errors import SourceError
from otakube.ports.rate_limits import RateLimiter, RateLimitStore
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES
from otakube_standins.upstream.generated import FIRST
from redis_process import PROGRAM, running_redis
from upstream_process import Upstream, running_upstream

LIMITS = {"jikan": {1: 3, 60: 60}, "anilist": {60: 30}, "kitsu": {60: 60}}  # seconds: requests
SCALE = 100  # the stand-in's seconds in one of ours
OUTAGE = 600 / SCALE  # ten of the provider's minutes
TASKS = 5  # requests that one worker has under way, or waiting: a burst whenever the budget allows one
MOST_WALL, MOST_REQUESTS = 1.10, 1.02
WORKERS = 2


class Job(NamedTuple):
    """`pages` requests of `page` anime each; `warm_up` more before them."""

    provider: Provider
    path: str
    page: int
    pages: int
    warm_up: int = 40


JOBS = (
    Job(Provider.JIKAN, "jikan/v4", page=25, pages=1_000),
    Job(Provider.ANILIST, "anilist", page=50, pages=1_000),
    Job(Provider.KITSU, "kitsu/api/edge", page=20, pages=1_000),
)


class Shared(NamedTuple):
    """The state that the workers of a job share."""

    pages: Any  # a counter: the next page to ask for
    described: Any  # a counter
    start: Barrier
    end: Barrier


class Found(NamedTuple):
    """The results of a measured run."""

    wall: float
    requests: int
    failed: int
    refused: int
    described: int


Ask = Callable[[int], Awaitable[int]]
"""Number of a page -> anime that it described."""


def asks(job: Job, base: str, client: ProviderClient) -> Ask:
    """The request for a page: `describe` with the ids of one page.

    Jikan takes no ids: its batch is a page of its list, which one `describe` walks alone. Here the pages of
    the list are dealt to both workers, so that they share the budget.
    """
    url = f"{base}/{job.path}"
    if job.provider is Provider.JIKAN:
        return lambda number: _list_page(client, url, number)
    source = _source(job, url, client)

    async def ask(number: int) -> int:
        ids = [str(FIRST + number * job.page + row + 1) for row in range(job.page)]
        return sum([len(page) async for page in source.describe(ids)])

    return ask


def _source(job: Job, url: str, client: ProviderClient) -> Any:
    if job.provider is Provider.ANILIST:
        from otakube.adapters.providers.anilist.client import AniList

        return AniList(client, url)
    from otakube.adapters.providers.kitsu.client import Kitsu

    return Kitsu(client, url)


async def _list_page(client: ProviderClient, url: str, number: int) -> int:
    from otakube.adapters.providers.jikan import batches
    from otakube.adapters.providers.jikan.answers import JikanListAnswer

    order: dict[str, str | int] = {"order_by": "mal_id", "sort": "desc", "limit": batches.PAGE}
    answer = await client.ask(f"{url}/anime", params={**order, "page": number + 1})
    rows = JikanListAnswer.model_validate(answer.body).data
    return len(batches.wanted(rows, [row["mal_id"] for row in rows]).described)


def worker(job: Job, base: str, redis_url: str, shared: Shared) -> None:
    """One process: a warm-up, then the measured run."""
    stamina.instrumentation.set_on_retry_hooks([])  # the figures say it
    asyncio.run(_work(job, base, redis_url, shared))


async def _work(job: Job, base: str, redis_url: str, shared: Shared) -> None:
    second, limits = 1 / SCALE, PROFILES[job.provider].limits
    redis = connect(redis_url) if redis_url else None
    store: RateLimitStore = (
        RedisRateLimitStore(redis, job.provider, "bench", second=second)
        if redis
        else ProcessRateLimitStore(second=second)
    )
    rate_limiter = StoredRateLimiter(job.provider, limits, store, flight=10, second=second)
    accept = "application/vnd.api+json" if job.provider is Provider.KITSU else "application/json"
    async with new_client() as http:
        client = ProviderClient(
            http, RequestLimits(10, 2**24), accept=accept, rate_limiter=rate_limiter, second=second
        )
        ask = asks(job, base, client)
        for last in (job.warm_up, job.warm_up + job.pages):
            await asyncio.to_thread(shared.start.wait)
            async with asyncio.TaskGroup() as tasks:
                for _ in range(TASKS):
                    tasks.create_task(_drain(ask, rate_limiter, shared, last))
            await asyncio.to_thread(shared.end.wait)
    if redis:
        await redis.aclose()


async def _drain(ask: Ask, rate_limiter: RateLimiter, shared: Shared, last: int) -> None:
    """Ask for the next page until there is none; while the provider is away, wait as long as it is said."""
    while (number := _next(shared, last)) is not None:
        described = await _attempt(ask, number)
        while described is None:
            await asyncio.sleep(((await rate_limiter.status()).opens_in or 1.0) / SCALE)
            described = await _attempt(ask, number)
        with shared.described.get_lock():
            shared.described.value += described


async def _attempt(ask: Ask, number: int) -> int | None:
    try:
        return await ask(number)
    except SourceError:  # the outage: the page is asked for again
        return None


def _next(shared: Shared, last: int) -> int | None:
    with shared.pages.get_lock():
        if shared.pages.value >= last:
            return None
        shared.pages.value += 1
        return int(shared.pages.value) - 1


def run(job: Job, upstream: Upstream, redis_url: str) -> Found:
    """Warm up, then measure with an outage in the middle."""
    count = WORKERS if redis_url else 1  # without Redis nothing is shared
    context = multiprocessing.get_context("spawn")
    barriers = context.Barrier(count + 1), context.Barrier(count + 1)
    shared = Shared(context.Value("i", 0), context.Value("i", 0), *barriers)
    workers = [
        context.Process(target=worker, args=(job, upstream.url, redis_url, shared)) for _ in range(count)
    ]
    for one in workers:
        one.start()
    try:
        _warm_up(job, upstream, shared)
        return _measure(job, upstream, shared)
    finally:
        for one in workers:
            one.join(5)
            one.kill()


def _warm_up(job: Job, upstream: Upstream, shared: Shared) -> None:
    fault = {"provider": job.path.partition("/")[0], "kind": "status", "status": 429, "retry_after": 3}
    upstream.faults({**fault, "count": 3})
    shared.start.wait(60)
    shared.end.wait(120)
    upstream.faults()
    upstream.forget()
    time.sleep(60 / SCALE)  # so that the bucket is full again
    shared.described.value = 0


def _measure(job: Job, upstream: Upstream, shared: Shared) -> Found:
    shared.start.wait(10)
    began = time.monotonic()
    while shared.pages.value < job.warm_up + job.pages // 2:
        time.sleep(0.01)
    upstream.faults({"provider": job.path.partition("/")[0], "kind": "status", "status": 503})
    time.sleep(OUTAGE)
    upstream.faults()
    shared.end.wait(300)
    wall = time.monotonic() - began
    rows = [row for row in _requests(upstream) if row["provider"] == job.path.partition("/")[0]]
    counts = {status: sum(row["count"] for row in rows if row["status"] == status) for status in (429, 503)}
    return Found(wall, sum(row["count"] for row in rows), counts[503], counts[429], shared.described.value)


def _requests(upstream: Upstream) -> list[Any]:
    answer: list[Any] = httpx2.get(f"{upstream.url}/admin/requests").json()
    return answer


def ideal(job: Job) -> float:
    """Seconds: tokens come at the long rate; a burst of them lies ready at the start and after the outage."""
    rate, burst = PROFILES[job.provider].limits.longest, PROFILES[job.provider].limits.rates[0].requests
    return (job.pages - 2 * burst) * rate.seconds / rate.requests / SCALE + OUTAGE


def judge(job: Job, found: Found) -> bool:
    """Print the figures, and say whether the bars hold."""
    rate, best, burst = (
        PROFILES[job.provider].limits.longest,
        ideal(job),
        PROFILES[job.provider].limits.rates[0].requests,
    )
    least = math.ceil(job.pages * job.page / job.page)  # ceil(n / page)
    wall, requests = found.wall / best, found.requests / least
    held = not found.refused and wall <= MOST_WALL and requests <= MOST_REQUESTS
    held = held and found.described == job.pages * job.page
    print(f"{job.provider}: {job.pages * job.page} anime, {job.page} a page")
    print(f"  ideal     {best:7.2f} s  {rate.requests} tokens in {rate.seconds / SCALE:g} s,", end=" ")
    print(f"{burst} ready at the start and after the outage, whose {OUTAGE:g} s count")
    print(f"  wall      {found.wall:7.2f} s")
    print(f"  requests  {found.requests:7d}    at least {least}; {found.failed} met the outage")
    print(f"  described {found.described:7d}")
    print(f"  429       {found.refused:7d}    after the warm-up; none allowed")
    print(f"  requests over the least  {requests:.4f}  (at most {MOST_REQUESTS})")
    print(f"  wall over the ideal      {wall:.4f}  (at most {MOST_WALL})  {'held' if held else 'MISSED'}")
    return held


@contextmanager
def budget() -> Iterator[str]:
    """The URL of a real Redis; empty where there is none."""
    if not shutil.which(PROGRAM):
        print(
            f"{PROGRAM} is missing: one process with a budget of its own, instead of {WORKERS} that share one"
        )
        yield ""
        return
    with tempfile.TemporaryDirectory() as folder, running_redis(Path(folder)) as redis:
        print(f"{WORKERS} processes share one budget in {PROGRAM}")
        yield redis.url


def main(arguments: Sequence[str]) -> int:
    """0 if each bar is held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--provider", choices=[job.provider.value for job in JOBS], help="default: all")
    chosen = parser.parse_args(arguments).provider
    jobs = [job for job in JOBS if chosen in (None, job.provider.value)]
    titles = max((job.warm_up + job.pages) * job.page for job in jobs)
    options = ["--generated", titles, "--clock-scale", SCALE, "--limits", json.dumps(LIMITS)]
    with ExitStack() as stack:
        upstream = stack.enter_context(running_upstream(*map(str, options)))
        redis_url = stack.enter_context(budget())
        held = [judge(job, run(job, upstream, redis_url)) for job in jobs]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
