# SPDX-License-Identifier: Apache-2.0
"""One pod that asks a provider again and again, as a process: its budget is in Redis, shared with its like.

`python tests/rate_limit_process.py` reads a Job as a JSON object; it prints how many requests were answered.
"""

import asyncio
import json
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.rate_limit import StoredRateLimiter
from otakube.adapters.stores.redis.rate_limits import RedisRateLimitStore, connect
from otakube.errors import SourceError
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES


class Job(NamedTuple):
    """`second`: how long the provider's second takes; `day`: requests a day, where there is such a budget."""

    redis_url: str
    url: str
    provider: str
    count: int
    egress: str = "default"
    second: float = 0.01
    day: int | None = None
    at_once: int = 4

    def start(self) -> "Popen[str]":
        """A process of its own."""
        process = Popen([sys.executable, Path(__file__)], stdin=PIPE, stdout=PIPE, text=True)
        assert process.stdin
        process.stdin.write(json.dumps(self._asdict()))
        process.stdin.close()
        return process


def answered(process: "Popen[str]") -> int:
    """Wait for its end."""
    assert process.stdout
    said = process.stdout.read()
    assert process.wait(60) == 0
    return int(said.splitlines()[-1])  # retries are logged before it


async def _work(job: Job) -> int:
    redis, provider = connect(job.redis_url), Provider(job.provider)
    store = RedisRateLimitStore(redis, provider, job.egress, second=job.second)
    limiter = StoredRateLimiter(
        provider, PROFILES[provider].limits._replace(day=job.day), store, flight=10, second=job.second
    )
    left, done = iter(range(job.count)), 0

    async def drain(client: ProviderClient) -> None:
        nonlocal done
        for _ in left:
            try:
                await client.ask(job.url)
                done += 1
            except SourceError:  # refused or away: asked again
                continue

    async with new_client() as http, asyncio.TaskGroup() as tasks:
        client = ProviderClient(http, RequestLimits(10, 2**20), rate_limiter=limiter, second=job.second)
        own = [tasks.create_task(drain(client)) for _ in range(job.at_once)]
        await asyncio.gather(*own)
    await redis.aclose()
    return done


if __name__ == "__main__":
    print(asyncio.run(_work(Job(**json.load(sys.stdin)))))
