# SPDX-License-Identifier: Apache-2.0
"""Characters of several providers as one list."""

from otakube.domain.merge.characters import merge_characters
from otakube.domain.record.claims import Character
from otakube.domain.record.golden import CharacterEntry, VoiceActor
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

MAL, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
ENTRY = derived_id("ani", "one")


def one(name: str, role: str = "Supporting", **more: object) -> Character:
    return Character.model_validate({"name": name, "role": role, **more})


def test_one_person_in_another_order_or_script_is_one_character() -> None:
    merged = merge_characters(
        ENTRY,
        {
            MAL: [one("Ann Takamaki", "Main")],
            ANILIST: [one("Takamaki Ann", name_native="高巻 杏")],
            KITSU: [one("Panther", name_native="高巻杏"), one("An Takamaki", name_native="高巻 杏")],
        },
        claimants(),
    )
    assert len(merged) == 2
    assert merged[0].providers == [ANILIST, MAL, KITSU]
    assert merged[0].role == "Main"


def test_two_of_one_name_at_one_provider_stay_two() -> None:
    merged = merge_characters(
        ENTRY, {MAL: [one("Guard", description="tall"), one("Guard", description="small")]}, claimants()
    )
    assert len(merged) == 2
    assert len({character.id for character in merged}) == 2


def test_main_characters_come_first() -> None:
    said = {MAL: [one("A", "Background"), one("B"), one("C", "Main")]}
    assert [character.name for character in merge_characters(ENTRY, said, claimants())] == ["C", "B", "A"]


def test_a_character_of_the_catalogue_keeps_its_id() -> None:
    known = CharacterEntry(id=derived_id("char", "elsewhere"), name="Ginko", role="Main")
    assert merge_characters(ENTRY, {MAL: [one("GINKO")]}, claimants(), [known])[0].id == known.id


def test_a_voice_is_named_once_a_language() -> None:
    actors = [
        VoiceActor(name="Yuto Nakano", language="Japanese"),
        VoiceActor(name="Nakano, Yuto", language="japanese"),
    ]
    merged = merge_characters(ENTRY, {MAL: [one("Ginko", voice_actors=actors)]}, claimants())
    assert len(merged[0].voice_actors) == 1


def test_of_namesakes_the_one_in_the_same_role_is_meant() -> None:
    said = {
        ANILIST: [one("Guard", "Supporting", description="tall"), one("Guard", "Main", description="small")],
        MAL: [one("Guard", "Main")],
    }
    main = merge_characters(ENTRY, said, claimants())[0]
    assert (main.description, main.providers) == ("small", [ANILIST, MAL])


def test_the_id_goes_to_whom_most_names_fit() -> None:
    said = {ANILIST: [one("Ann Takamaki"), one("Ann Takamaki", name_native="高巻 杏")]}
    first = merge_characters(ENTRY, said, claimants())
    again = merge_characters(ENTRY, said, claimants(), first[::-1])
    assert again == first


def test_who_shares_both_names_is_found_before_who_shares_one() -> None:
    said = {
        ANILIST: [
            one("Rei", name_native="レイ"),
            one("Rei", name_native="麗"),
            one("Yuu A", name_native="ユウ"),
        ],
        KITSU: [
            one("Yuu B", name_native="ユウ"),
            one("Yuu A", name_native="ユウ"),
            one("Rei"),
            one("Rei", name_native="麗"),
        ],
    }
    merged = merge_characters(ENTRY, said, claimants())
    assert [(c.name, c.name_native, c.providers) for c in merged] == [
        ("Rei", "レイ", [ANILIST, KITSU]),
        ("Rei", "麗", [ANILIST, KITSU]),
        ("Yuu A", "ユウ", [ANILIST, KITSU]),
        ("Yuu B", "ユウ", [KITSU]),
    ]
    assert not any(c.provenance and c.provenance.losing for c in merged)
