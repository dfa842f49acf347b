# SPDX-License-Identifier: Apache-2.0
"""MyAnimeList's converters, function by function, and against answers that somebody has tampered with."""

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.jikan import vocabulary as jikan_words
from otakube.adapters.providers.myanimelist import batches, convert, vocabulary
from otakube.adapters.providers.myanimelist.answers import (
    MyAnimeListAnime,
    MyAnimeListListAnswer,
    MyAnimeListRecommended,
    Related,
)
from otakube.domain.record.golden import Broadcast, Quarter, Season, SourceMaterial
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from otakube_api.contract import AnimeType, Provider
from unit.otakube.adapters.providers.answers import PARTS, long_runner
from unit.otakube.adapters.providers.mutations import mutations

BARE = {"id": 1, "title": "Bare", "media_type": "unknown", "status": "not_yet_aired"}


def anime(**said: Any) -> MyAnimeListAnime:
    return read(MyAnimeListAnime, BARE | said)


def record(**said: Any) -> RawRecord:
    raw = long_runner(Provider.MYANIMELIST)
    body = {"body": BARE | said}
    return raw.model_copy(update={"answers": {"anime": raw.answers["anime"].model_copy(update=body)}})


def test_an_anime_of_which_nothing_is_known_yet_is_read() -> None:
    found = convert.describe(anime())
    assert (found.title, found.type, found.source_url) == (
        "Bare",
        AnimeType.UNKNOWN,
        "https://myanimelist.net/anime/1",
    )
    assert (found.episode_count, found.duration_seconds, found.season, found.images) == (None, None, None, [])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2017-10-23", date(2017, 10, 23)),
        ("0202-02-03", None),
        (None, None),
    ],
)
def test_a_whole_date_is_a_day(said: str | None, expected: date | None) -> None:
    assert convert.day("start_date", said) == (expected, None)


@pytest.mark.parametrize("said", ["soon", "17-10-23", "２０１７", "2017-10-23x", "2017--10"])
def test_what_is_no_date_is_named(said: str) -> None:
    with pytest.raises(SourceError, match="end_date is"):
        convert.day("end_date", said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"day_of_the_week": "friday", "start_time": "25:30"}, ("01:30", 6)),
        ({"day_of_the_week": "saturday", "start_time": "01:30"}, ("01:30", 6)),
        ({"day_of_the_week": "sunday", "start_time": "24:00"}, ("00:00", 1)),
        ({"day_of_the_week": "sunday"}, None),
        ({"day_of_the_week": "other", "start_time": "12:00"}, None),
        (None, None),
    ],
)
def test_a_slot_stands_on_the_common_clock(
    said: dict[str, Any] | None, expected: tuple[str, int] | None
) -> None:
    slot = Broadcast(time=expected[0], weekday=expected[1], timezone="Asia/Tokyo") if expected else None
    assert convert.broadcast(anime(broadcast=said)) == slot


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"day_of_the_week": "someday"}, r"broadcast\.day_of_the_week is 'someday'"),
        ({"day_of_the_week": "sunday", "start_time": "30:00"}, r"broadcast\.start_time is '30:00'"),
        ({"day_of_the_week": "sunday", "start_time": "noon"}, r"broadcast\.start_time is 'noon'"),
    ],
)
def test_a_slot_that_cannot_be_is_named(said: dict[str, Any], field: str) -> None:
    with pytest.raises(SourceError, match=field):
        convert.broadcast(anime(broadcast=said))


@pytest.mark.parametrize(
    ("said", "expected"),
    [({"year": 2005, "season": "fall"}, Season(year=2005, quarter=Quarter.FALL)), (None, None)],
)
def test_a_season_is_that_of_the_first_broadcast(said: Any, expected: Season | None) -> None:
    assert convert.season(anime(start_season=said)) == expected


@pytest.mark.parametrize(
    ("field", "said", "read_as", "expected"),
    [
        ("num_episodes", 0, "episode_count", None),
        ("num_episodes", 26, "episode_count", 26),
        ("average_episode_duration", 0, "duration_seconds", None),
        ("average_episode_duration", 1440, "duration_seconds", 1440),
        ("alternative_titles", {"en": "", "ja": "裸", "synonyms": ["B", "B", ""]}, "synonyms", ["B"]),
        ("alternative_titles", {"en": "", "ja": "裸"}, "title_english", None),
        ("alternative_titles", {"en": "", "ja": "裸"}, "title_japanese", "裸"),
        ("rating", "r+", "age_rating", "R+ - Mild Nudity"),
        ("source", "4_koma_manga", "source_material", SourceMaterial.MANGA),
        ("source", "web_manga", "source_material", SourceMaterial.MANGA),
        ("source", "mixed_media", "source_material", SourceMaterial.MIXED_MEDIA),
        ("media_type", "tv_special", "type", AnimeType.SPECIAL),
        ("media_type", "pv", "type", AnimeType.SPECIAL),
        ("synopsis", "", "synopsis", None),
        ("studios", [{"id": 1, "name": "A"}, {"id": 1, "name": "A"}], "studios", ["A"]),
        ("genres", [{"name": "Drama"}, {"name": "Seinen"}], "genres", ["Drama"]),
        ("genres", [{"name": "Drama"}, {"name": "Seinen"}], "tags", ["Seinen"]),
    ],
)
def test_a_field_is_read(field: str, said: object, read_as: str, expected: object) -> None:
    assert getattr(convert.describe(anime(**{field: said})), read_as) == expected


