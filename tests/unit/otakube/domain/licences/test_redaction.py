# SPDX-License-Identifier: Apache-2.0
"""The parts of a record that readers may see, by its licences."""

from datetime import timedelta
from typing import Any

from golden import a_record, an_entry
from otakube.domain.licences.redaction import Readable, readable
from otakube.domain.merge.assembly import Stages, assemble
from otakube.domain.merge.stages import (
    characters_stage,
    episodes_stage,
    metadata_stage,
    relationships_stage,
    statistics_stage,
)
from otakube.domain.record.claims import Character, Episode, Metadata, Staff
from otakube.domain.record.golden import GoldenRecord, LosingValue, Statistics, VoiceActor
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import NOW, claimants, said

JIKAN, ANILIST, PLANET = Provider.JIKAN, Provider.ANILIST, Provider.ANIME_PLANET
ENTRY = derived_id("ani", "one")
LATER = NOW + timedelta(days=91)  # AniList's words are to be gone by then


def record(
    described: dict[Provider, Metadata],
    *,
    episodes: dict[Provider, list[Episode]] | None = None,
    characters: dict[Provider, list[Character]] | None = None,
    staff: dict[Provider, list[Staff]] | None = None,
    scores: dict[Provider, float] | None = None,
) -> GoldenRecord:
    heard = claimants()
    statistics = {p: Statistics(provider=p, score=score) for p, score in (scores or {}).items()}
    stages = Stages(
        metadata_stage(described, heard),
        episodes_stage(ENTRY, episodes or {}, heard),
        relationships_stage({}, heard),
        statistics_stage(statistics, heard),
        characters_stage(ENTRY, characters or {}, staff or {}, heard),
    )
    return assemble(
        ENTRY, stages=stages, mirror={}, assembled_at=NOW, attributions=stages.episodes.attributions
    )


def told(found: Readable) -> dict[str, int]:
    return {one.field: one.count for one in found.withheld}


def shown(made: GoldenRecord, now: Any = NOW) -> GoldenRecord:
    found = readable(made, now).record
    assert found is not None
    return found


def test_what_may_be_published_is_shown_whole() -> None:
    made = record({JIKAN: said(JIKAN)}).model_copy(update={"attributions": []})
    assert readable(made, NOW) == (made, [])


def test_words_that_may_not_be_published_are_withheld_item_by_item() -> None:
    claims = {JIKAN: said(JIKAN, tags=["Pirates"]), PLANET: said(PLANET, tags=["pirates", "Spring Onions"])}
    found = readable(record(claims), NOW)
    assert found.record is not None
    assert found.record.entry.tags == ["Pirates"]
    assert told(found)["tags"] == 1
    assert found.record.entry.sources == [claims[JIKAN].source_url]
    assert "AnimePlanet: its licence does not let it be published" in {one.reason for one in found.withheld}


def test_words_beyond_their_time_are_withheld_unless_somebody_else_says_them() -> None:
    claims = {
        JIKAN: said(JIKAN, episode_count=26),
        ANILIST: said(ANILIST, episode_count=26, synopsis="Theirs.", season=None),
    }
    made = record(claims, scores={JIKAN: 8.0, ANILIST: 9.0})
    assert shown(made).entry.synopsis == "Theirs."
    assert shown(made).entry.score == 8.5
    found = readable(made, LATER)
    assert found.record is not None
    assert (found.record.entry.synopsis, found.record.entry.episode_count) == (None, 26)
    assert (found.record.entry.score, len(found.record.entry.statistics)) == (8.0, 1)
    assert told(found)["synopsis"] == 1
    assert any("kept until 2027-02-18" in one.reason for one in found.withheld)


def test_a_losing_value_is_words_too() -> None:
    claims = {JIKAN: said(JIKAN, episode_count=26), ANILIST: said(ANILIST, episode_count=25)}
    made = record(claims)
    assert made.entry.provenance["episode_count"].losing == [LosingValue(provider=ANILIST, value="25")]
    assert shown(made, LATER).entry.provenance["episode_count"].losing == []


def test_a_decision_of_a_person_is_shown() -> None:
    made = record({JIKAN: said(JIKAN), ANILIST: said(ANILIST, synopsis="Chosen.")})
    decided = made.entry.provenance["synopsis"].model_copy(update={"decided_by": "ada"})
    entry = made.entry.model_copy(update={"provenance": made.entry.provenance | {"synopsis": decided}})
    assert shown(made.model_copy(update={"entry": entry}), LATER).entry.synopsis == "Chosen."


def test_an_entry_that_nobody_may_be_quoted_on_is_none() -> None:
    found = readable(record({ANILIST: said(ANILIST)}), LATER)
    assert found.record is None
    assert {"title", "sources"} <= told(found).keys()


def test_rows_lose_fields_or_go_by_who_says_them() -> None:
    nakano = VoiceActor(name="Yuto Nakano", language="Japanese")
    ann = {"role": "Main", "name": "Ann Takamaki"}
    made = record(
        {JIKAN: said(JIKAN), ANILIST: said(ANILIST)},
        episodes={
            JIKAN: [Episode(number=1, title="One")],
            ANILIST: [Episode(number=1, synopsis="Theirs."), Episode(number=2)],
        },
        characters={
            JIKAN: [Character.model_validate(ann | {"voice_actors": [nakano]})],
            ANILIST: [
                Character.model_validate(
                    ann
                    | {
                        "description": "A thief.",
                        "voice_actors": [nakano, VoiceActor(name="X", language="English")],
                    }
                ),
                Character(name="Nobody else", role="Main"),
            ],
        },
        staff={ANILIST: [Staff(name="Hiroshi Nagahama", positions=["Director"])]},
    )
    found = readable(made, LATER)
    assert found.record is not None
    assert [(one.number, one.title, one.synopsis) for one in found.record.episodes] == [(1, "One", None)]
    [character] = found.record.characters
    assert (character.name, character.description, character.voice_actors) == ("Ann Takamaki", None, [nakano])
    assert found.record.staff == []
    assert {"episodes": 1, "episodes.synopsis": 1, "characters": 1, "staff": 1}.items() <= told(found).items()
    assert readable(made, NOW).withheld == []


def test_an_episode_update_renews_episodes_alone() -> None:
    made = record(
        {JIKAN: said(JIKAN), ANILIST: said(ANILIST, synopsis="Theirs.")},
        episodes={ANILIST: [Episode(number=1)]},
    )
    renewed = [
        one.model_copy(update={"episodes_only": True, "expires_at": LATER + timedelta(days=90)})
        for one in made.attributions
        if one.provider is ANILIST
    ]
    found = shown(made.model_copy(update={"attributions": [*renewed, *made.attributions]}), LATER)
    assert len(found.episodes) == 1
    assert found.entry.synopsis is None


def test_a_record_of_the_first_schema_is_shown_whole() -> None:
    made = a_record(entry=an_entry(schema_version=1))
    assert readable(made, LATER) == (made, [])
