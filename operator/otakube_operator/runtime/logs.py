# SPDX-License-Identifier: Apache-2.0
"""One JSON object a line on standard error; only named extras are written, so no body can slip in."""

import json
import logging
from datetime import UTC, datetime

EXTRAS = ("key", "namespace", "workflow", "change", "error", "retry_in", "event")


class JsonLines(logging.Formatter):
    """The message, where it comes from, and the extras."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in EXTRAS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str) -> None:
    """Our own lines from `level` on, kopf's per-object chatter from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("kopf.objects").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
