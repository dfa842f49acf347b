# SPDX-License-Identifier: Apache-2.0
"""The dashboard's queries and the alerts, run by a real Prometheus on what operator and catalogue export."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import promql_parser
import pytest
import yaml

from catalogue_process import CatalogueProcess, running_catalogue
from control_plane import ControlPlane
from integration.otakube_operator.conftest import World, eventually
from operator_builders import committed, fetched, gate, imaged, node
from operator_process import running_operator
from otakube.adapters.http.rate_limit import StoredRateLimiter
from otakube.adapters.stores.redis.rate_limits import RedisRateLimitStore, connect
from otakube.bootstrap.stores.choice import SERVERS, choose
from otakube.domain.providers.rate_limit import FAILURES
from otakube.maintenance.snapshots.write import SnapshotWriter, Source
from otakube.ports.listings import SyncRecord
from otakube.ports.rate_limits import RequestOutcome
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES
from prometheus_process import Prometheus, running_prometheus
from promql import grouped, selectors
from redis_process import RedisProcess
from redis_process import redis as redis  # a fixture
from stores import Stores

FILES = Path(__file__).parents[3] / "charts/otakube/files/monitoring"
PANELS = json.loads((FILES / "dashboard.json").read_text())["panels"]
QUERIES = {
    f"{panel['title']} {target['refId']}": re.sub(r"\[\d+m\]", "[1h]", target["expr"])
    for panel in PANELS
    for target in panel["targets"]
}
"""By panel; they look back an hour: on a busy machine five minutes may pass before all is scraped."""
EXPRESSIONS = QUERIES | {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((FILES / "rules.yaml").read_text())["groups"]
    for rule in group["rules"]
}

BEGINNINGS = (
    'otakube_operator_reconcile_seconds_count{kind="AnimeEnrichment"}',
    'otakube_operator_condition_transitions_total{kind="AnimeEnrichment"}',
    "otakube_operator_step_failures_total",
    "otakube_provider_requests_total",
)
"""Series that are scraped before most goes on: an increase needs a beginning."""

PATIENCE = 300.0
PLACE = {"mongodb_database": "dashboard-test", "qdrant_collection": "dashboard-test"}

SYNCED_AT = datetime(2026, 11, 21, 1, tzinfo=UTC)

OUTCOMES = {Provider.JIKAN: [200], Provider.ANILIST: [200, 429], Provider.KITSU: [503] * FAILURES}
"""Statuses with which the providers answer; the last one's breaker opens."""


FIGURES = {
    'otakube_provider_requests_total{provider="Kitsu", outcome="Unavailable"}': FAILURES,
    'otakube_provider_requests_total{provider="AniList", outcome="RateLimited"}': 1,
    'otakube_provider_requests_total{provider="Jikan", outcome="Answered"}': 1,
    'otakube_provider_breaker_openings_total{provider="Kitsu"}': 1,
    'otakube_provider_breaker_state{provider="Kitsu", state="Closed"}': 0,
    'otakube_operator_step_failures_total{step="fetch", reason="StoreUnavailable"}': 1,
    'otakube_operator_source_results_total{provider="Kitsu", result="Refused"}': 2,
    'otakube_operator_step_duration_seconds_count{step="fetch"}': 2,
    'otakube_operator_object_conditions{type="Ready", status="True"}': 1,
    'otakube_operator_object_conditions{type="Stalled", status="True"}': 1,
    'otakube_operator_object_conditions{type="AwaitingReview", status="True"}': 1,
    'otakube_catalogue_request_seconds_count{route="/search"}': 1,
    "otakube_snapshot_last_good_entries": 0,
    "otakube_dataset_sync_last_success_timestamp_seconds": SYNCED_AT.timestamp(),
}
"""Figures that tell what went on, which was only this."""


