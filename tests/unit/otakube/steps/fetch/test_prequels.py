# SPDX-License-Identifier: Apache-2.0
"""The last absolute number before a season, looked up along its prequels."""

from collections.abc import Mapping, Sequence

import pytest

from golden import NOW, a_record, an_entry, an_episode, an_id
from otakube.domain.record import claims
from otakube.domain.record.claims import Relationships
from otakube.domain.record.golden import GoldenRecord, Relation
from otakube.ports.catalogue import LiveEntry
from otakube.steps.fetch.prequels import episodes_before
from otakube_api.contract import AnimeType, Provider

PAGE = "https://myanimelist.net/anime/{}"


class Shelf:
    """Live entries by page."""

    def __init__(self, records: Sequence[GoldenRecord]) -> None:
        self._records: Mapping[str, GoldenRecord] = {url: one for one in records for url in one.entry.sources}

    async def entry(self, entry_id: str) -> LiveEntry | None:
        found = next((one for one in self._records.values() if one.entry.id == entry_id), None)
        return _live(found) if found else None

    async def by_source(self, source_url: str) -> LiveEntry | None:
        found = self._records.get(source_url)
        return _live(found) if found else None


def _live(record: GoldenRecord) -> LiveEntry:
    return LiveEntry(
        entry_id=record.entry.id,
        version=1,
        commit_key="",
        digest="",
        model="",
        record=record,
        committed_at=NOW,
    )


def season(
    number: int, *, after: int | None = None, last: int | None = None, kind: AnimeType = AnimeType.TV
) -> GoldenRecord:
    relations = [Relation(kind="Prequel", title="Before", source_urls=[PAGE.format(after)])] if after else []
    entry = an_entry(
        number, sources=[PAGE.format(number)], relations=relations, id=an_id("ani", number), type=kind
    )
    return a_record(entry=entry, episodes=[an_episode(12, absolute_number=last)])


def said(*after: int) -> dict[Provider, Relationships]:
    rows = [
        claims.ClaimedRelation(kind="Prequel", title=f"S{n}", source_urls=[PAGE.format(n)]) for n in after
    ]
    other = claims.ClaimedRelation(kind="Other", title="Else")
    return {Provider.JIKAN: Relationships(relations=[*rows, other])}


@pytest.mark.parametrize(
    ("shelf", "relations", "expected"),
    [
        ([season(1, last=26)], said(1), 26),
        ([season(2, after=1, kind=AnimeType.MOVIE), season(1, last=26)], said(2), 26),
        ([season(1, kind=AnimeType.MOVIE)], said(1), 0),
        ([], said(), 0),
        ([], said(1), None),
        ([season(2, after=1)], said(2), None),
        ([season(1)], said(1), 12),
        ([season(2, after=1), season(1, last=26)], said(2), 38),
        ([season(1, after=2), season(2, after=1)], said(1), None),
        ([season(1, last=26)], {}, None),
    ],
    ids=[
        "its prequel's last",
        "a film between two seasons is passed over",
        "nothing but a film before",
        "the first season",
        "the catalogue lacks the prequel",
        "the catalogue lacks what was before it",
        "a first season that was stored without absolute numbers",
        "a second one",
        "a circle ends",
        "nobody speaks of relations",
    ],
)
async def test_where_the_season_before_ends(
    shelf: list[GoldenRecord], relations: dict[Provider, Relationships], expected: int | None
) -> None:
    assert await episodes_before(Shelf(shelf), relations) == expected
