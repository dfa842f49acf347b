# SPDX-License-Identifier: Apache-2.0
"""Fixtures that every tier shares."""

from stores import stores as stores
