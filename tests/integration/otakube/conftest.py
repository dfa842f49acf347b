# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests that write into the real stores."""

from shop import own_settings as own_settings
from shop import shop as shop
