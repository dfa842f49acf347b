# SPDX-License-Identifier: Apache-2.0
"""Titles of the stand-in upstream (docs/stand-ins.md) and what each is used for."""

SERIES = {"title": "TBD"}
MOVIE = {"title": "TBD"}
WITH_A_DEAD_PROVIDER = {"title": "TBD"}
UNKNOWN = {"title": "Nobody Ever Drew This One"}
AMBIGUOUS = {"title": "TBD"}
