# SPDX-License-Identifier: Apache-2.0
"""Episodes counted from the first season on."""

import pytest

from golden import a_record, an_entry, an_episode
from otakube.domain.merge.episodes import merge_episodes
from otakube.domain.merge.numbering import last_number, numbered, numbering_findings
from otakube.domain.merge.stages import episodes_stage
from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import ABSOLUTE_LIMIT, EpisodeDetailEntry
from otakube.domain.record.ids import derived_id
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import claimants

JIKAN, KITSU, ANIDB = Provider.JIKAN, Provider.KITSU, Provider.ANIDB
ENTRY = derived_id("ani", "one")


def absolute(episodes: list[EpisodeDetailEntry]) -> list[int | None]:
    return [one.absolute_number for one in episodes]


def test_a_second_season_goes_on_where_its_prequel_ends() -> None:
    episodes = merge_episodes(ENTRY, {JIKAN: [Episode(number=n) for n in (0, 1, 2)]}, claimants())
    assert absolute(numbered(episodes, 26)) == [None, 27, 28]


def test_without_a_known_prequel_nothing_is_guessed() -> None:
    episodes = merge_episodes(ENTRY, {JIKAN: [Episode(number=1)]}, claimants())
    assert numbered(episodes, None) == episodes


def test_what_providers_say_is_believed_before_the_prequel() -> None:
    said = {KITSU: [Episode(number=1, absolute_number=14), Episode(number=2, absolute_number=15)]}
    said[JIKAN] = [Episode(number=3)]
    assert absolute(numbered(merge_episodes(ENTRY, said, claimants()), 12)) == [14, 15, 16]


def test_nothing_is_counted_beyond_what_a_record_holds() -> None:
    said = {KITSU: [Episode(number=1, absolute_number=ABSOLUTE_LIMIT)], JIKAN: [Episode(number=2)]}
    assert absolute(numbered(merge_episodes(ENTRY, said, claimants()), 0)) == [ABSOLUTE_LIMIT, None]


def test_specials_have_no_place_in_the_count() -> None:
    said = {ANIDB: [Episode(number=1), Episode(number=1, kind="Special")]}
    assert absolute(numbered(merge_episodes(ENTRY, said, claimants()), 12)) == [13, None]


def test_a_counted_number_is_less_sure_than_the_number_it_is_counted_from() -> None:
    [one] = numbered(merge_episodes(ENTRY, {JIKAN: [Episode(number=1)]}, claimants()), 12)
    assert one.provenance is not None
    assert one.provenance.said["absolute_number"] is JIKAN
    assert one.provenance.sure["absolute_number"] < one.provenance.sure["number"]


def test_providers_that_count_differently_are_a_finding() -> None:
    said = {KITSU: [Episode(number=1, absolute_number=13)], ANIDB: [Episode(number=1, absolute_number=26)]}
    assert numbering_findings(said, None) == [
        "absolute episode numbers disagree: Kitsu counts on from 12, AniDB counts on from 25"
    ]
    assert numbering_findings({KITSU: said[KITSU]}, 12) == []
    stage = episodes_stage(ENTRY, {KITSU: said[KITSU]}, claimants(), offset=24)
    assert stage.findings[0].endswith("Kitsu counts on from 12, the seasons before have 24 episodes")


@pytest.mark.parametrize(
    ("kind", "numbers", "last"), [("TV", [13, 14], 14), ("TV", [None], None), ("Movie", [1], None)]
)
def test_a_season_ends_with_its_last_number(kind: str, numbers: list[int | None], last: int | None) -> None:
    episodes = [an_episode(n, absolute_number=one) for n, one in enumerate(numbers, 1)]
    record = a_record(entry=an_entry(type=AnimeType(kind)), episodes=episodes)
    assert last_number(record) == last
