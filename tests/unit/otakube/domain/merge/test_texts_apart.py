# SPDX-License-Identifier: Apache-2.0
"""Spoilers of texts are fields of their own, and credits stay beside the text of whoever is believed."""

from otakube.domain.licences.expiry import without_expired
from otakube.domain.merge.character_images import merge_by_phash
from otakube.domain.merge.characters import merge_characters
from otakube.domain.merge.earlier_claims import earlier_claims
from otakube.domain.merge.episodes import merge_episodes
from otakube.domain.publish.passages import passages_of
from otakube.domain.record.claims import Character, Episode
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants, said
from unit.otakube.domain.licences.test_redaction import ENTRY, LATER, record, shown

JIKAN, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB
HIDDEN = "She is the star."
UMI = Character(
    name="Umi",
    role="Main",
    description="A girl.",
    description_credit="Source: ANN",
    description_spoilers=HIDDEN,
)
FIRST = Episode(number=1, synopsis="It rains.", synopsis_credit="Source: B", synopsis_spoilers=HIDDEN)
DESCRIBED = {JIKAN: said(JIKAN), ANILIST: said(ANILIST, synopsis="A sea.", synopsis_spoilers=HIDDEN)}


def test_a_spoiler_stands_beside_its_text_and_nobody_finds_it_by_searching() -> None:
    made = record(DESCRIBED, episodes={ANIDB: [FIRST]}, characters={ANILIST: [UMI]})
    assert (made.entry.synopsis, made.entry.synopsis_spoilers) == ("A sea.", HIDDEN)
    assert made.entry.provenance["synopsis_spoilers"].provider is ANILIST
    assert (made.episodes[0].synopsis_spoilers, made.characters[0].description_spoilers) == (HIDDEN, HIDDEN)
    passages = passages_of(made, count=len, limit=1000)
    assert not any(HIDDEN in one.text for one in passages)


def test_a_tag_that_one_provider_marks_is_hidden_whoever_shows_it() -> None:
    described = {
        JIKAN: said(JIKAN, tags=["Twin Sisters", "Sea"], genres=["Tragedy"]),
        ANILIST: said(ANILIST, tags=["Boats"], spoiler_tags=["twin-sisters", "Tragedy"]),
        ANIDB: said(ANIDB, spoiler_tags=["Twin Sister", "all die"]),
    }
    made = record(described)
    assert (made.entry.tags, made.entry.genres) == (["Boats", "Sea"], ["Tragedy"])
    assert made.entry.spoiler_tags == ["twin-sisters", "all die"]
    assert made.entry.provenance["spoiler_tags"].shares == [[ANILIST, ANIDB], [ANIDB]]
    texts = [one.text.casefold() for one in passages_of(made, count=len, limit=1000)]
    assert not any("twin" in text or "all die" in text for text in texts)
    earlier = earlier_claims(made, ANIDB)
    assert earlier is not None
    assert earlier.metadata.spoiler_tags == ["twin-sisters", "all die"]
    left = shown(made, LATER)
    assert "twin-sisters" not in left.entry.tags


def test_a_row_s_text_keeps_the_credit_of_whoever_is_believed() -> None:
    other = Episode(number=1, synopsis="It pours.", synopsis_credit="Source: K")
    [episode] = merge_episodes(ENTRY, {KITSU: [other], ANIDB: [FIRST]}, claimants())
    assert (episode.synopsis, episode.provenance and episode.provenance.credits) == (
        "It rains.",
        {"synopsis": "Source: B"},
    )
    uncredited = UMI.model_copy(update={"description_credit": None})
    [umi] = merge_characters(ENTRY, {ANILIST: [uncredited], KITSU: [UMI]}, claimants())
    assert umi.provenance is not None
    assert umi.provenance.credits == {}


def test_what_a_licence_ends_takes_spoiler_and_credit_with_it() -> None:
    described = DESCRIBED
    made = record(described, characters={JIKAN: [Character(name="Umi", role="Main")], ANILIST: [UMI]})
    left = shown(made, LATER)
    assert (left.entry.synopsis_spoilers, left.characters[0].description_spoilers) == (None, None)
    assert left.characters[0].provenance is not None
    assert left.characters[0].provenance.credits == {}
    stored = without_expired(made, LATER).record
    assert stored is not None
    assert HIDDEN not in stored.model_dump_json()
    assert "Source: ANN" not in stored.model_dump_json()


def test_earlier_claims_have_them_too() -> None:
    made = record(DESCRIBED, episodes={ANIDB: [FIRST]}, characters={ANILIST: [UMI]})
    earlier = earlier_claims(made, ANILIST)
    assert earlier is not None
    assert earlier.metadata.synopsis_spoilers == HIDDEN
    assert earlier.characters == [UMI]


def test_characters_joined_by_their_portraits_keep_the_credit_of_the_text_that_stays() -> None:
    shape = {"one": "f0f0f0f0f0f0f0f0", "two": "f0f0f0f0f0f0f0f1"}
    urls = {name: f"https://x.example/{name}" for name in shape}
    bare = Character(name="The Girl", role="Main", image_url=urls["one"])
    told = UMI.model_copy(update={"image_url": urls["two"]})
    merged = merge_characters(ENTRY, {ANILIST: [bare], KITSU: [told]}, claimants())
    [joined] = merge_by_phash(merged, {urls[name]: one for name, one in shape.items()})
    assert joined.provenance is not None
    assert (joined.description_spoilers, joined.provenance.credits) == (
        HIDDEN,
        {"description": "Source: ANN"},
    )
