# SPDX-License-Identifier: Apache-2.0
"""Confirmation that an episode is out, by what the providers list of it. Pure.

A site confirms an episode with a title, a synopsis or an image and no time to come; the majority decides. A
provider whose episodes are a broadcast schedule has no vote by a bare row, since that is a plan.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from otakube.domain.merge.broadcast import has_aired
from otakube.domain.merge.episodes import is_named
from otakube.domain.record.claims import Episode
from otakube_api.contract import Provider
from otakube_api.providers import PROFILES


class Confirmation(NamedTuple):
    """The votes on one episode: who lists it, who does not, and whose schedule merely says that it aired."""

    listed: tuple[Provider, ...] = ()
    unlisted: tuple[Provider, ...] = ()
    planned: tuple[Provider, ...] = ()

    @property
    def is_out(self) -> bool:
        """True if more sites list it than do not; where none has a vote, if a schedule says that it aired."""
        if self.listed or self.unlisted:
            return len(self.listed) > len(self.unlisted)
        return bool(self.planned)


def confirm(said: Mapping[Provider, Sequence[Episode]], number: int, now: datetime) -> Confirmation:
    """The votes of those that answered and have lists of episodes."""
    votes: dict[bool | None, list[Provider]] = {True: [], False: [], None: []}
    for provider, episodes in said.items():
        if PROFILES[provider].lists_episodes:
            row = find_episode(episodes, number)
            votes[_vote(provider, row, now)].append(provider)
    planned = [provider for provider in votes[None] if find_episode(said[provider], number) is not None]
    return Confirmation(tuple(votes[True]), tuple(votes[False]), tuple(planned))


def find_episode(episodes: Sequence[Episode], number: int) -> Episode | None:
    """The regular episode of this number within the season, else within all seasons."""
    regular = [one for one in episodes if one.kind == "Regular"]
    own = (one for one in regular if one.number == number)
    return next(own, next((one for one in regular if one.absolute_number == number), None))


def format_missing(number: int, votes: Confirmation) -> str:
    """Why the episode counts as not out, for the condition's message."""
    if not votes.listed and not votes.unlisted:
        return f"episode {number} is not out: no provider that answered lists episodes"
    listed = f" ({', '.join(votes.listed)})" if votes.listed else ""
    asked = len(votes.listed) + len(votes.unlisted)
    return (
        f"episode {number} is not out: {len(votes.listed)} of {asked} providers list it{listed}; "
        f"not yet {', '.join(votes.unlisted)}"
    )


def _vote(provider: Provider, row: Episode | None, now: datetime) -> bool | None:
    if row is not None and not has_aired(row.aired, now):
        return False
    if row is not None and (is_named(row.title) or row.synopsis or row.image_url):
        return True
    return None if PROFILES[provider].looks_forward else False
