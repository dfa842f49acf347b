# SPDX-License-Identifier: Apache-2.0
"""Jikan's converters, function by function, and against answers that somebody has tampered with."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.jikan import batches, convert, people, relations
from otakube.adapters.providers.jikan.answers import (
    CharacterRow,
    EpisodeRow,
    JikanAnime,
    JikanListAnswer,
    JikanPicture,
    JikanVoice,
    RecommendationRow,
    RelatedGroup,
    StaffRow,
)
from otakube.adapters.providers.jikan.answers import JikanLink as LinkRow
from otakube.adapters.providers.jikan.vocabulary import RELATIONS, SOURCES, STATUSES, TYPES, WEEKDAYS
from otakube.domain.record.claims import ClaimedStreamingLink, Staff
from otakube.domain.record.golden import Broadcast, Quarter, Season, SourceMaterial, VoiceActor
from otakube.errors import SourceError
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.answers import PARTS, long_runner
from unit.otakube.adapters.providers.mutations import mutations

BARE = {"mal_id": 1, "url": "https://myanimelist.net/anime/1", "title": "Bare", "status": "Not yet aired"}
SATURDAY_LATE = Broadcast(weekday=6, time="01:30", timezone="Asia/Tokyo")


def anime(**said: Any) -> JikanAnime:
    return read(JikanAnime, BARE | said)


def test_an_anime_of_which_nothing_is_known_yet_is_read() -> None:
    nothing = dict.fromkeys(
        ("type", "source", "episodes", "duration", "rating", "score", "rank", "synopsis", "season", "year")
    )
    slot = {"aired": {"from": None, "to": None}, "broadcast": {"day": None, "time": None, "timezone": None}}
    assert convert.describe(anime(**nothing, **slot)) == convert.describe(anime())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("24 min per ep", 1440),
        ("1 hr 35 min", 5700),
        ("2 hr", 7200),
        ("2 hr per ep", 7200),
        ("30 sec per ep", 30),
        ("1 min 15 sec", 75),
        ("Unknown", None),
        (None, None),
    ],
)
def test_a_duration_is_in_seconds(said: str | None, expected: int | None) -> None:
    assert convert.duration(said) == expected


@pytest.mark.parametrize("said", ["soon", "min", " per ep", "24 moments", "-1 min", "24"])
def test_a_duration_of_another_form_is_named(said: str) -> None:
    with pytest.raises(SourceError, match="duration is"):
        convert.duration(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2005-10-23T00:00:00+00:00", date(2005, 10, 23)),
        ("2005-10-23T00:00:00+09:00", date(2005, 10, 23)),
        ("0202-10-23T00:00:00+00:00", None),
        (None, None),
    ],
)
def test_a_midnight_of_any_zone_is_a_day_in_japan(said: str | None, expected: date | None) -> None:
    assert convert.day("aired.from", said) == expected


@pytest.mark.parametrize("said", ["2005-10-23", "2005", ""])
def test_what_is_no_day_is_named(said: str) -> None:
    with pytest.raises(SourceError, match=r"aired\.to is"):
        convert.day("aired.to", said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"season": "fall", "year": 2005}, Season(year=2005, quarter=Quarter.FALL)),
        ({"season": "winter", "year": None}, None),
        ({"season": None, "year": 2005}, None),
        ({}, None),
    ],
)
def test_a_season_needs_its_year(said: dict[str, Any], expected: Season | None) -> None:
    assert convert.season(anime(**said)) == expected


@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("Saturdays", "01:30", SATURDAY_LATE),
        ("Fridays", "25:30", SATURDAY_LATE),
        ("Sundays", "23:00", Broadcast(weekday=7, time="23:00", timezone="Asia/Tokyo")),
        ("Sundays", None, None),
        ("Not scheduled once per week", None, None),
        ("Other", "10:00", None),
        ("Unknown", None, None),
        (None, "10:00", None),
    ],
)
def test_a_slot_stands_on_the_common_clock(
    day: str | None, time: str | None, expected: Broadcast | None
) -> None:
    slot = {"day": day, "time": time, "timezone": "Asia/Tokyo" if time else None}
    assert convert.broadcast(anime(broadcast=slot)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("4-koma manga", SourceMaterial.MANGA),
        ("Web manga", SourceMaterial.MANGA),
        ("Light novel", SourceMaterial.LIGHT_NOVEL),
        ("Web novel", SourceMaterial.WEB_NOVEL),
        ("Mixed media", SourceMaterial.MIXED_MEDIA),
        ("Unknown", None),
        (None, None),
    ],
)
def test_the_source_is_one_of_our_words(said: str | None, expected: SourceMaterial | None) -> None:
    assert convert.describe(anime(source=said)).source_material is expected


def test_every_word_of_every_vocabulary_has_a_reading() -> None:
    for word in TYPES:
        convert.describe(anime(type=word))
    for word in STATUSES:
        convert.describe(anime(status=word))
    for word in SOURCES:
        convert.describe(anime(source=word))
    for word in WEEKDAYS:
        convert.broadcast(anime(broadcast={"day": word, "time": "10:00"}))
    entry = [{"mal_id": 2, "type": "anime", "name": "Other", "url": "x"}]
    for word in RELATIONS:
        assert relations.related(read(RelatedGroup, {"relation": word, "entry": entry}))[0].title == "Other"


def test_genres_are_apart_from_tags() -> None:
    lists = {
        "genres": [{"name": "Drama"}],
        "explicit_genres": [{"name": "Erotica"}, {"name": "Drama"}],
        "themes": [{"name": "Iyashikei"}],
        "demographics": [{"name": "Seinen"}],
    }
    found = convert.describe(anime(**lists))
    assert (found.genres, found.tags) == (["Drama", "Erotica"], ["Iyashikei", "Seinen"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([{"large_image_url": "https://x/l.jpg", "image_url": "https://x/s.jpg"}], ["https://x/l.jpg"]),
        ([{"large_image_url": None, "image_url": "https://x/s.jpg"}], ["https://x/s.jpg"]),
        ([{"image_url": "https://x/1"}, {"image_url": "https://x/1"}], ["https://x/1"]),
        ([{"image_url": None}, {"image_url": "file:///etc/passwd"}], []),
        ([{"image_url": f"https://x/{n}"} for n in range(30)], [f"https://x/{n}" for n in range(10)]),
    ],
)
def test_pictures_come_once_as_large_as_they_are(said: list[dict[str, Any]], expected: list[str]) -> None:
    found = convert.images([read(JikanPicture, one) for one in said])
    assert [image.url for image in found] == expected


def test_a_title_without_a_visible_character_is_named() -> None:
    with pytest.raises(SourceError, match="title is ' <b>'"):
        convert.title(anime(title=" <b>"))


def test_an_episode_starts_in_its_slot_and_keeps_its_titles() -> None:
    row = {
        "mal_id": 3,
        "title": "The Lamp",
        "title_japanese": "灯",
        "title_romanji": "Hi ",
        "aired": "2026-10-17T00:00:00+00:00",
        "recap": True,
    }
    found = convert.episode(read(EpisodeRow, row), SATURDAY_LATE)
    assert (found.number, found.title, found.title_japanese, found.title_romaji) == (
        3,
        "The Lamp",
        "灯",
        "Hi",
    )
    assert found.aired == datetime(2026, 10, 16, 16, 30, tzinfo=UTC)
    assert (found.recap, found.filler) == (True, False)
    assert convert.episode(read(EpisodeRow, row), None).aired == date(2026, 10, 17)
    assert convert.episode(read(EpisodeRow, {"mal_id": 1}), SATURDAY_LATE).aired is None


@pytest.mark.parametrize(("said", "expected"), [(0, None), (None, None), (59, 59)])
def test_a_rank_of_zero_is_none(said: int | None, expected: int | None) -> None:
    raw = long_runner(Provider.JIKAN)
    body = {"data": BARE | {"rank": said, "popularity": said, "score": said and 8.67}}
    found = convert.statistics(
        raw.model_copy(update={"answers": {"anime": raw.answers["anime"].model_copy(update={"body": body})}})
    )
    assert (found.rank, found.popularity) == (expected, expected)
    assert found.score == (8.67 if said else None)
    assert found.reviews is None


def test_relations_lead_to_the_pages_of_anime_and_manga() -> None:
    entry = [
        {"mal_id": 2, "type": "anime", "name": "Second", "url": "x"},
        {"mal_id": 3, "type": "manga", "name": "Third", "url": "x"},
        {"mal_id": 4, "type": "manga", "name": "\u200b", "url": "x"},
    ]
    found = relations.related(read(RelatedGroup, {"relation": "Side Story", "entry": entry}))
    assert [(one.kind, one.title, one.source_urls) for one in found] == [
        ("SideStory", "Second", ["https://myanimelist.net/anime/2"]),
        ("SideStory", "Third", ["https://myanimelist.net/manga/3"]),
    ]


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"relation": "Rival", "entry": []}, "relations.relation is 'Rival'"),
        (
            {"relation": "Other", "entry": [{"mal_id": 1, "type": "novel", "name": "N", "url": "x"}]},
            "relations.entry.type is 'novel'",
        ),
    ],
)
def test_a_relation_of_another_kind_is_named(group: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        relations.related(read(RelatedGroup, group))


def test_a_recommendation_carries_its_votes() -> None:
    row = {"entry": {"mal_id": 5, "title": "Like It"}, "votes": 12}
    found = relations.recommended(read(RecommendationRow, row))
    assert found is not None
    assert (found.title, found.votes, found.source_urls) == (
        "Like It",
        12,
        ["https://myanimelist.net/anime/5"],
    )
    assert relations.recommended(read(RecommendationRow, {"entry": {"mal_id": 5, "title": " "}})) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"name": "Crunchyroll", "url": "https://c.example/1"},
            ClaimedStreamingLink(site="Crunchyroll", url="https://c.example/1"),
        ),
        ({"name": None, "url": "https://c.example/1"}, None),
        ({"name": "Crunchyroll", "url": "javascript:x"}, None),
        ({"name": "Crunchyroll", "url": None}, None),
    ],
)
def test_a_stream_has_a_site_and_an_address(
    said: dict[str, Any], expected: ClaimedStreamingLink | None
) -> None:
    assert relations.streaming(read(LinkRow, said)) == expected


def test_a_stream_without_a_site_is_still_a_link() -> None:
    raw = long_runner(Provider.JIKAN)
    body = {
        "data": BARE
        | {"external": [{"name": "A", "url": "https://a/"}], "streaming": [{"url": "https://s/"}]}
    }
    found = convert.relationships(
        raw.model_copy(update={"answers": {"anime": raw.answers["anime"].model_copy(update={"body": body})}})
    )
    assert (found.external_links, found.streaming) == (["https://a/", "https://s/"], [])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Takamaki, Ann", "Ann Takamaki"),
        ("Umi", "Umi"),
        ("Family,", "Family,"),
        ("Van Dyne, Janet, Jr.", "Janet, Jr. Van Dyne"),
        (", Given", "Given"),
    ],
)
def test_names_have_the_given_name_first(said: str, expected: str) -> None:
    assert people.given_first(said) == expected


def test_a_character_has_a_role_a_picture_and_voices() -> None:
    row = {
        "role": "Supporting",
        "character": {"name": "Minato, Aoi", "images": {"jpg": {"image_url": "https://x/a.jpg"}}},
        "voice_actors": [
            {"person": {"name": "Shirogane, Haruka"}, "language": "Japanese"},
            {"person": {"name": " "}, "language": "French"},
        ],
    }
    found = people.character(read(CharacterRow, row))
    assert (found.name, found.role, found.image_url) == ("Aoi Minato", "Supporting", "https://x/a.jpg")
    assert found.voice_actors == [VoiceActor(name="Haruka Shirogane", language="Japanese")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "Cameo"}, "characters.role is 'Cameo'"),
        ({"character": {"name": ""}}, "character.name is ''"),
    ],
)
def test_a_character_that_cannot_be_read_is_named(change: dict[str, Any], said: str) -> None:
    row = {"role": "Main", "character": {"name": "Umi"}} | change
    with pytest.raises(SourceError, match=said):
        people.character(read(CharacterRow, row))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("https://cdn.myanimelist.net/images/characters/1/2.jpg",) * 2,
        ("https://cdn.myanimelist.net/images/questionmark_23.gif", None),
        ("data:image/png;base64,x", None),
        (None, None),
    ],
)
def test_a_question_mark_is_no_portrait(said: str | None, expected: str | None) -> None:
    assert people.portrait(said) == expected


def test_a_voice_without_a_name_is_none() -> None:
    assert people.voice(read(JikanVoice, {"person": {"name": "\u200b"}, "language": "Japanese"})) is None


@pytest.mark.parametrize(
    ("name", "positions", "expected"),
    [
        (
            "Yukimura, Kentaro",
            ["Director", "Storyboard", "Director"],
            Staff(name="Kentaro Yukimura", positions=["Director", "Storyboard"]),
        ),
        ("Mio", [], Staff(name="Mio")),
        (" ", ["Director"], None),
    ],
)
def test_a_person_of_the_staff_has_positions(name: str, positions: list[str], expected: Staff | None) -> None:
    assert people.staff(read(StaffRow, {"person": {"name": name}, "positions": positions})) == expected


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_however_an_answer_is_changed_it_is_read_or_refused(data: st.DataObject) -> None:
    raw = long_runner(Provider.JIKAN)
    name = data.draw(st.sampled_from(sorted(raw.answers)))
    wrong = raw.answers[name].model_copy(update={"body": data.draw(mutations(raw.answers[name].body))})
    record = raw.model_copy(update={"answers": raw.answers | {name: wrong}})
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(record)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_however_a_list_is_changed_its_rows_are_read_or_refused(data: st.DataObject) -> None:
    true = long_runner(Provider.JIKAN).answers["anime"].body["data"]
    rows = [true, true | {"mal_id": 2}]
    body = data.draw(mutations({"data": rows, "pagination": {"last_visible_page": 2}}))
    with contextlib.suppress(SourceError):  # a refusal; any other error fails
        for row in read(JikanListAnswer, body).data:
            batches.described(row)
    with contextlib.suppress(SourceError):  # a refusal; any other error fails
        found = batches.wanted(read(JikanListAnswer, body).data, [2, true["mal_id"]])
        assert set(found.described) <= {"2", str(true["mal_id"])}
