# SPDX-License-Identifier: Apache-2.0
"""The operator's own Prometheus metrics, in a registry of its own."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

PREFIX = "otakube_operator"

ConditionCounts = Mapping[tuple[str, str, str], int]
"""Objects by type, status and reason of a condition."""


class ObjectConditions(Collector):
    """Gauge of the objects in each state of each condition, counted when it is asked for."""

    def __init__(self, count: Callable[[], Mapping[str, ConditionCounts]]) -> None:
        self._count = count

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            f"{PREFIX}_object_conditions",
            "Objects in each state of each condition",
            labels=["kind", "type", "status", "reason"],
        )
        for kind, counts in self._count().items():
            for state, number in sorted(counts.items()):
                family.add_metric([kind, *state], number)
        yield family


class Metrics:
    """One instance per process or test."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the package left it untyped
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self.reconciles = Counter(
            f"{PREFIX}_reconciles", "Passes by kind and result", ["kind", "result"], registry=registry
        )
        self.duration = Histogram(
            f"{PREFIX}_reconcile_seconds", "Seconds a pass took, waiting to write included", ["kind"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10), registry=registry,
        )  # fmt: skip
        self.created = Counter(f"{PREFIX}_objects_created", "Objects created", ["kind"], registry=registry)
        self.transitions = Counter(
            f"{PREFIX}_condition_transitions", "Conditions that changed status or reason",
            ["kind", "type", "status", "reason"], registry=registry,
        )  # fmt: skip
        self.writes = Counter(
            f"{PREFIX}_api_writes", "Requests that may change something", ["method"], registry=registry
        )
        self.events_lost = Counter(
            f"{PREFIX}_events_lost", "Events that could not be posted", registry=registry
        )
        self.queue_depth = Gauge(
            f"{PREFIX}_queue_depth", "Keys that wait for a worker", ["kind"], registry=registry
        )
        self.known = Gauge(f"{PREFIX}_known_objects", "Objects in the store", ["kind"], registry=registry)
        self.loop_lag = Gauge(
            f"{PREFIX}_loop_lag_seconds", "How late the event loop woke up last", registry=registry
        )
        self.watch_age = Gauge(
            f"{PREFIX}_watch_age_seconds",
            "Seconds since the last event or bookmark",
            ["resource"],
            registry=registry,
        )