def test_every_word_of_every_vocabulary_has_a_reading() -> None:
    for field, words in {
        "media_type": vocabulary.TYPES,
        "status": vocabulary.STATUSES,
        "source": vocabulary.SOURCES,
        "rating": vocabulary.RATINGS,
    }.items():
        for word in words:
            convert.describe(anime(**{field: word}))
    for word in vocabulary.WEEKDAYS:
        convert.broadcast(anime(broadcast={"day_of_the_week": word, "start_time": "10:00"}))
    for word, kind in vocabulary.RELATIONS.items():
        row = read(Related, {"node": {"id": 2, "title": "Other"}, "relation_type": word})
        found = convert.related("anime", row)
        assert found is not None
        assert found.kind == kind


@pytest.mark.parametrize("table", ["TYPES", "STATUSES", "SOURCES", "RELATIONS"])
def test_both_ways_to_the_site_have_the_same_words(table: str) -> None:
    theirs, ours = getattr(jikan_words, table), getattr(vocabulary, table)
    spoken = {
        str(word).lower().replace(" ", "_").replace("-", "_"): read_as for word, read_as in theirs.items()
    }
    assert {str(word).lower(): read_as for word, read_as in ours.items()}.items() <= spoken.items()


def test_pictures_come_once_as_large_as_they_are() -> None:
    said = anime(
        main_picture={"medium": "https://x/m", "large": "https://x/l"},
        pictures=[{"large": "https://x/l"}, {"medium": "https://x/2"}, {"large": "javascript:x"}, {}],
    )
    assert [one.url for one in convert.images(said)] == ["https://x/l", "https://x/2"]
    many = anime(pictures=[{"large": f"https://x/{n}"} for n in range(30)])
    assert len(convert.images(many)) == 10


def test_related_works_lead_to_the_pages_of_anime_and_manga() -> None:
    row = {"node": {"id": 2, "title": "Second"}, "relation_type": "adaptation"}
    hidden = {"node": {"id": 3, "title": " "}, "relation_type": "other"}
    found = convert.relationships(record(related_anime=[row, hidden], related_manga=[row]))
    assert [one.source_urls for one in found.relations] == [
        ["https://myanimelist.net/anime/2"],
        ["https://myanimelist.net/manga/2"],
    ]
    assert (found.external_links, found.streaming) == ([], [])


def test_a_relation_of_another_kind_is_named() -> None:
    row = read(Related, {"node": {"id": 2, "title": "Second"}, "relation_type": "rival"})
    with pytest.raises(SourceError, match=r"related_manga\.relation_type is 'rival'"):
        convert.related("manga", row)


def test_a_recommendation_carries_its_votes() -> None:
    row = {"node": {"id": 5, "title": "Like It"}, "num_recommendations": 12}
    found = convert.recommended(read(MyAnimeListRecommended, row))
    assert found is not None
    assert (found.title, found.votes, found.source_urls) == (
        "Like It",
        12,
        ["https://myanimelist.net/anime/5"],
    )
    assert convert.recommended(read(MyAnimeListRecommended, {"node": {"id": 5, "title": "\u200b"}})) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (None, None, None, None)),
        ({"mean": 8.67, "rank": 59, "num_list_users": 7}, (8.67, 59, None, 7)),
        ({"mean": 8, "popularity": 0, "statistics": {"num_list_users": 9}}, (8.0, None, None, 9)),
        ({"num_list_users": 0, "statistics": {"num_list_users": 9}}, (None, None, None, 0)),
    ],
)
def test_what_is_counted(said: dict[str, Any], expected: tuple[object, ...]) -> None:
    found = convert.statistics(record(**said))
    assert (found.score, found.rank, found.popularity, found.members) == expected


def test_a_title_without_a_visible_character_is_named() -> None:
    with pytest.raises(SourceError, match="title is '\\\\u200b'"):
        convert.title(anime(title="\u200b"))


def test_what_it_does_not_have_is_empty() -> None:
    assert convert.episodes(record()) == convert.characters(record()) == convert.staff(record()) == []


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_however_an_answer_is_changed_it_is_read_or_refused(data: st.DataObject) -> None:
    raw = long_runner(Provider.MYANIMELIST)
    wrong = raw.answers["anime"].model_copy(update={"body": data.draw(mutations(raw.answers["anime"].body))})
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw.model_copy(update={"answers": {"anime": wrong}}))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_however_a_list_is_changed_its_rows_are_read_or_refused(data: st.DataObject) -> None:
    true = long_runner(Provider.MYANIMELIST).answers["anime"].body
    rows = [{"node": true}, {"node": true | {"id": 2}, "ranking": {"rank": 2}}]
    body = data.draw(mutations({"data": rows, "paging": {"next": "https://x/"}}))
    with contextlib.suppress(SourceError):  # a refusal; any other error fails
        for row in read(MyAnimeListListAnswer, body).data:
            batches.described(row.node)
    with contextlib.suppress(SourceError):  # a refusal; any other error fails
        found = batches.wanted([row.node for row in read(MyAnimeListListAnswer, body).data], [2, true["id"]])
        assert set(found) <= {2, true["id"]}
