# SPDX-License-Identifier: Apache-2.0
"""A provider to which neither a link nor a title leads: an answer, or a question for another day."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from otakube.adapters.stores.folder.objects import FolderObjects
from otakube.adapters.stores.sqlite.connection import SqliteDocuments
from otakube.adapters.stores.sqlite.locks import SqliteLocks
from otakube.domain.record.claims import ConvertedRecord
from otakube.errors import SourceError
from otakube.ports.history import History
from otakube.ports.locks import Locks
from otakube.steps.fetch.fetcher import ProviderFetcher
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import AskedState, SourceFailure
from otakube_api.contract import Provider, SourceReason
from unit.otakube.domain.claimed import said

ANILIST, JIKAN, KITSU, MAL = Provider.ANILIST, Provider.JIKAN, Provider.KITSU, Provider.MYANIMELIST


class Unlinked:
    """A source that no page leads to and no title finds."""

    async def find(self, pages: Sequence[str]) -> None: ...

    async def search(self, title: str) -> list[Any]:
        return []


@pytest.fixture
def fetcher(tmp_path: Path) -> ProviderFetcher:
    async def locks() -> Locks:
        return SqliteLocks(SqliteDocuments(tmp_path))

    async def history() -> History:
        raise AssertionError("nothing was fetched")

    return ProviderFetcher(
        adapters={KITSU: SimpleNamespace(source=Unlinked())},  # type: ignore[dict-item]  # nothing is converted
        stored={},
        objects=FolderObjects(tmp_path),
        work_prefix="work/uid-1/1-1",
        history=history,
        decisions=RunDecisions(locks=locks),
        episodes_only=False,
    )


def answered(provider: Provider) -> ConvertedRecord:
    about = said(provider)
    return ConvertedRecord(
        provider=provider,
        source_url=about.source_url,
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        stale=False,
        metadata=about,
        episodes=None,
        relationships=None,
        statistics=None,
        characters=None,
        staff=None,
        missing={},
        unreadable={},
    )


@pytest.mark.parametrize(
    ("answers", "failed", "reason"),
    [
        (ANILIST, [], SourceReason.NOT_FOUND),
        (ANILIST, [(JIKAN, SourceReason.NOT_FOUND)], SourceReason.NOT_FOUND),
        (ANILIST, [(JIKAN, SourceReason.SWITCHED_OFF)], SourceReason.NOT_FOUND),
        (ANILIST, [(ANILIST, SourceReason.UNAVAILABLE)], SourceReason.NOT_FOUND),
        (MAL, [(JIKAN, SourceReason.UNAVAILABLE)], SourceReason.NOT_FOUND),
        (ANILIST, [(JIKAN, SourceReason.UNAVAILABLE)], SourceReason.UNAVAILABLE),
        (ANILIST, [(JIKAN, SourceReason.RATE_LIMITED)], SourceReason.UNAVAILABLE),
        (ANILIST, [(JIKAN, SourceReason.ANSWER_INVALID)], SourceReason.UNAVAILABLE),
    ],
    ids=[
        "all answered",
        "one has no such anime",
        "one is off",
        "a part is missing",
        "its alternative answered",
        "one is away",
        "one refuses for a while",
        "one answers nonsense",
    ],
)
async def test_no_match_is_an_answer_only_if_nobody_is_away_whose_links_might_lead_to_it(
    fetcher: ProviderFetcher,
    answers: Provider,
    failed: list[tuple[Provider, SourceReason]],
    reason: SourceReason,
) -> None:
    failures = tuple(SourceFailure(provider, SourceError(why, "")) for provider, why in failed)
    state = AskedState(records={answers: answered(answers)}, failures=failures)
    [failure] = (await fetcher.find(state, KITSU)).failures
    assert failure.error.reason is reason
    assert "Kitsu has no anime that agrees with 'Mushishi'" in str(failure.error)
    assert ("; Jikan, whose links might lead" in str(failure.error)) is (reason is SourceReason.UNAVAILABLE)
