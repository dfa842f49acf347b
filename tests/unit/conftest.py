# SPDX-License-Identifier: Apache-2.0
"""What every unit test leaves behind: nothing."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_reset() -> Iterator[None]:
    """The form of the logs that a command has chosen is not the next test's."""
    yield
    structlog.reset_defaults()
