# SPDX-License-Identifier: Apache-2.0
"""Kitsu's numbering of episodes: within the entry, or from the first season on. Pure."""

from collections.abc import Sequence

from otakube.adapters.providers.kitsu.answers import EpisodeAttributes


def numbered(said: Sequence[EpisodeAttributes]) -> list[tuple[int, int | None, EpisodeAttributes]]:
    """(number within the entry, number from the first season on where it differs, episode).

    `relativeNumber` counts within a season. If each episode has one of its own, the entry is one season and
    that is its counting. Else the entry runs through several seasons, or an editor stopped half way, and only
    `number` tells its episodes apart. An episode without a number is an extra of the site; those of season 0
    are specials, whose numbers are their own.
    """
    specials = [(one.number, None, one) for one in said if one.seasonNumber == 0 and one.number is not None]
    known = [(one.number, one) for one in said if one.number is not None and one.seasonNumber != 0]
    within = [relative(one, number) for number, one in known]
    own = len(set(within)) == len(within) and all(one.relativeNumber is not None for _, one in known)
    return specials + [
        (counted if own else number, number if counted != number else None, one)
        for counted, (number, one) in zip(within, known, strict=True)
    ]


def relative(one: EpisodeAttributes, number: int) -> int:
    """The number within its season; one that is larger than `number` is a slip, since seasons only add up."""
    return number if one.relativeNumber is None else min(one.relativeNumber, number)
