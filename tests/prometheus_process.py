# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus: promtool on files, and a server on loopback that scrapes."""

import math
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from otakube_cluster import settings
from ports import free_port
from stores import START_SECONDS, Server

MISSING = (
    "Prometheus is missing: `make prometheus` unpacks Debian's, or put prometheus and promtool on the PATH"
)


def program(name: str) -> str:
    """The program on the PATH, or the one that `make prometheus` unpacked; skipped where there is neither."""
    unpacked = settings.load().cache / "prometheus/usr/bin" / name
    found = shutil.which(name) or (str(unpacked) if unpacked.exists() else None)
    return found or pytest.skip(MISSING)  # a machine where nobody may install it


class Prometheus:
    """A server that scrapes every three seconds and evaluates rules."""

    def __init__(self, folder: Path, *, targets: Mapping[str, str], rules: Path) -> None:
        config = folder / "prometheus.yaml"
        scrapes = [
            {"job_name": job, "static_configs": [{"targets": [address]}]} for job, address in targets.items()
        ]
        config.write_text(
            yaml.safe_dump(
                {
                    "global": {"scrape_interval": "3s", "scrape_timeout": "3s", "evaluation_interval": "3s"},
                    "rule_files": [str(rules)],
                    "scrape_configs": scrapes,
                }
            )
        )
        command = [
            program("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
            "--web.listen-address=127.0.0.1:{port}",
        ]  # fmt: skip
        self.server = Server("prometheus", command, folder / "prometheus.log", free_port())

    def query(self, expression: str, at: float | None = None) -> list[float]:
        """Values of the series that an expression gives, now or at a Unix time, without NaN."""
        moment = {} if at is None else {"time": str(at)}
        result = self._get("query", query=expression, **moment)["result"]
        values = [float(series["value"][1]) for series in result]
        return [value for value in values if not math.isnan(value)]

    def metrics(self) -> set[str]:
        """Names of the metrics that were scraped, whether they have series or not."""
        return {each["metric"] for each in self._get("targets/metadata")}

    def labels(self, metric: str, at: float) -> set[str]:
        """Names of the labels that a metric's series had at a Unix time."""
        return {
            label
            for each in self._get("query", query=metric, time=str(at))["result"]
            for label in each["metric"]
        }

    def rules(self) -> dict[str, dict[str, Any]]:
        """The rules as it evaluated them, by alert."""
        return {rule["name"]: rule for group in self._get("rules")["groups"] for rule in group["rules"]}

    def wait_until_ready(self) -> None:
        """Return once it answers queries, which is after it listens."""
        url, deadline = f"http://127.0.0.1:{self.server.port}/-/ready", time.monotonic() + START_SECONDS
        while httpx2.get(url, timeout=60, trust_env=False).status_code != 200:
            assert time.monotonic() < deadline, self.server.log.read_text()
            time.sleep(0.1)

    def _get(self, path: str, **parameters: str) -> Any:
        url = f"http://127.0.0.1:{self.server.port}/api/v1/{path}"
        answer = httpx2.get(url, params=parameters, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


@contextmanager
def running_prometheus(folder: Path, *, targets: Mapping[str, str], rules: Path) -> Iterator[Prometheus]:
    """Start one that scrapes `targets`, addresses by job."""
    prometheus = Prometheus(folder, targets=targets, rules=rules)
    try:
        prometheus.server.start()
        prometheus.wait_until_ready()
        yield prometheus
    finally:
        prometheus.server.stop()
