# SPDX-License-Identifier: Apache-2.0
"""The time, as an argument."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
