# SPDX-License-Identifier: Apache-2.0
"""The offline suggester: no model, no network, the same words for the same synopsis."""

from otakube.domain.record.golden import AnimeEntry
from otakube.domain.suggestions.suggestion import Suggestions, by_rules


class RuleSuggester:
    """The default."""

    async def suggest(self, entry: AnimeEntry) -> Suggestions:
        """Suggestions of the rules from the synopsis."""
        return by_rules(entry)
