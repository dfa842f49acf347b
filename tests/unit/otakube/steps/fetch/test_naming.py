# SPDX-License-Identifier: Apache-2.0
"""How a title becomes the ids that are fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from otakube.domain.locks.lock import Lock
from otakube.domain.record.claims import Metadata
from otakube.ports.providers import ProviderAdapter
from otakube.steps.fetch.naming import name_anime
from otakube.steps.fetch.resolve import FetchRequest
from otakube.steps.fetch.run_locks import RunDecisions
from otakube.steps.fetch.state import NamedState
from otakube_api.contract import Gate, Provider
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
REQUEST = FetchRequest(anime_id="", source_urls=(), title="Mushishi", providers=())


@dataclass(frozen=True)
class Rows:
    """A provider that finds the same rows whatever it is asked."""

    rows: Sequence[Metadata]

    async def search(self, _title: str) -> list[Metadata]:
        return list(self.rows)


class NoLocks:
    """A store in which nobody decided anything."""

    async def about(self, _pages: Sequence[str]) -> list[Lock]:
        return []


async def named(*rows: Metadata) -> NamedState:
    async def locks() -> Any:
        return NoLocks()

    async def no_catalogue() -> Any:
        raise AssertionError("a title needs no catalogue")

    adapter = ProviderAdapter(source=cast(Any, Rows(rows)), converter=cast(Any, None), forget=cast(Any, None))
    decisions = RunDecisions(locks=locks)
    return await name_anime(REQUEST, {ANILIST: adapter}, no_catalogue, no_catalogue, decisions, {})


async def test_pages_of_one_provider_between_which_nothing_chooses_are_a_finding_and_not_fetched() -> None:
    first, second = said(MAL, 1).source_url, said(MAL, 2).source_url
    state = await named(said(ANILIST, 7, same_as=[first, second]))
    assert state.requested == {ANILIST: "7"}
    [finding] = state.gates
    assert finding.gate is Gate.IDENTITY
    assert first in finding.message
    assert second in finding.message


async def test_of_two_pages_of_one_provider_the_one_that_more_providers_name_is_fetched() -> None:
    first, second = said(MAL, 1).source_url, said(MAL, 2).source_url
    state = await named(said(ANILIST, 7, same_as=[first, second]), said(KITSU, 9, same_as=[first]))
    assert state.requested == {ANILIST: "7", MAL: "1", KITSU: "9"}
    assert state.gates == ()
