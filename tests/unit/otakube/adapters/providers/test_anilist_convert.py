# SPDX-License-Identifier: Apache-2.0
"""AniList's words about a work in ours, function by function."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert, relations, vocabulary
from otakube.adapters.providers.anilist.answers import (
    Connections,
    ExternalLink,
    FuzzyDate,
    MediaTitle,
    OtherMedia,
    Recommendations,
)
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink
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
        ({"endDate": {"year": 2024, "month": None, "day": None}}, "aired_to", None),
        ({"description": "One<br>two &amp; three"}, "synopsis", "One\ntwo & three"),
        ({"genres": ["Drama", None]}, "genres", ["Drama"]),
        ({"tags": [{"name": "Ships"}, None]}, "tags", ["Ships"]),
        ({"tags": [{"name": "All Die", "isMediaSpoiler": True}, {"name": "Ships"}]}, "tags", ["Ships"]),
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
        ({"status": None}, "status is None"),
        ({"source": "DREAM"}, "source is 'DREAM'"),
        ({"season": "MONSOON", "seasonYear": 2024}, "season is 'MONSOON'"),
        ({"title": {"romaji": " "}}, "title is ' ', expected a title"),
        ({"duration": -3}, "duration_seconds is -180"),
        ({"episodes": "12"}, "episodes is '12'"),
        ({"startDate": {"year": 2024, "month": 13, "day": 1}}, "startDate is '2024-13-1'"),
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
        ("Trailer", None, None),
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
        (2024, 2, None, None),
        (2024, None, 3, None),
        (None, 2, 3, None),
        (202, 2, 3, None),
        (0, 1, 1, None),
    ],
)
def test_a_day_is_whole_or_unknown(
    year: int | None, month: int | None, of: int | None, found: date | None
) -> None:
    assert convert.day("startDate", FuzzyDate(year=year, month=month, day=of)) == found
    assert convert.day("startDate", None) is None


@pytest.mark.parametrize(("month", "of"), [(2, 30), (13, 1), (2**70, 1)])
def test_a_day_that_does_not_exist_is_refused(month: int, of: int) -> None:
    with pytest.raises(SourceError, match="startDate is '2023-"):
        convert.day("startDate", FuzzyDate(year=2023, month=month, day=of))


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


OTHER: dict[str, Any] = {"id": 5, "type": "ANIME", "title": {"romaji": "Sora"}}


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


def test_a_relation_leads_to_a_page() -> None:
    found = relations.relation("PARENT", read(OtherMedia, OTHER | {"type": "MANGA"}))
    assert found == ClaimedRelation(
        kind="ParentStory", title="Sora", source_urls=["https://anilist.co/manga/5"]
    )


@pytest.mark.parametrize(
    ("kind", "other", "complaint"),
    [
        ("COUSIN", OTHER, "relationType is 'COUSIN'"),
        (None, OTHER, "relationType is None"),
        ("SEQUEL", OTHER | {"type": "OPERA"}, "type is 'OPERA'"),
        ("SEQUEL", OTHER | {"title": {}}, "title is None"),
    ],
)
def test_an_unknown_relation_is_named(kind: str | None, other: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        relations.relation(kind, read(OtherMedia, other))


def test_an_edge_to_nowhere_is_no_relation() -> None:
    edges = [{"relationType": "SEQUEL", "node": None}, None, {"relationType": "SEQUEL", "node": OTHER}]
    assert len(convert.relationships(raw(relations={"edges": edges})).relations) == 1


SORA = ClaimedRecommendation(title="Sora", source_urls=["https://anilist.co/anime/5"], votes=9)


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ({"rating": 9, "mediaRecommendation": OTHER}, [SORA]),
        ({"rating": 0, "mediaRecommendation": OTHER}, [SORA.model_copy(update={"votes": 0})]),
        ({"rating": None, "mediaRecommendation": OTHER}, [SORA.model_copy(update={"votes": 0})]),
        ({"rating": -1, "mediaRecommendation": OTHER}, []),
        ({"rating": 9, "mediaRecommendation": None}, []),
        (None, []),
    ],
)
def test_a_recommendation_has_votes_for_it(node: Any, found: list[ClaimedRecommendation]) -> None:
    assert convert.relationships(raw(recommendations={"nodes": [node]})).recommendations == found


def test_recommendations_come_from_all_pages() -> None:
    page = {"recommendations": {"nodes": [{"rating": 9, "mediaRecommendation": OTHER}]}}
    assert len(convert.relationships(raw(page, page, **page)).recommendations) == 3


def link(**said: Any) -> dict[str, Any]:
    return {"url": "https://a.example/", "site": "A", "type": "INFO"} | said


CRUNCHYROLL = link(url="https://cr.example/", site="Crunchyroll", type="STREAMING")


@pytest.mark.parametrize(
    ("links", "streams", "others"),
    [
        ([CRUNCHYROLL, link()], ["https://cr.example/"], ["https://a.example/"]),
        ([CRUNCHYROLL, CRUNCHYROLL, link(), link()], ["https://cr.example/"], ["https://a.example/"]),
        ([link(type="SOCIAL"), link(type=None, url="https://b.example/")], [], ["a", "b"]),
        ([CRUNCHYROLL | {"isDisabled": True}, link(isDisabled=True)], [], []),
        ([CRUNCHYROLL | {"url": None}, link(url="javascript:alert(1)"), None], [], []),
        (None, [], []),
    ],
)
def test_links_are_split_by_whether_one_can_watch_there(
    links: Any, streams: list[str], others: list[str]
) -> None:
    found = convert.relationships(raw(externalLinks=links))
    assert [one.url for one in found.streaming] == streams
    expected = [one if "://" in one else f"https://{one}.example/" for one in others]
    assert found.external_links == expected


def test_a_stream_names_its_site() -> None:
    found = relations.streaming(
        [ExternalLink(url="https://cr.example/", site=" Crunchyroll ", type="STREAMING")]
    )
    assert found == [ClaimedStreamingLink(site="Crunchyroll", url="https://cr.example/")]
    with pytest.raises(SourceError, match=r"externalLinks.site is None"):
        relations.streaming([ExternalLink(url="https://cr.example/", type="STREAMING")])


def test_an_unknown_kind_of_link_is_named() -> None:
    with pytest.raises(SourceError, match=r"externalLinks.type is 'TELEX'"):
        relations.external([ExternalLink(url="https://a.example/", type="TELEX")])
