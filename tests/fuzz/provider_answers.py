# SPDX-License-Identifier: Apache-2.0
"""The calls of each provider's adapter, over a real connection to a server that a test lets answer wrongly.

The true answers are the stand-in's, recorded once; a case replaces one of a call's, or all of them.
"""

import contextlib
import gc
import json
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx2

from enriched import LIGHTHOUSE, SETTINGS, UNLIMITED
from fuzz import hostile_http, hostile_json, hostile_markup
from otakube.adapters.http.cache import BucketAnswers
from otakube.adapters.http.client import ProviderClient, RequestLimits, new_client
from otakube.adapters.http.edge import GuardedConverter, GuardedSource, ProviderEdge
from otakube.adapters.http.rate_limit import ProcessRateLimitStore, StoredRateLimiter
from otakube.bootstrap.providers import converter, source
from otakube.domain.licences.terms import LICENCES
from otakube.domain.matching.agreement import agreement
from otakube.domain.providers.answer_shape import shape_of
from otakube.domain.record.claims import Metadata
from otakube.errors import SourceError
from otakube.ports.providers import ProviderSource, RawRecord
from otakube.settings import Settings
from otakube.steps.fetch.conversion import convert
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES
from otakube_standins.upstream.provider import otakube_settings
from raw_server import answer, raw_server
from recordings import FIXTURES, RECORDINGS, bodies
from upstream_app import upstream

CALLS = ("search", "find", "fetch", "describe")
SECOND = 1e-4  # of a provider: nobody waits for its retries
SIZE = 16 * 2**20
SIZES = (300_000, 1_000_000, 4_000_000, SIZE - 10_000)
CPU_SECONDS = 10.0
MEMORY = 256 * 2**20
HEAVY = 0.03  # of the cases: answers that are made to cost much
LINKS = [
    "https://myanimelist.net/anime/70211",
    "https://anilist.co/anime/210437",
    "https://anidb.net/anime/18211",
]


class Question(NamedTuple):
    target: str
    body: bytes


class Said(NamedTuple):
    body: bytes
    kind: str


@dataclass
class Recording:
    """True answers by question, and the questions of each call in their order."""

    answers: dict[Question, Said] = field(default_factory=dict)
    calls: dict[str, list[Question]] = field(default_factory=dict)


class Cost(NamedTuple):
    """CPU seconds and bytes of memory, of the case alone."""

    cpu: float
    memory: int


class Outcome(NamedTuple):
    """The end of a case: whether the source's error came once, and what it cost."""

    refused: bool
    cost: Cost


class RecordingTransport(httpx2.AsyncBaseTransport):
    """Notes each answer as it passes."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, recording: Recording) -> None:
        self.inner, self.recording = inner, recording
        self.asked: list[Question] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.inner.handle_async_request(request)
        body = b"".join([chunk async for chunk in response.stream])  # type: ignore[union-attr]  # it is async here
        if response.headers.get("Content-Encoding") == "gzip":
            body = _unzipped(body)
        question = Question(request.url.raw_path.decode(), request.content)
        kind = response.headers["Content-Type"]
        if response.status_code == 200:
            self.recording.answers[question] = Said(body, kind)
        self.asked.append(question)
        return httpx2.Response(
            response.status_code, headers={"Content-Type": kind}, stream=httpx2.ByteStream(body)
        )


async def recorded(provider: Provider) -> Recording:
    """What the stand-in answers to each call."""
    recording = Recording()
    async with upstream(UNLIMITED) as inner:
        transport = RecordingTransport(inner._transport, recording)
        async with httpx2.AsyncClient(transport=transport) as client:
            adapter = source(
                provider, SETTINGS, lambda **how: ProviderClient(client, RequestLimits(60, SIZE), **how)
            )
            for call in CALLS:
                transport.asked = []
                await called(adapter, call)
                recording.calls[call] = transport.asked
    return recording


async def called(adapter: ProviderSource, call: str) -> RawRecord | None:
    """One call of a source, to its end."""
    page = LIGHTHOUSE[adapter.provider]
    if call == "search":
        await adapter.search("Hoshi no Toudaimori")
    elif call == "find":
        await adapter.find(LINKS)
    elif call == "describe":
        async for described in adapter.describe([page, "1", "2"]):
            assert isinstance(described, Mapping)
    else:
        return await adapter.fetch(page)
    return None


class Memory:
    """An object store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes:
        return self.objects[key]

    async def put(self, key: str, body: bytes) -> None:
        self.objects[key] = body

    async def delete(self, key: str) -> None:
        self.objects.pop(key, None)


