# SPDX-License-Identifier: Apache-2.0
"""Logs of a service, uvicorn's included: one JSON object a line on standard error."""

from typing import Any

from otakube import logs
from otakube.errors import StepError

# isort: split
import structlog  # after otakube.logs, which keeps it from importing rich

_BEFORE = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

UVICORN: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _BEFORE,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
                logs.without_secrets,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
"""The configuration of logging that uvicorn applies when it starts."""


def start(service: str) -> None:
    """Write logs as JSON from here on, each line with the service's name."""
    logs.start(service=service)


def failed(error: Exception) -> None:
    """Write why the service ends: a sentence, or the traceback of what nobody expected."""
    if isinstance(error, StepError):
        logs.logger().error("failed", reason=error.reason.value, message=str(error))
    else:
        logs.logger().error("failed", exc_info=error)
