# SPDX-License-Identifier: Apache-2.0
"""Log lines."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from otakube_operator.runtime.logs import configure_logging, json_formatter


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


def test_a_line_of_another_package_comes_without_its_extras() -> None:
    record = logging.LogRecord("kopf", logging.INFO, "", 0, "seen", (), None)
    record.token = "secret"
    line = json.loads(json_formatter().format(record))
    assert (line["event"], line["level"], line["logger"]) == ("seen", "info", "kopf")
    assert "secret" not in json.dumps(line)


@pytest.mark.usefixtures("restored")
def test_a_line_is_one_json_object_with_its_fields_and_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logging("INFO")
    logger = structlog.stdlib.get_logger("otakube_operator.runtime.reconcile")
    logger.debug("too fine")
    try:
        raise ValueError("odd")
    except ValueError:
        logger.error("pass failed", exc_info=True, key="a/b", retry_in=1.5)
    [text] = stream.getvalue().splitlines()
    line = json.loads(text)
    assert (line["event"], line["level"], line["key"], line["retry_in"]) == (
        "pass failed",
        "error",
        "a/b",
        1.5,
    )
    assert "ValueError: odd" in line["exception"]
    assert line["timestamp"].endswith("Z")
