# SPDX-License-Identifier: Apache-2.0
"""The rule by which a set of URLs gets its entry; every document store applies it in an atomic change."""

from otakube.errors import Fatal
from otakube_api.contract import FailureReason


def owner_of(owners: dict[str, str], live: set[str], proposed_id: str) -> str:
    """The entry that gets all URLs; Fatal if two live entries have some each."""
    if len(live) > 1:
        named = ", ".join(f"{url} is {owner}" for url, owner in sorted(owners.items()) if owner in live)
        message = f"the sources belong to {len(live)} entries ({named}); name one by spec.anime.id"
        raise Fatal(FailureReason.ANIME_AMBIGUOUS, message)
    if live:
        return next(iter(live))
    # Ids are ULIDs: the least is the oldest, and every run that sees these owners agrees on it.
    return min(owners.values(), default=proposed_id)
