# SPDX-License-Identifier: Apache-2.0
"""A service's logs: uvicorn's and its own are one JSON object a line."""

import json
import subprocess
import sys

SERVICE = """
import logging
import logging.config
from otakube import logs as core_logs
from otakube.masking import hide
from otakube_services.kit import logs
logs.start("greeter")
logging.config.dictConfig(logs.UVICORN)
core_logs.logger().info("ours", entry="ani_1")
logging.getLogger("uvicorn.error").info("Started %s", "it", extra={"color_message": "red"})
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("uvicorn.error").exception("It broke")
hide(["of-the-store"])
logging.getLogger("uvicorn.error").info("refused: of-the-store")
core_logs.logger().info("refused: of-the-store")
logging.getLogger("pymongo").debug("not a word of this")
"""


def test_all_lines_are_json_with_time_level_and_service() -> None:
    done = subprocess.run([sys.executable, "-c", SERVICE], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("ours", "info"), ("Started it", "info"), ("It broke", "error"),
        ("refused: ***", "info"), ("refused: ***", "info"),
    ]  # fmt: skip
    assert {line["service"] for line in lines} == {"greeter"}
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert "color_message" not in done.stderr
    assert done.stdout == ""