@pytest.fixture(scope="module")
def prometheus(
    with_argo: ControlPlane,
    server: httpx2.Client,
    stores: Stores,
    redis: RedisProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """One that has scraped both while runs of every kind went on, readers asked and providers answered."""
    folder, world = tmp_path_factory.mktemp("monitoring"), World(server, f"metrics-{secrets.token_hex(4)}")
    server.post("/api/v1/namespaces", json={"metadata": {"name": world.namespace}}).raise_for_status()
    environment = stores.environment(folder / "secrets", **PLACE)
    asyncio.run(upkeep(stores))
    (folder / "secrets/otakube_redis_url").write_text(redis.url)
    with ExitStack() as stack:
        operator = stack.enter_context(running_operator(with_argo, folder, namespace=world.namespace))
        catalogue = stack.enter_context(running_catalogue(folder, environment))
        targets = {"operator": httpx2.URL(operator.probes), "catalogue": catalogue.internal.base_url}
        running = running_prometheus(
            folder,
            targets={job: f"{url.host}:{url.port}" for job, url in targets.items()},
            rules=FILES / "rules.yaml",
        )
        found = stack.enter_context(running)
        world.apply("first")
        for name in BEGINNINGS:
            answers(found, name)
        live(world)
        asyncio.run(ask_providers(redis.url))
        read(catalogue)
        yield found


@pytest.fixture(scope="module")
def scraped_at(prometheus: Prometheus) -> float:
    """The time at which all of it had been scraped; rates look back from then, however late one asks."""
    for series, value in FIGURES.items():
        answers(prometheus, f"{series} == {value}")
    now = time.time()
    deadline = now + PATIENCE
    while now < deadline and not all(prometheus.query(each, now) for each in QUERIES.values()):
        now = time.time()  # a rate needs one scrape more; a panel that stays empty fails by its name
    return now


async def upkeep(stores: Stores) -> None:
    """A snapshot, and a sync of the dataset."""
    async with AsyncExitStack() as stack:
        ports = choose(SERVERS, lambda: stores.settings(**PLACE), stack)
        sync = SyncRecord(
            revision="1", dataset="d", last_update=None, started_at=SYNCED_AT, finished_at=SYNCED_AT, rows=1
        )
        await (await ports.sync_history()).put(sync)
        writer = SnapshotWriter(
            source=Source(rows=await ports.rows(), locks=await ports.locks()),
            target=await ports.objects(),
            release="1",
            clock=lambda: datetime.now(UTC),
            monotonic=time.monotonic,
        )
        await writer.run()


async def ask_providers(redis_url: str) -> None:
    """Requests as the steps make them, with the rate limits that they share."""
    client = connect(redis_url)
    for provider, statuses in OUTCOMES.items():
        store = RedisRateLimitStore(client, provider, "default")
        limiter = StoredRateLimiter(provider, PROFILES[provider].limits, store, flight=30)
        for status in statuses:
            await limiter.acquire()
            await limiter.record(RequestOutcome(status=status))
    await client.aclose()


def live(world: World) -> None:
    """One enrichment that is published, one that waits for its review, one that fails, one in trouble."""
    away = node("fetch(0)", "Failed", type="Pod") | {
        "message": "main: Error (exit code 75): StoreUnavailable: the bucket does not answer"
    }
    unknown = node("fetch(0)", "Failed", type="Pod") | {
        "message": "main: Error (exit code 65): AnimeUnknown: no provider knows it"
    }
    fetch = fetched(("Kitsu", "Refused"), answered=("Jikan", "AniList"))
    for name, steps, phase, status in (
        ("published", [fetch, imaged(), committed()], "Succeeded", ("True", "Published")),
        ("waits", [fetch, imaged("Required"), gate()], "Running", ("Unknown", "AwaitingDecision")),
        ("fails", [node("fetch", "Failed"), unknown], "Failed", ("False", "AnimeUnknown")),
        ("in-trouble", [node("fetch", "Running"), away], "Running", ("Unknown", "StoreUnavailable")),
    ):
        world.apply(name)
        world.eventually(lambda: name in _owners(world), PATIENCE)  # noqa: B023 - called at once
        world.argo(*steps, phase=phase, workflow=_owners(world)[name])
        world.eventually(lambda: world.ready(name) == status, PATIENCE)  # noqa: B023 - called at once


def _owners(world: World) -> dict[str, str]:
    """Workflows by the enrichment that they belong to."""
    metadata = [each["metadata"] for each in world.workflows()]
    return {each["ownerReferences"][0]["name"]: each["name"] for each in metadata}


def read(catalogue: CatalogueProcess) -> None:
    """Questions of readers; the answers do not matter."""
    for path in ("/search?q=tide", "/animes/ani_00000000000000000000000001"):
        catalogue.client.get(path)


def answers(prometheus: Prometheus, expression: str) -> list[float]:
    """The values that an expression gives, as soon as it gives any."""
    eventually(lambda: prometheus.query(expression), lambda: expression, PATIENCE)
    return prometheus.query(expression)


@pytest.mark.parametrize("query", QUERIES)
def test_a_panel_shows_what_went_on(prometheus: Prometheus, scraped_at: float, query: str) -> None:
    found = prometheus.query(QUERIES[query], scraped_at)
    assert found, QUERIES[query]
    assert all(value >= 0 for value in found)


@pytest.mark.parametrize("series", FIGURES)
def test_a_figure_is_that_of_what_went_on(prometheus: Prometheus, scraped_at: float, series: str) -> None:
    assert prometheus.query(series, scraped_at) == [FIGURES[series]]


@pytest.mark.parametrize("rule", EXPRESSIONS)
def test_an_expression_asks_for_metrics_and_labels_that_were_scraped(
    prometheus: Prometheus, scraped_at: float, rule: str
) -> None:
    """By what Prometheus itself scraped: a counter that nothing has raised yet has a name and no labels."""
    for selector in selectors(promql_parser.parse(EXPRESSIONS[rule])):
        family = re.sub(r"_(total|bucket|count|sum)$", "", selector.name)
        assert {family, selector.name} & prometheus.metrics(), selector.name
        labels = prometheus.labels(selector.name, scraped_at)
        asked = {matcher.name for matcher in selector.matchers.matchers} | grouped(EXPRESSIONS[rule])
        assert not labels or asked <= labels, selector.name


def test_every_alert_is_evaluated_without_an_error(prometheus: Prometheus) -> None:
    def unevaluated() -> dict[str, str]:
        states = {name: rule.get("lastError", rule["health"]) for name, rule in prometheus.rules().items()}
        return {name: state for name, state in states.items() if state != "ok"}

    eventually(lambda: not unevaluated(), lambda: str(unevaluated()), PATIENCE)
    for alert in ("OtakubeStepDoesNotGetOn", "OtakubeEnrichmentsStalled"):
        answers(prometheus, f'ALERTS{{alertname="{alert}"}}')
    absent = 'ALERTS{alertname="OtakubeOperatorAbsent"}'
    eventually(lambda: not prometheus.query(absent), lambda: absent, PATIENCE)
