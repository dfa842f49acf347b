# SPDX-License-Identifier: Apache-2.0
"""Episodes of several providers as one list."""

from datetime import UTC, date, datetime

from otakube.domain.merge.broadcast import broadcast_slot
from otakube.domain.merge.episodes import airing_findings, doubled_findings, merge_episodes
from otakube.domain.record.claims import Episode
from otakube.domain.record.golden import EpisodeDetailEntry
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

MAL, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB
ENTRY = derived_id("ani", "one")
AIRED = datetime(2005, 10, 22, 18, 40, tzinfo=UTC)


def test_each_number_is_one_episode_with_everybodys_facts() -> None:
    merged = merge_episodes(
        ENTRY,
        {
            MAL: [Episode(number=1, title="The Green Seat", recap=True)],
            KITSU: [Episode(number=1, title="Green Seat", synopsis="Ginko comes."), Episode(number=2)],
        },
        claimants(),
    )
    assert [one.number for one in merged] == [1, 2]
    assert (merged[0].title, merged[0].synopsis, merged[0].recap) == ("The Green Seat", "Ginko comes.", True)
    assert merged[0].providers == [MAL, KITSU]


def test_a_second_run_gives_the_same_ids() -> None:
    said = {MAL: [Episode(number=number) for number in range(5)]}
    assert merge_episodes(ENTRY, said, claimants()) == merge_episodes(ENTRY, said, claimants())


def test_an_episode_of_the_catalogue_keeps_its_id() -> None:
    known = EpisodeDetailEntry(id=derived_id("ep", "elsewhere"), number=2)
    merged = merge_episodes(ENTRY, {MAL: [Episode(number=1), Episode(number=2)]}, claimants(), known=[known])
    assert merged[1].id == known.id
    assert merged[0].id != known.id


def test_a_time_is_believed_before_a_day() -> None:
    said = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 22))]}
    assert merge_episodes(ENTRY, said, claimants())[0].aired == AIRED
    swapped = {MAL: [Episode(number=1, aired=date(2005, 10, 23))], ANILIST: [Episode(number=1, aired=AIRED)]}
    assert merge_episodes(ENTRY, swapped, claimants())[0].aired == AIRED


def test_an_episode_survives_json_with_its_day_or_its_time() -> None:
    for aired in (AIRED, date(2005, 10, 23), datetime(2005, 10, 23, tzinfo=UTC)):
        episode = merge_episodes(ENTRY, {MAL: [Episode(number=1, aired=aired)]}, claimants())[0]
        assert EpisodeDetailEntry.model_validate_json(episode.model_dump_json()).aired == aired


def test_days_far_apart_are_a_finding() -> None:
    said = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 30))]}
    assert airing_findings(said) == ["providers name different days for 1 episodes (1)"]
    near = {MAL: [Episode(number=1, aired=AIRED)], KITSU: [Episode(number=1, aired=date(2005, 10, 23))]}
    assert airing_findings(near) == []


def test_kinds_count_apart_and_a_regular_episode_keeps_the_id_it_always_had() -> None:
    said = {ANIDB: [Episode(number=1, kind="Special"), Episode(number=1), Episode(number=1, kind="Credits")]}
    merged = merge_episodes(ENTRY, said, claimants())
    assert [(one.kind, one.number) for one in merged] == [("Regular", 1), ("Special", 1), ("Credits", 1)]
    assert merged[0].id == derived_id("ep", ENTRY, "1")
    assert len({one.id for one in merged}) == 3


def test_the_slot_makes_a_time_of_a_day_in_japan_and_of_no_other_day() -> None:
    slot = broadcast_slot(5, "25:30")
    said = {
        ANIDB: [Episode(number=1, aired=date(2026, 11, 21))],
        KITSU: [Episode(number=2, aired=AIRED.date())],
    }
    first, second = merge_episodes(ENTRY, said, claimants(), slot=slot)
    assert first.aired == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert second.aired == AIRED.date()
    assert first.provenance is not None
    assert first.provenance.said["aired"] is ANIDB


def test_a_bare_number_is_no_title_where_somebody_knows_one() -> None:
    said = {MAL: [Episode(number=3, title="Episode 3")], KITSU: [Episode(number=3, title="Green Seat")]}
    assert merge_episodes(ENTRY, said, claimants())[0].title == "Green Seat"


def test_each_field_of_an_episode_says_whose_words_it_is() -> None:
    said = {
        MAL: [Episode(number=1, title="The Green Seat", recap=True)],
        KITSU: [Episode(number=1, title="the green seat", synopsis="Ginko comes.")],
        ANILIST: [Episode(number=1, title="Green")],
    }
    source = merge_episodes(ENTRY, said, claimants())[0].provenance
    assert source is not None
    assert (source.said["title"], source.backed["title"]) == (MAL, [KITSU])
    assert [(one.field, one.provider, one.value) for one in source.losing] == [("title", ANILIST, '"Green"')]
    assert (source.said["synopsis"], source.said["recap"]) == (KITSU, MAL)
    assert "filler" not in source.said  # nobody says that it is one
    assert source.sure["number"] == 1.0
    assert source.sure["synopsis"] < source.sure["title"]


def test_a_row_that_is_left_out_because_its_number_is_taken_is_told() -> None:
    twice = [Episode(number=13, title="Storm"), Episode(number=13, title="Recap", recap=True)]
    said = {
        MAL: [Episode(number=12), *twice],
        KITSU: [Episode(number=13), Episode(number=13, kind="Special")],
    }
    assert [one.title for one in merge_episodes(ENTRY, said, claimants()) if one.number == 13] == [
        "Storm",
        None,
    ]
    assert doubled_findings(said) == [
        "Jikan lists 1 episodes more than once (13); the first of each is taken"
    ]
