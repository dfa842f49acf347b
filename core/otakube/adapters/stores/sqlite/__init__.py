# SPDX-License-Identifier: Apache-2.0
"""The document store in one SQLite file: the embedded default, for one machine."""
