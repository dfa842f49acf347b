# SPDX-License-Identifier: Apache-2.0
"""AniList's words about a work in ours, function by function."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert, relations, vocabulary
from otakube.adapters.providers.anilist.answers import (
    Connections,
    FuzzyDate,
    MediaTitle,
    Recommendations,
)
from otakube.domain.record.golden import ImageKind, Quarter, Season, SourceMaterial
from otakube.errors import SourceError
from otakube_standins.upstream.anilist.routes import schema
from unit.otakube.adapters.providers.anilist_media import media, raw


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({}, "source_url", "https://anilist.co/anime/7"),
        ({"idMal": 9}, "same_as", ["https://myanimelist.net/anime/9"]),
        ({"idMal": None}, "same_as", []),
        ({"title": {"romaji": "A", "english": " B ", "native": "あ"}}, "title_english", "B"),
        ({"title": {"romaji": "A", "native": "あ"}}, "title_japanese", "あ"),
        ({"synonyms": ["X", None, "X", ""]}, "synonyms", ["X"]),
        ({"format": "TV_SHORT"}, "type", "TV"),
        ({"format": None}, "type", "Unknown"),
        ({"status": "HIATUS"}, "status", "Hiatus"),
        ({"episodes": 12}, "episode_count", 12),
        ({"duration": 24}, "duration_seconds", 1440),
        ({"duration": None}, "duration_seconds", None),
        ({"startDate": {"year": 2024, "month": 4, "day": 1}}, "aired_from", date(2024, 4, 1)),
        ({"endDate": {"year": None, "month": None, "day": None}}, "aired_to", None),
        ({"description": "One<br>two &amp; three"}, "synopsis", "One\ntwo & three"),
        ({"genres": ["Drama", None]}, "genres", ["Drama"]),
        ({"tags": [{"name": "Ships"}, None]}, "tags", ["Ships"]),
        ({"tags": [{"name": "All Die", "isMediaSpoiler": True}, {"name": "Ships"}]}, "tags", ["Ships"]),
        (
            {
                "tags": [
                    {"name": "All Die", "isMediaSpoiler": True},
                    {"name": "Twin", "isGeneralSpoiler": True},
                ]
            },
            "spoiler_tags",
            ["All Die", "Twin"],
        ),
        ({"isAdult": True}, "age_rating", "R18+"),
        ({"isAdult": False}, "age_rating", None),
        ({"source": "VIDEO_GAME"}, "source_material", SourceMaterial.GAME),
        ({"source": None}, "source_material", None),
    ],
)
def test_metadata_says_each_field(said: dict[str, Any], field: str, value: object) -> None:
    assert getattr(convert.metadata(raw(**said)), field) == value


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"format": "HOLOGRAM"}, "format is 'HOLOGRAM', expected one of TV"),
        ({"format": "MANGA"}, "format is 'MANGA'"),
        ({"source": "DREAM"}, "source is 'DREAM'"),
        ({"season": "MONSOON", "seasonYear": 2024}, "season is 'MONSOON'"),
        ({"title": {"romaji": " "}}, "title is ' ', expected a title"),
        ({"duration": -3}, "duration_seconds is -180"),
        ({"episodes": "12"}, "episodes is '12'"),
        ({"tags": [{"name": 5}]}, "name is 5"),
    ],
)
def test_what_cannot_be_read_is_named(said: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SourceError) as caught:
        convert.metadata(raw(**said))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("enum", "vocabulary", "foreign"),
    [
        ("MediaFormat", vocabulary.TYPES, {"MANGA", "NOVEL", "ONE_SHOT"}),
        ("MediaStatus", vocabulary.STATUSES, set()),
        ("MediaSource", vocabulary.SOURCES, set()),
        ("MediaSeason", vocabulary.QUARTERS, set()),
        ("MediaRelation", vocabulary.RELATIONS, set()),
        ("CharacterRole", vocabulary.ROLES, set()),
        ("MediaType", vocabulary.SITES, set()),
        ("ExternalLinkType", vocabulary.STREAMS, set()),
        ("MediaRankType", vocabulary.RANKED_BY, set()),
    ],
)
def test_a_vocabulary_holds_all_words_of_anilists_schema(
    enum: str, vocabulary: dict[str | None, object], foreign: set[str]
) -> None:
    known = set(schema().type_map[enum].values)  # type: ignore[attr-defined]  # an enum of the schema
    assert set(vocabulary) - {None} == known - foreign


def airing(**at: int) -> dict[str, Any]:
    return {"nodes": [{"episode": int(name[1:]), "airingAt": time} for name, time in at.items()] + [None]}


def test_episodes_join_streamed_names_with_air_times_of_all_pages() -> None:
    streamed = [{"title": "Episode 2 - Rain", "thumbnail": "https://img.example/2.jpg"}, None]
    found = convert.episodes(
        raw({"airingSchedule": airing(e3=2000)}, airingSchedule=airing(e1=1000), streamingEpisodes=streamed)
    )
    assert [(one.number, one.title, one.aired) for one in found] == [
        (1, None, datetime(1970, 1, 1, 0, 16, 40, tzinfo=UTC)),
        (2, "Rain", None),
        (3, None, datetime(1970, 1, 1, 0, 33, 20, tzinfo=UTC)),
    ]
    assert found[1].image_url == "https://img.example/2.jpg"


def test_the_announced_next_episode_is_believed_before_the_schedule() -> None:
    said = raw(airingSchedule=airing(e1=1000), nextAiringEpisode={"episode": 1, "airingAt": 1600})
    assert [one.aired for one in convert.episodes(said)] == [datetime(1970, 1, 1, 0, 26, 40, tzinfo=UTC)]


@pytest.mark.parametrize("at", [2**70, -(2**70), 10**15])
def test_a_time_that_no_clock_shows_is_refused(at: int) -> None:
    with pytest.raises(SourceError, match="airingAt is"):
        convert.episodes(raw(airingSchedule=airing(e1=at)))


@pytest.mark.parametrize(
    ("said", "number", "title"),
    [
        ("Episode 7 - The Green Seat", 7, "The Green Seat"),
        ("Episode 7", 7, None),
        ("Episode 0 - Prologue", 0, "Prologue"),
        ("Episode 12 - 3 - 2 - 1", 12, "3 - 2 - 1"),
        ("Episode 1 -  ", 1, None),
        ("Ep. 7 - The Green Seat", 7, "The Green Seat"),
        ("Episode 7: The Green Seat", 7, "The Green Seat"),
        ("Episode 7 \u2013 The Green Seat", 7, "The Green Seat"),
        ("S2 E7 - The Green Seat", 7, "The Green Seat"),
        ("Season 2 Episode 7 - The Green Seat", 7, "The Green Seat"),
        ("E7", 7, None),
        ("Trailer", None, None),
        ("Extra 7", None, None),
        ("Encore 7 - x", None, None),
        ("Episode 1.5 - Recap", None, None),
        ("Episode 12345 - Far", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_streaming_pages_name_may_number_an_episode(
    said: str | None, number: int | None, title: str | None
) -> None:
    assert (convert.streamed_number(said), convert.streamed_title(said)) == (number, title)


@pytest.mark.parametrize(
    ("quarter", "year", "found"),
    [
        ("WINTER", 2024, Season(year=2024, quarter=Quarter.WINTER)),
        ("FALL", 1999, Season(year=1999, quarter=Quarter.FALL)),
        (None, 2024, None),
        ("FALL", None, None),
        (None, None, None),
    ],
)
def test_a_season_needs_both_halves(quarter: str | None, year: int | None, found: Season | None) -> None:
    assert convert.season(media(season=quarter, seasonYear=year)) == found


@pytest.mark.parametrize(
    ("year", "month", "of", "found"),
    [
        (2024, 2, 29, date(2024, 2, 29)),
        (None, 2, 3, None),
        (202, 2, 3, None),
        (0, 1, 1, None),
    ],
)
def test_a_day_is_known_from_its_year_on(
    year: int | None, month: int | None, of: int | None, found: date | None
) -> None:
    assert convert.day("startDate", FuzzyDate(year=year, month=month, day=of)) == (found, None)
    assert convert.day("startDate", None) == (None, None)


def test_a_studio_made_it_and_a_producer_did_not() -> None:
    edges = [
        {"isMain": True, "node": {"name": "Yamabiko"}},
        {"isMain": False, "node": {"name": "Aozora Pictures"}},
        {"isMain": True, "node": None},
        None,
    ]
    assert convert.studios(media(studios={"edges": edges})) == ["Yamabiko"]
    assert convert.studios(media(studios=None)) == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"coverImage": {"extraLarge": "https://a.example/x", "large": "https://a.example/l"}}, ["x"]),
        ({"coverImage": {"extraLarge": None, "large": "https://a.example/l"}}, ["l"]),
        ({"coverImage": None, "bannerImage": "https://a.example/b"}, ["b"]),
        ({"coverImage": {"large": "javascript:alert(1)"}, "bannerImage": "file:///etc/passwd"}, []),
    ],
)
def test_images_are_the_largest_that_lie_on_the_web(said: dict[str, Any], found: list[str]) -> None:
    assert [one.url[-1] for one in convert.images(media(**said))] == found


def test_a_banner_is_no_poster() -> None:
    said = media(coverImage={"large": "https://a.example/l"}, bannerImage="https://a.example/b")
    assert [one.kind for one in convert.images(said)] == [ImageKind.POSTER, ImageKind.BANNER]


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ({"averageScore": 83, "meanScore": 85}, 8.3),
        ({"averageScore": None, "meanScore": 85}, 8.5),
        ({"averageScore": None, "meanScore": None}, None),
    ],
)
def test_the_weighted_score_stands_before_the_mean(said: dict[str, Any], score: float | None) -> None:
    assert convert.statistics(raw(**said)).score == score


def test_statistics_count_what_anilist_counts() -> None:
    found = convert.statistics(raw(popularity=500, favourites=20))
    assert (found.members, found.favourites, found.scored_by, found.reviews) == (500, 20, None, None)


@pytest.mark.parametrize(
    ("columns", "count"),
    [([{"score": 10, "amount": 2}, {"amount": 3}, None, {"amount": None}], 5), ([], None), (None, None)],
)
def test_scores_are_counted_from_their_distribution(columns: Any, count: int | None) -> None:
    assert convert.scored_by(media(stats={"scoreDistribution": columns})) == count
    assert convert.scored_by(media(stats=None)) is None


RANKINGS = [
    {"rank": 3, "type": "RATED", "allTime": False},
    {"rank": 40, "type": "RATED", "allTime": True},
    {"rank": 7, "type": "POPULAR", "allTime": True},
    None,
]


@pytest.mark.parametrize(
    ("by", "rankings", "place"),
    [("score", RANKINGS, 40), ("members", RANKINGS, 7), ("score", None, None), ("members", [None], None)],
)
def test_a_place_is_among_all_anime_of_all_time(by: str, rankings: Any, place: int | None) -> None:
    assert convert.rank(media(rankings=rankings), by) == place


def test_an_unknown_ranking_is_named() -> None:
    with pytest.raises(SourceError, match=r"rankings.type is 'LOVED'"):
        convert.statistics(raw(rankings=[{"rank": 1, "type": "LOVED", "allTime": True}]))


def connections(reviews: Any) -> Connections:
    return read(Connections, {"reviews": reviews})


WHOLE = connections({"pageInfo": {"hasNextPage": False}, "nodes": [{"id": 1}, None, {"id": 2}]})
FIRST = connections({"pageInfo": {"hasNextPage": True}, "nodes": [{"id": n} for n in range(25)]})
EMPTY = connections({"pageInfo": {"hasNextPage": False}, "nodes": []})
NOT_ASKED = connections(None)


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ([WHOLE], 2),
        ([FIRST, WHOLE], 27),
        ([FIRST], None),
        ([EMPTY], 0),
        ([NOT_ASKED], None),
        ([NOT_ASKED, NOT_ASKED], None),
        ([WHOLE, NOT_ASKED], 2),
    ],
)
def test_reviews_are_counted_to_their_last_page_or_not_at_all(
    pages: list[Connections], count: int | None
) -> None:
    assert convert.reviews(pages) == count


@pytest.mark.parametrize(
    ("ratings", "more", "unfinished"),
    [
        ([9, 2], True, True),
        ([9, 0], True, False),
        ([9, -4], True, False),
        ([9, 2], False, False),
        ([], True, False),
    ],
)
def test_recommendations_are_read_until_nobody_agrees(
    ratings: list[int], more: bool, unfinished: bool
) -> None:
    said = {"pageInfo": {"hasNextPage": more}, "nodes": [{"rating": one} for one in ratings]}
    assert read(Recommendations, said).unfinished is unfinished


def test_a_part_that_was_cut_short_is_not_read_at_all() -> None:
    edges = {"edges": [{"role": "MAIN", "node": {"name": {"full": "Aoi"}}}]}
    people_of = [
        len(convert.characters(raw({"characters": edges}, missing=missing, characters=edges)))
        for missing in ((), ("characters",), ("staff",))
    ]
    assert people_of == [2, 0, 2]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"romaji": "A", "userPreferred": "B"}, "A"),
        ({"romaji": " ", "userPreferred": "B"}, "B"),
        ({"english": "<b>C</b>"}, "C"),
        ({"native": "空"}, "空"),
    ],
)
def test_a_title_is_romaji_before_all_others(names: dict[str, str], found: str) -> None:
    assert relations.title("title", MediaTitle(**names)) == found
