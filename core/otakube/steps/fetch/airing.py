# SPDX-License-Identifier: Apache-2.0
"""Ends a run whose episode is not out; part of the step `fetch`. What answered goes on to the other steps."""

from datetime import UTC, datetime

from otakube.domain.checks.episode_out import Confirmation, confirm, format_missing
from otakube.domain.merge.alignment import align
from otakube.domain.record.golden import GoldenRecord
from otakube.errors import Fatal
from otakube.steps.fetch.naming import Adapters
from otakube.steps.fetch.state import AskedState
from otakube_api.contract import FailureReason


async def await_episode(
    number: int, asked: AskedState, adapters: Adapters, live: GoldenRecord | None, before: int | None
) -> None:
    """Raise EpisodeNotOut unless most providers list the episode, by the season's own numbers.

    Answers without it are forgotten, so that the next run is not served the same.
    """
    votes = count_votes(number, asked, live, before)
    if votes.is_out:
        return
    for provider in (*votes.unlisted, *votes.planned):
        await adapters[provider].forget()
    raise Fatal(FailureReason.EPISODE_NOT_OUT, format_missing(number, votes))


def count_votes(
    number: int, asked: AskedState, live: GoldenRecord | None, before: int | None
) -> Confirmation:
    """The votes of all whose episodes can be read."""
    episodes = {
        provider: record.episodes for provider, record in asked.records.items() if record.episodes is not None
    }
    expected = live.entry.episode_count if live is not None else None
    return confirm(align(episodes, expected=expected, offset=before).said, number, datetime.now(UTC))
