# SPDX-License-Identifier: Apache-2.0
"""Looks, under the entry's lease, that a commit's pages are the entry's own, and makes them so."""

from collections.abc import Mapping
from datetime import datetime

from otakube.commit.recovery import CommitStores
from otakube.domain.locks.effects import lock_against
from otakube.domain.locks.lock import format_lock, pages_among
from otakube.domain.record.golden import AnimeEntry
from otakube.errors import Fatal
from otakube.ports.catalogue import Binding
from otakube_api.contract import FailureReason


async def check_locks(stores: CommitStores, entry: AnimeEntry) -> None:
    """Fatal if a person has said since the fetch that pages of the record show several anime.

    Under the lease: a lock that is set later is as one that is set after the commit.
    """
    pages = pages_among(entry.sources)
    locks = await stores.locks.about(pages)
    for number, page in enumerate(pages):
        if lock := lock_against(locks, pages[:number], page):
            message = f"{page} of {entry.id} is another anime by {format_lock(lock)}; apply again"
            raise Fatal(FailureReason.PAGES_LOCKED_APART, message)


async def bind_pages(stores: CommitStores, entry: AnimeEntry, *, token: int, at: datetime) -> None:
    """Note the token on each page, so that no claim that slept takes it; Fatal if one is another entry's."""
    bound = await stores.identities.bindings(entry.sources)
    wanted = Binding(entry_id=entry.id, since=since(bound, entry.id, at), token=token)
    others = {url: one.entry_id for url, one in bound.items() if one.entry_id != entry.id}
    for url in entry.sources if not others else ():
        owner = await stores.identities.bind(url, wanted)
        if owner != entry.id:
            others[url] = owner
            break
    if others:
        owner, url = ", ".join(sorted(set(others.values()))), next(iter(others))
        message = f"pages of {entry.id} belong to {owner} by now, such as {url}; apply again"
        raise Fatal(FailureReason.COMMIT_FENCED, message)


def since(bound: Mapping[str, Binding], entry_id: str, at: datetime) -> datetime | None:
    """Time of an entry's first page: now, if none of these is its own; None before it was kept."""
    known = [one.since for one in bound.values() if one.entry_id == entry_id]
    return None if None in known else min((one for one in known if one), default=at)
