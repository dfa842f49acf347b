# SPDX-License-Identifier: Apache-2.0
"""Logs of steps: one JSON object a line on standard error, because standard output belongs to results."""

import sys
from typing import Any, TextIO

from otakube.masking import masked

# structlog imports rich for its console renderer, which no step uses: 0.1 s of CPU in every pod.
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # the documented way to make an import fail
try:
    import structlog
finally:
    del sys.modules["rich"]
    if _rich is not None:
        sys.modules["rich"] = _rich


def without_secrets(_: Any, __: str, line: Any) -> str:
    """The last processor: takes secrets out of a rendered line."""
    return masked(str(line))


def start(*, to: TextIO | None = None, **context: Any) -> None:
    """Write logs as JSON from here on, each line with `context`; `to` is a file instead of standard error.

    Once that file is closed, later lines go to standard error.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            without_secrets,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(_open(to) or sys.stderr),  # as it is then
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**context)


def _open(file: TextIO | None) -> TextIO | None:
    return None if file is None or file.closed else file


def bind(**context: Any) -> None:
    """Add to the context of every later line."""
    structlog.contextvars.bind_contextvars(**context)


def logger() -> Any:
    """The logger of this process."""
    return structlog.get_logger()
