# SPDX-License-Identifier: Apache-2.0
"""Keeps a run from the entry of an anime that a person said is another one, though they share a page."""

from collections.abc import Iterable

from otakube.commit.claims import PageClaims
from otakube.domain.locks.lock import Different, format_lock
from otakube.domain.record.pages import Page, identify
from otakube.errors import SourceError
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import AskedState, AttributedState, OwnedState
from otakube_api.contract import Provider, SourceReason


async def enforce_different_locks(
    state: AttributedState, requested_page: str, claims: PageClaims, decisions: RunDecisions
) -> OwnedState:
    """Leave to every other entry the pages that are its own, and take back what a lock says is not.

    An entry that holds pages which are different anime by now keeps the most trusted one and all that may
    stand beside it.
    """
    asked, foreign = state.asked, frozenset[str]()
    for entry_id in await entries_to_check(asked, claims, decisions):
        bound = trusted_first(await claims.identities.pages_of(entry_id))
        await decisions.learn(bound)
        theirs = decisions.allowed(bound)
        await claims.release([page for page in bound if page not in theirs], entry_id)
        ours = decisions.pages(asked, foreign)
        for page, lock in (await foreign_pages(ours, theirs, requested_page, decisions)).items():
            asked, foreign = release_page(asked, page, lock), foreign | {page}
    return OwnedState(
        asked=asked,
        agreement=state.agreement,
        gates=state.gates,
        pages=tuple(decisions.pages(asked, foreign)),
        foreign_pages=foreign,
    )


async def entries_to_check(asked: AskedState, claims: PageClaims, decisions: RunDecisions) -> list[str]:
    """Entries that hold a page of ours; none where no lock tells two anime apart."""
    if not any(isinstance(lock, Different) for lock in decisions.known):
        return []
    bound = await claims.identities.bindings(decisions.pages(asked))
    return sorted({one.entry_id for one in bound.values()})


async def foreign_pages(
    ours: list[str], theirs: list[str], requested_page: str, decisions: RunDecisions
) -> dict[str, Different]:
    """Pages of ours that this run must leave to others, with the lock that says so."""
    against = await decisions.against(theirs, ours)
    if requested_page in theirs or not against:
        return against
    lock = next(iter(against.values()))
    return {page: lock for page in ours if page in theirs}


def release_page(asked: AskedState, page: str, lock: Different) -> AskedState:
    """The answers without the one whose provider is known by a page of another entry."""
    message = f"{page} is another entry's, by a merge lock: {format_lock(lock)}"
    for provider, name in asked.ids.items():
        if Page(provider, name).url == page:
            asked = asked.without(provider, SourceError(SourceReason.NOT_FOUND, message))
    return asked


def trusted_first(urls: Iterable[str]) -> list[str]:
    """Pages in the order of trust in their providers."""
    order = list(Provider)
    pages = {url: identify(url) for url in sorted(urls)}
    return sorted(pages, key=lambda url: order.index(page.provider) if (page := pages[url]) else len(order))
