# SPDX-License-Identifier: Apache-2.0
"""Episodes of several providers as one list."""

from datetime import UTC, date, datetime

from otakube.domain.claims import Episode
from otakube.domain.entry import EpisodeDetailEntry, Provider
from otakube.domain.episodes import airing_findings, merge_episodes
from otakube.domain.ids import derived_id
from unit.otakube.domain.claimed import voices

MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
ENTRY = derived_id("ani", "one")
AIRED = datetime(2005, 10, 22, 18, 40, tzinfo=UTC)


def test_each_number_is_one_episode_with_everybodys_facts() -> None:
    merged = merge_episodes(
        ENTRY,
        {
            MAL: [Episode(number=1, title="The Green Seat", recap=True)],
            KITSU: [Episode(number=1, title="Green Seat", synopsis="Ginko comes."), Episode(number=2)],
        },
        voices(),
    )
    assert [one.number for one in merged] == [1, 2]
    assert (merged[0].title, merged[0].synopsis, merged[0].recap) == ("The Green Seat", "Ginko comes.", True)
    assert merged[0].providers == [MAL, KITSU]


def test_a_second_run_gives_the_same_ids() -> None:
    said = {MAL: [Episode(number=number) for number in range(5)]}
    assert merge_episodes(ENTRY, said, voices()) == merge_episodes(ENTRY, said, voices())


def test_an_episode_of_the_catalogue_keeps_its_id() -> None:
    known = EpisodeDetailEntry(id=derived_id("ep", "elsewhere"), number=2)
    merged = merge_episodes(ENTRY, {MAL: [Episode(number=1), Episode(number=2)]}, voices(), known=[known])
    assert merged[1].id == known.id
    assert merged[0].id != known.id


def test_a_time_is_believed_before_a_day() -> None:
    said = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 22))]}
    assert merge_episodes(ENTRY, said, voices())[0].aired == AIRED
    swapped = {MAL: [Episode(number=1, aired=date(2005, 10, 23))], ANILIST: [Episode(number=1, aired=AIRED)]}
    assert merge_episodes(ENTRY, swapped, voices())[0].aired == AIRED


def test_an_episode_survives_json_with_its_day_or_its_time() -> None:
    for aired in (AIRED, date(2005, 10, 23), datetime(2005, 10, 23, tzinfo=UTC)):
        episode = merge_episodes(ENTRY, {MAL: [Episode(number=1, aired=aired)]}, voices())[0]
        assert EpisodeDetailEntry.model_validate_json(episode.model_dump_json()).aired == aired


def test_days_far_apart_are_a_finding() -> None:
    said = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 30))]}
    assert airing_findings(said) == ["providers name different days for 1 episodes (1)"]
    near = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 23))]}
    assert airing_findings(near) == []
