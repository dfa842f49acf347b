# SPDX-License-Identifier: Apache-2.0
"""The catalogue's read API: entries, who says what about them, and search by meaning."""
