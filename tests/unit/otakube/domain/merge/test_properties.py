# SPDX-License-Identifier: Apache-2.0
"""Whatever providers say: the order in which they answered changes nothing, and a second merge neither."""

from collections.abc import Mapping
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.domain.merge.fields import Claimants
from otakube.domain.merge.stages import characters_stage, episodes_stage, metadata_stage, relationships_stage
from otakube.domain.record.claims import Character, ClaimedRelation, Episode, Metadata, Relationships, Staff
from otakube.domain.record.ids import derived_id
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import claimants, said

ENTRY = derived_id("ani", "one")
NAMES = st.sampled_from(["Ann Takamaki", "Takamaki, Ann", "Ginko", "GINKO", "Tide", "Tide 2nd Season", "潮"])
Claim = TypeVar("Claim")


def by_provider(claims: st.SearchStrategy[Claim]) -> st.SearchStrategy[dict[Provider, Claim]]:
    return st.dictionaries(st.sampled_from(list(Provider)), claims, min_size=1, max_size=7)


def some(claims: st.SearchStrategy[Claim]) -> st.SearchStrategy[list[Claim]]:
    return st.lists(claims, max_size=5)


pages = st.lists(st.integers(1, 5).map("https://anilist.co/anime/{}".format), max_size=2, unique=True)
metadata: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "title": NAMES,
        "synonyms": some(NAMES),
        "genres": some(st.sampled_from(["Drama", "drama", "Sci-Fi"])),
        "episode_count": st.none() | st.integers(1, 3),
        "type": st.sampled_from(AnimeType),
        "synopsis": st.none() | NAMES,
    }
)
episode = st.builds(
    Episode,
    number=st.integers(0, 4),
    kind=st.sampled_from(["Regular", "Special"]),
    absolute_number=st.none() | st.integers(0, 20),
    title=st.none() | NAMES,
    aired=st.none() | st.dates(),
    recap=st.booleans(),
)
relation = st.builds(
    ClaimedRelation, kind=st.sampled_from(["Sequel", "Prequel", "Other"]), title=NAMES, source_urls=pages
)
character = st.builds(
    Character, name=NAMES, name_native=st.none() | NAMES, role=st.sampled_from(["Main", "Background"])
)
person = st.builds(Staff, name=NAMES, positions=some(st.sampled_from(["Director", "director", "Music"])))
stale = st.sets(st.sampled_from(list(Provider))).map(lambda old: claimants(stale=tuple(old)))


def reordered(claims: Mapping[Provider, Claim]) -> dict[Provider, Claim]:
    return dict(reversed(claims.items()))


@settings(max_examples=60, deadline=None)
@given(by_provider(metadata), stale)
def test_the_anime_itself(fields: dict[Provider, dict[str, Any]], heard: Claimants) -> None:
    claims: dict[Provider, Metadata] = {p: said(p, **one) for p, one in fields.items()}
    stage = metadata_stage(claims, heard)
    assert metadata_stage(reordered(claims), heard) == stage
    again = dict.fromkeys(claims, stage.merged)
    assert metadata_stage(again, heard).merged == stage.merged


@settings(max_examples=60, deadline=None)
@given(by_provider(some(episode)), stale, st.none() | st.integers(0, 30))
def test_episodes(claims: dict[Provider, list[Episode]], heard: Claimants, offset: int | None) -> None:
    stage = episodes_stage(ENTRY, claims, heard, offset=offset)
    assert episodes_stage(ENTRY, reordered(claims), heard, offset=offset) == stage
    assert episodes_stage(ENTRY, claims, heard, known=stage.episodes, offset=offset) == stage
    assert len({one.id for one in stage.episodes}) == len(stage.episodes)


@settings(max_examples=60, deadline=None)
@given(by_provider(st.builds(Relationships, relations=some(relation))), stale)
def test_relations(claims: dict[Provider, Relationships], heard: Claimants) -> None:
    stage = relationships_stage(claims, heard)
    assert relationships_stage(reordered(claims), heard) == stage


@settings(max_examples=60, deadline=None)
@given(by_provider(some(character)), by_provider(some(person)), stale)
def test_characters_and_staff(
    characters: dict[Provider, list[Character]], staff: dict[Provider, list[Staff]], heard: Claimants
) -> None:
    stage = characters_stage(ENTRY, characters, staff, heard)
    assert characters_stage(ENTRY, reordered(characters), reordered(staff), heard) == stage
    again = characters_stage(ENTRY, characters, staff, heard, known=stage.characters)
    assert {one.id for one in again.characters} == {one.id for one in stage.characters}
    assert len({one.id for one in stage.characters}) == len(stage.characters)
    for one in [*stage.characters, *stage.staff]:
        assert one.provenance is not None
        assert all(0 < sure <= 1 for sure in one.provenance.sure.values())
