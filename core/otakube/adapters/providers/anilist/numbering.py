# SPDX-License-Identifier: Apache-2.0
"""Numbers of AniList's streaming pages, which are the streaming site's and may count all seasons. Pure."""

from collections.abc import Collection

_SLIP = 1  # an extra behind the last episode, or a prologue: the days tell


def pages_ahead(numbers: Collection[int], count: int | None, aired: int | None) -> int | None:
    """By how much the pages' numbers are ahead of the season's; None if they are not of this season alone.

    `count`: the season's episodes; `aired`: those so far, of one that goes on. Nothing is guessed: a list of
    other numbers is this season's if it has as many pages as there are episodes, one after the other.
    """
    known = count or aired
    if not numbers or not known or max(numbers) <= known + _SLIP:
        return 0
    first, last = min(numbers), max(numbers)
    if first == 1 or last - first + 1 != len(set(numbers)):
        return None
    so_far = known if aired is None else aired
    # The newest page comes hours after its broadcast.
    lengths = (so_far,) if aired is None else (so_far, so_far - 1)
    return first - 1 if len(set(numbers)) in lengths else None
