# SPDX-License-Identifier: Apache-2.0
"""Asks as many providers at once as there are URLs, keeps what they answer, and prints the peak of memory.

A process of its own, so that its peak is not the test runner's: `python answer_process.py LIMIT URL…`.
"""

import asyncio
import json
import sys

from image_process import peak
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.memory import PodMemory
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube.settings import load
from otakube.steps.fetch import step as fetch
from otakube_api.contract import Provider


async def ask(client: ProviderClient, url: str) -> Answer | str:
    """The answer, as its record is written to the bucket too; or why there is none."""
    try:
        answer = await (client.ask_text(url) if url.endswith("xml") else client.ask(url))
    except SourceError as error:
        return error.reason.value
    record = RawRecord(provider=Provider.JIKAN, source_url=url, answers={"anime": answer})
    assert record.model_dump_json().encode()
    return answer


async def main(limit: int, urls: list[str]) -> None:
    assert fetch  # what the step imports is in memory too
    limits = RequestLimits(60, load().provider_answer_limit_bytes, PodMemory(limit))
    async with new_client() as client:
        answers = await asyncio.gather(*(ask(ProviderClient(client, limits), url) for url in urls))
    outcomes = [one if isinstance(one, str) else "answer" for one in answers]
    print(json.dumps({"mebibytes": peak("self") // 1024, "outcomes": outcomes}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