@dataclass
class Arena:
    """A provider's adapter, and the server that answers it."""

    provider: Provider
    recording: Recording
    client: httpx2.AsyncClient
    url: str = ""
    reply: Callable[[Question], bytes] = field(init=False)

    def answered(self, target: str, body: bytes) -> bytes:
        """The server's reply."""
        return self.reply(Question(target, body))

    def true(self, question: Question) -> bytes:
        """The recorded answer, or that it is not known."""
        said = self.recording.answers.get(question)
        return answer(said.body, kind=said.kind) if said else answer(b"{}", status=404)

    async def attack(self, case: "Case") -> Outcome:
        """Run a case; raises what is neither a result nor the source's error, caught by the edge or not."""
        edge = ProviderEdge(self.provider)
        adapter = GuardedSource(self._source(), edge)
        self.reply = case.replies(self.true)
        refused = False
        with measured() as costs:
            for _ in range(2):  # the second time as the cache has it
                try:
                    raw = await called(adapter, case.call)
                    if raw is not None:
                        use(raw, GuardedConverter(converter(self.provider), edge))
                except SourceError:
                    refused = True
        assert edge.broken == 0, "the adapter broke: its traceback is in the log"
        return Outcome(refused, *costs)

    def _source(self) -> ProviderSource:
        limits = PROFILES[self.provider].limits
        limiter = StoredRateLimiter(
            self.provider, limits, ProcessRateLimitStore(second=SECOND), flight=30, second=SECOND
        )
        kept = BucketAnswers(Memory(), self.provider, LICENCES[self.provider])  # type: ignore[arg-type]  # only what is called

        def connect(**how: Any) -> ProviderClient:
            return ProviderClient(
                self.client, RequestLimits(30, SIZE), rate_limiter=limiter, answers=kept, second=SECOND, **how
            )

        settings = Settings.model_validate({"providers": otakube_settings(self.url)})
        return source(self.provider, settings, connect)


def use(raw: RawRecord, reader: GuardedConverter) -> None:
    """All that a step does with answers before it knows them to be good."""
    raw.model_dump_json()
    shape_of({part: one.body for part, one in raw.answers.items()})
    record = convert(raw, reader)  # type: ignore[arg-type]  # only what is called
    record.model_dump_json()
    agreement(record.metadata, Metadata.model_validate(record.metadata.model_dump() | {"title": "x"}))


@contextlib.contextmanager
def measured() -> Iterator[list[Cost]]:
    """CPU time and the growth of the peak of memory within the block; the list holds them afterwards."""
    gc.collect()
    costs: list[Cost] = []
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, begin = _memory("VmRSS"), time.process_time()
    yield costs
    costs.append(Cost(time.process_time() - begin, _memory("VmHWM") - before))


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


@dataclass
class Case:
    """One attack, the same for the same name; which of a call's answers is wrong, and how."""

    name: str
    provider: Provider
    recording: Recording

    def __post_init__(self) -> None:
        self.draw = Random(self.name)
        self.call = self.draw.choices(CALLS, [2, 1, 6, 2])[0]
        questions = self.recording.calls[self.call] or self.recording.calls["fetch"]
        self.wrong = self.draw.randrange(len(questions))
        self.heavy = self.draw.random() < HEAVY
        self.always = not self.heavy and self.draw.random() < 0.2
        self.prepared = self.hostile(questions[self.wrong])

    def replies(self, true: Callable[[Question], bytes]) -> Callable[[Question], bytes]:
        """Answers in the order of the questions."""
        numbers = iter(range(10**6))

        def reply(question: Question) -> bytes:
            number = next(numbers)
            if number == self.wrong:
                return self.prepared
            return self.hostile(question) if self.always else true(question)

        return reply

    def hostile(self, question: Question) -> bytes:
        """The answer to this question, with something wrong."""
        said = self.recording.answers.get(question) or Said(b"{}", "application/json")
        body, kind = said
        if self.provider in (Provider.ANIDB, Provider.ANIME_PLANET):
            text = (_unzipped(body) if "gzip" in kind else body).decode()
            damage: Any = hostile_markup
            base: Any = text
            kind = "text/xml" if "gzip" in kind else kind
        else:
            damage, base = hostile_json, self._base(json.loads(body))
        if self.heavy:
            return hostile_http.wrapped(
                self.draw, damage.expensive(self.draw, base, self.draw.choice(SIZES)), kind
            )
        return hostile_http.wrapped(self.draw, damage.damaged(self.draw, base), kind)

    def _base(self, document: Any) -> Any:
        """Mostly the true answer; now and then another one of this provider, or one that was recorded."""
        others = documents(self.provider)
        return self.draw.choice(others) if others and self.draw.random() < 0.2 else document


def documents(provider: Provider) -> list[Any]:
    """Documents in the provider's fixtures and recordings."""
    package = PROFILES[provider].package
    files = sorted(FIXTURES.glob(f"{package}/*.json"))
    if provider in (Provider.JIKAN, Provider.MYANIMELIST):
        files += sorted(RECORDINGS.glob("jikan-v4/aio-anime*success.yaml"))
    files += sorted(RECORDINGS.glob(f"{package}/*.json"))[:20]
    return [one for file in files for one in bodies(file)[:2]]


def _unzipped(body: bytes) -> bytes:
    return zlib.decompress(body, 16 + zlib.MAX_WBITS)


@contextlib.asynccontextmanager
async def arena(provider: Provider) -> AsyncIterator[Arena]:
    """The provider's adapter before its server."""
    recording = await recorded(provider)
    async with new_client() as client:
        found = Arena(provider, recording, client)
        async with raw_server(found.answered) as url:
            found.url = url
            gc.collect()
            gc.freeze()  # collecting what stays would be most of a case's time
            try:
                yield found
            finally:
                gc.unfreeze()
