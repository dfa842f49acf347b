# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of docs/monitoring.md from the code's metrics and the chart's rules.

`python docs/render_monitoring.py [--check]`. No package: it reads what is exported by several that are
strangers to each other.
"""

import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from otakube_operator.dataset_sync.meter import sync_meter
from otakube_operator.enrichment.meter import StepMeter
from otakube_operator.runtime.metrics import Metrics, ObjectConditions
from otakube_operator.schedule.meter import schedule_meter
from otakube_services.catalogue.provider_metrics import ProviderMetrics
from otakube_services.catalogue.upkeep_metrics import UpkeepMetrics
from otakube_services.kit.metrics import RequestMetrics
from otakube_services.kit.readiness import Readiness

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/monitoring.md"
RULES = ROOT / "charts/otakube/files/monitoring/rules.yaml"

SUFFIX = {"counter": "_total"}
"""What Prometheus appends to a name by its type."""


def families(registry: CollectorRegistry) -> Iterator[tuple[Metric, tuple[str, ...]]]:
    """Each metric of ours in a registry, with its labels; the client tells them by no public name."""
    for collector in registry._collector_to_names:
        for family in collector.describe() if hasattr(collector, "describe") else collector.collect():
            if family.name.startswith("otakube_"):
                owner = family if hasattr(family, "_labelnames") else collector
                yield family, tuple(owner._labelnames)


def operator_registry() -> CollectorRegistry:
    """The operator's metrics."""
    metrics = Metrics()
    meters = (StepMeter(), schedule_meter(), sync_meter())
    for collector in (ObjectConditions(dict), *(each for meter in meters for each in meter.collectors)):
        metrics.registry.register(collector)
    return metrics.registry


def catalogue_registry() -> CollectorRegistry:
    """The catalogue's metrics."""
    metrics = RequestMetrics("catalogue")
    Readiness("catalogue", metrics.registry)
    for collector in (ProviderMetrics(), UpkeepMetrics(time.monotonic)):
        metrics.registry.register(collector)
    return metrics.registry


def metric_table(registry: CollectorRegistry) -> Iterator[str]:
    """One row a metric."""
    yield "| metric | type | labels | meaning |"
    yield "|---|---|---|---|"
    for family, labels in sorted(families(registry), key=lambda found: found[0].name):
        name = family.name + SUFFIX.get(family.type, "")
        shown = ", ".join(f"`{label}`" for label in labels)
        yield f"| `{name}` | {family.type} | {shown} | {family.documentation.rstrip('.')} |"


def alert_table() -> Iterator[str]:
    """One row an alert."""
    yield "| alert | severity | for | expression | runbook |"
    yield "|---|---|---|---|---|"
    for rule in rules():
        expression = " ".join(rule["expr"].split()).replace("|", "\\|")
        runbook = rule["annotations"]["runbook"]
        target = runbook.removeprefix("monitoring.md")
        row = (rule["alert"], rule["labels"]["severity"], rule.get("for", "-"), f"`{expression}`")
        yield f"| {' | '.join(row)} | [{runbook.partition('#')[0]}]({target}) |"


def rules() -> list[dict[str, Any]]:
    """The alert rules of the chart."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def filled(text: str) -> str:
    """The page with its tables as they are now."""
    tables = {
        "operator": metric_table(operator_registry()),
        "catalogue": metric_table(catalogue_registry()),
        "alerts": alert_table(),
    }
    for name, rows in tables.items():
        text = _replaced(text, name, rows)
    return text


def _replaced(text: str, name: str, rows: Iterable[str]) -> str:
    begin, end = f"<!-- {name}: written by `make generate` -->\n", f"<!-- end of {name} -->"
    body = "\n".join(rows) + "\n"
    return re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: begin + body + end, text, flags=re.S)


def main() -> None:
    """Write the page, or say that it is not current."""
    wanted = filled(PAGE.read_text())
    if "--check" not in sys.argv:
        PAGE.write_text(wanted)
    elif PAGE.read_text() != wanted:
        sys.exit(f"{PAGE.relative_to(ROOT)} is not current: run `make generate`")


if __name__ == "__main__":
    main()
