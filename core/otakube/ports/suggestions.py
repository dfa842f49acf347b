# SPDX-License-Identifier: Apache-2.0
"""Suggester of tags and a summary for a record; a person decides about each."""

from typing import Protocol

from otakube.domain.record.golden import AnimeEntry
from otakube.domain.suggestions.suggestion import Suggestions


class SuggesterUnavailable(Exception):
    """No suggestion can be had now; the run goes on without."""


class Suggester(Protocol):
    async def suggest(self, entry: AnimeEntry) -> Suggestions:
        """Closed output; SuggesterUnavailable if the model is away or answers beyond the form."""
