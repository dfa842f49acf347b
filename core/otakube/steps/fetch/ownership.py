# SPDX-License-Identifier: Apache-2.0
"""Keeps a run from the entry of an anime that a person said is another one, though they share a page."""

from collections.abc import Iterable

from otakube.domain.locks.lock import Different, format_lock
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.ports.catalogue import Identities
from otakube.steps.fetch.asking import Harvest
from otakube.steps.fetch.run_locks import Decisions
from otakube_api.contract import Provider, SourceReason


async def stay_apart(harvest: Harvest, asked: str, identities: Identities, decisions: Decisions) -> None:
    """Leave to every other entry the pages that are its own, and take back what a lock says is not.

    `asked` is the page that the run was asked for. An entry that holds pages which are different anime by now
    keeps the most trusted one and all that may stand beside it.
    """
    if not any(isinstance(lock, Different) for lock in decisions.known):
        return
    for entry_id in sorted(set((await identities.owners(harvest.pages)).values())):
        bound = trusted_first(await identities.pages_of(entry_id))
        await decisions.learn(bound)
        theirs = decisions.allowed(bound)
        await identities.release([page for page in bound if page not in theirs], entry_id)
        for page, lock in (await foreign(harvest.pages, theirs, asked, decisions)).items():
            leave(harvest, page, lock)


async def foreign(
    ours: list[str], theirs: list[str], asked: str, decisions: Decisions
) -> dict[str, Different]:
    """Which of our pages this run must leave to others, with the lock that says so."""
    against = await decisions.against(theirs, ours)
    if asked in theirs or not against:
        return against
    lock = next(iter(against.values()))
    return {page: lock for page in ours if page in theirs}


def leave(harvest: Harvest, page: str, lock: Different) -> None:
    """Leave a page to another entry, with what its provider says on it."""
    harvest.others.add(page)
    for provider, name in list(harvest.ids.items()):
        if Page(provider, name).url == page:
            message = f"{page} is another entry's, by a merge lock: {format_lock(lock)}"
            harvest.drop(provider, SourceError(SourceReason.NOT_FOUND, message))


def trusted_first(urls: Iterable[str]) -> list[str]:
    """Pages in the order of trust in their providers."""
    order = list(Provider)
    pages = {url: identify(url) for url in sorted(urls)}
    return sorted(pages, key=lambda url: order.index(page.provider) if (page := pages[url]) else len(order))
