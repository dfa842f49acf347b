# SPDX-License-Identifier: Apache-2.0
"""Characters joined by their portraits."""

from otakube.domain.merge.character_images import SAME_PICTURE, merge_by_phash
from otakube.domain.merge.characters import merge_characters
from otakube.domain.record.claims import Character
from otakube.domain.record.golden import CharacterEntry, VoiceActor
from otakube.domain.record.ids import derived_id
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
ENTRY = derived_id("ani", "one")
FACE = 0x00FF_F0F0_CCCC_AAAA
NEAR, FAR = FACE ^ (2**SAME_PICTURE - 1), FACE ^ (2 ** (SAME_PICTURE + 1) - 1)


def url(name: str) -> str:
    return f"https://cdn.example/{name}.png"


def one(name: str, role: str = "Main", **more: object) -> Character:
    return Character.model_validate({"name": name, "role": role, "image_url": url(name), **more})


def merged(
    *said: tuple[Provider, Character], known: list[CharacterEntry] | None = None
) -> list[CharacterEntry]:
    claims: dict[Provider, list[Character]] = {}
    for provider, character in said:
        claims.setdefault(provider, []).append(character)
    return merge_characters(ENTRY, claims, claimants(), known or [])


def joined(
    characters: list[CharacterEntry], known: tuple[str, ...] = (), **faces: int
) -> list[CharacterEntry]:
    hashes = {url(name): f"{face:016x}" for name, face in faces.items()}
    return merge_by_phash(characters, hashes, known)


def names(characters: list[CharacterEntry]) -> list[str]:
    return sorted(character.name for character in characters)


def test_one_portrait_under_two_names_is_one_character() -> None:
    speaker = VoiceActor(name="Yuto Nakano", language="Japanese")
    said = merged(
        (ANILIST, one("Panther", voice_actors=[speaker])),
        (KITSU, one("Ann", description="A thief.", voice_actors=[speaker])),
    )
    [character] = joined(said, Panther=FACE, Ann=NEAR)
    assert (character.name, character.description) == ("Panther", "A thief.")
    assert character.providers == [ANILIST, KITSU]
    assert character.voice_actors == [speaker]
    assert character.provenance is not None
    assert character.provenance.shares["voice_actors"] == [[ANILIST, KITSU]]
    assert [(lost.field, lost.provider, lost.value) for lost in character.provenance.losing] == [
        ("name", KITSU, '"Ann"')
    ]


def test_a_portrait_that_differs_more_is_somebody_else() -> None:
    assert len(joined(merged((ANILIST, one("A")), (KITSU, one("B"))), A=FACE, B=FAR)) == 2


def test_the_roles_must_be_the_same() -> None:
    said = merged((ANILIST, one("A")), (KITSU, one("B", "Supporting")))
    assert len(joined(said, A=FACE, B=FACE)) == 2


def test_one_provider_never_shows_one_character_twice() -> None:
    assert len(joined(merged((ANILIST, one("A")), (ANILIST, one("B"))), A=FACE, B=NEAR)) == 2
    twins = merged((JIKAN, one("A")), (Provider.MYANIMELIST, one("B")))
    assert len(joined(twins, A=FACE, B=FACE)) == len(twins)


def test_a_placeholder_joins_nobody() -> None:
    said = merged((ANILIST, one("A")), (ANILIST, one("B")), (KITSU, one("C")))
    assert names(joined(said, A=FACE, B=FACE, C=FACE)) == ["A", "B", "C"]


def test_a_picture_of_one_colour_joins_nobody() -> None:
    assert len(joined(merged((ANILIST, one("A")), (KITSU, one("B"))), A=1 << 63, B=1 << 63)) == 2


def test_a_portrait_that_fits_two_joins_neither() -> None:
    said = merged((ANILIST, one("A")), (KITSU, one("B")), (KITSU, one("C")))
    assert len(joined(said, A=FACE, B=NEAR, C=FACE ^ 1)) == 3


def test_the_id_of_the_catalogue_stays() -> None:
    [stored] = joined(merged((KITSU, one("Ann"))), Ann=FACE)
    said = merged((ANILIST, one("Panther")), (KITSU, one("Ann")), known=[stored])
    [again] = joined(said, (stored.id,), Panther=FACE, Ann=NEAR)
    assert again.id == stored.id
    [alone] = merged((KITSU, one("Ann")), known=[again])  # the losing name is still its own
    assert alone.id == stored.id


def test_a_placeholder_joins_nobody_though_the_roles_tell_them_apart() -> None:
    said = merged((ANILIST, one("A")), (ANILIST, one("B", "Supporting")), (KITSU, one("C")))
    assert names(joined(said, A=FACE, B=FACE, C=FACE)) == ["A", "B", "C"]
