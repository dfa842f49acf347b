# SPDX-License-Identifier: Apache-2.0
"""Kitsu's words about a work in ours, function by function."""

from datetime import date
from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.kitsu import convert, people, relations
from otakube.adapters.providers.kitsu.answers import (
    AnimeAttributes,
    EpisodeAttributes,
    KitsuPictures,
    KitsuResource,
)
from otakube.adapters.providers.kitsu.numbering import numbered
from otakube.domain.record.golden import ImageKind, Quarter, Season
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from otakube_api.contract import SourceReason
from unit.otakube.adapters.providers.kitsu_resources import Json, anime, raw, resource


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({}, "source_url", "https://kitsu.app/anime/7"),
        ({"titles": {"en": " B ", "en_jp": "A"}}, "title", "A"),
        ({"titles": {"en": " B ", "en_jp": "A"}}, "title_english", "B"),
        ({"titles": {"en_us": "B"}}, "title_english", "B"),
        ({"titles": {"ja_jp": "あ"}}, "title_japanese", "あ"),
        ({"abbreviatedTitles": ["X", None, "Kasa no Eki"]}, "synonyms", ["X"]),
        ({"subtype": "movie"}, "type", "Movie"),
        ({"subtype": None}, "type", "Unknown"),
        ({"status": "tba"}, "status", "Upcoming"),
        ({"episodeCount": 12}, "episode_count", 12),
        ({"episodeLength": 24}, "duration_seconds", 1440),
        ({"episodeLength": 0}, "duration_seconds", None),
        ({"startDate": "2024-04-01"}, "aired_from", date(2024, 4, 1)),
        ({"endDate": None}, "aired_to", None),
        ({"synopsis": "One<br>two"}, "synopsis", "One\ntwo"),
        ({"ageRating": "PG", "ageRatingGuide": "Teens 13 or older"}, "age_rating", "PG - Teens 13 or older"),
        ({}, "source_material", None),
    ],
)
def test_metadata_says_each_field(said: Json, field: str, value: object) -> None:
    assert getattr(convert.metadata(raw(anime(**said))), field) == value


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"subtype": "hologram"}, "subtype is 'hologram', expected one of TV"),
        ({"status": "paused"}, "status is 'paused'"),
        ({"ageRating": "X"}, "ageRating is 'X'"),
        ({"canonicalTitle": " "}, "canonicalTitle is ' ', expected a title"),
        ({"episodeCount": -1}, "episode_count is -1"),
        ({"episodeCount": "12"}, "episodeCount is '12'"),
        ({"startDate": "soon"}, "startDate is 'soon', expected a day as YYYY-MM-DD"),
        ({"titles": ["x"]}, r"titles is ['x']"),
    ],
)
def test_what_cannot_be_read_is_named(said: Json, complaint: str) -> None:
    with pytest.raises(SourceError) as caught:
        convert.metadata(raw(anime(**said)))
    assert complaint in str(caught.value)


def test_an_empty_answer_means_not_known() -> None:
    with pytest.raises(SourceError) as caught:
        convert.metadata(raw({"data": []}))
    assert caught.value.reason is SourceReason.NOT_FOUND


@pytest.mark.parametrize("number", ["", "x", "../users/1", "1?", "١", "12345678901"])
def test_a_number_fits_into_an_address(number: str) -> None:
    with pytest.raises(SourceError, match=r"anime.id is"):
        relations.number_of(read(KitsuResource, resource("anime", number, {})))
    assert relations.number_of(read(KitsuResource, resource("anime", "42", {}))) == "42"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"titles": {"en_jp": "A"}, "canonicalTitle": "B"}, "A"),
        ({"titles": {"en_jp": None, "de": "C"}, "canonicalTitle": "B"}, "B"),
        ({"titles": {"de": "C"}}, "C"),
    ],
)
def test_a_title_is_romaji_before_all_others(said: Json, found: str) -> None:
    assert relations.title(read(AnimeAttributes, said)) == found


def mapping(site: str | None, number: str | None) -> Json:
    return resource("mappings", "1", {"externalSite": site, "externalId": number})


@pytest.mark.parametrize(
    ("site", "number", "found"),
    [
        ("myanimelist/anime", "9", ["https://myanimelist.net/anime/9"]),
        ("anilist/anime", "9", ["https://anilist.co/anime/9"]),
        ("anidb", "9", ["https://anidb.net/anime/9"]),
        ("myanimelist/manga", "9", []),
        ("thetvdb/series", "9", []),
        ("anidb", "x9", []),
        ("anidb", "", []),
        ("anidb", None, []),
        (None, "9", []),
    ],
)
def test_mappings_lead_to_the_providers_that_we_know(
    site: str | None, number: str | None, found: list[str]
) -> None:
    body = anime(mapping(site, number), related={"mappings": [("mappings", "1")]})
    assert convert.metadata(raw(body)).same_as == found


@pytest.mark.parametrize(
    ("subtype", "started", "found"),
    [
        ("TV", "2005-10-23", Season(year=2005, quarter=Quarter.FALL)),
        ("TV", "2005-03-31", Season(year=2005, quarter=Quarter.WINTER)),
        ("TV", "0202-02-03", None),
        ("TV", None, None),
        ("movie", "2005-10-23", None),
    ],
)
def test_a_season_follows_from_the_first_day_of_a_series(
    subtype: str, started: str | None, found: Season | None
) -> None:
    assert convert.metadata(raw(anime(subtype=subtype, startDate=started))).season == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("0202-02-03", None),
        ("2024", None),
        ("2023-02-30", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_whole_or_unknown(said: str | None, found: date | None) -> None:
    assert convert.day("startDate", said) == found


@pytest.mark.parametrize("said", ["tomorrow", "24-01-01", "2024-01-01x"])
def test_what_is_no_day_is_refused(said: str) -> None:
    with pytest.raises(SourceError, match="startDate is"):
        convert.day("startDate", said)


@pytest.mark.parametrize(
    ("said", "found"), [("82.31", 8.231), ("100", 10.0), ("0", 0.0), ("7.5", 0.75), (None, None)]
)
def test_a_rating_out_of_a_hundred_becomes_one_out_of_ten(said: str | None, found: float | None) -> None:
    assert convert.score(said) == found


@pytest.mark.parametrize("said", ["-1", "1e9", "nan", "82,3", "1000", " 8"])
def test_a_rating_that_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(SourceError, match="averageRating is"):
        convert.score(said)


@pytest.mark.parametrize(
    ("said", "found"),
    [({"2": "10", "20": "5", "3": None}, 15), ({"2": "0"}, 0), ({}, None), ({"2": None}, None), (None, None)],
)
def test_ratings_are_counted_from_their_frequencies(said: Any, found: int | None) -> None:
    assert convert.scored_by(read(AnimeAttributes, {"ratingFrequencies": said})) == found


@pytest.mark.parametrize("said", ["-1", "", "1.5", "many", "9" * 400, "٣"])
def test_a_frequency_that_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(SourceError, match="ratingFrequencies is"):
        convert.statistics(raw(anime(ratingFrequencies={"2": said})))


def test_statistics_count_what_kitsu_counts() -> None:
    said = {"ratingRank": 40, "popularityRank": 7, "userCount": 500, "favoritesCount": 20}
    found = convert.statistics(raw(anime(**said), reviews={"data": [], "meta": {"count": 3}}))
    assert (found.rank, found.popularity, found.members, found.favourites, found.reviews) == (
        40,
        7,
        500,
        20,
        3,
    )


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"reviews": {"data": [], "meta": {"count": 0}}}, 0),
        ({"reviews": {"data": [], "meta": {}}}, None),
        ({"reviews": {"data": []}}, None),
        ({}, None),
    ],
)
def test_reviews_are_counted_by_kitsu(parts: Json, found: int | None) -> None:
    assert convert.statistics(raw(**parts)).reviews == found


@pytest.mark.parametrize(
    ("rating", "guide", "found"),
    [
        ("R", "Violence", "R - Violence"),
        ("R18", None, "R18"),
        ("G", "", "G"),
        (None, "All Ages", "All Ages"),
        (None, None, None),
    ],
)
def test_an_age_rating_keeps_its_guide(rating: str | None, guide: str | None, found: str | None) -> None:
    said = read(AnimeAttributes, {"ageRating": rating, "ageRatingGuide": guide})
    assert convert.age_rating(said) == found


def production(role: str | None) -> RawRecord:
    return raw(
        anime(
            resource("animeProductions", "1", {"role": role}, producer=("producers", "2")),
            resource("producers", "2", {"name": "Yamabiko"}),
            related={"animeProductions": [("animeProductions", "1")]},
        )
    )


@pytest.mark.parametrize(
    ("role", "found"),
    [("studio", ["Yamabiko"]), ("producer", []), ("licensor", []), ("serialization", [])],
)
def test_a_studio_made_it_and_a_producer_did_not(role: str, found: list[str]) -> None:
    assert convert.metadata(production(role)).studios == found


def test_an_unknown_part_in_a_production_is_named() -> None:
    with pytest.raises(SourceError, match=r"animeProductions.role is 'caterer'"):
        convert.metadata(production("caterer"))


def test_genres_have_names_and_categories_have_titles() -> None:
    found = convert.metadata(
        raw(
            anime(
                resource("genres", "1", {"name": "Drama"}),
                resource("categories", "2", {"title": "Ships"}),
                resource("categories", "3", {"title": None}),
                related={
                    "genres": [("genres", "1")],
                    "categories": [("categories", "2"), ("categories", "3")],
                },
            )
        )
    )
    assert (found.genres, found.tags) == (["Drama"], ["Ships"])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"original": "https://a.example/o", "large": "https://a.example/l"}, "https://a.example/o"),
        ({"original": None, "large": "https://a.example/l"}, "https://a.example/l"),
        ({"original": "data:image/png,x"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_picture_is_the_largest_that_lies_on_the_web(said: Json | None, found: str | None) -> None:
    assert people.picture(None if said is None else read(KitsuPictures, said)) == found


def test_a_poster_is_no_banner() -> None:
    pictures = {
        "posterImage": {"original": "https://a.example/p"},
        "coverImage": {"large": "https://a.example/c"},
    }
    found = convert.images(read(AnimeAttributes, pictures))
    assert [(one.kind, one.url[-1]) for one in found] == [(ImageKind.POSTER, "p"), (ImageKind.BANNER, "c")]


def counted(*rows: tuple[int | None, int | None]) -> list[tuple[int, int | None]]:
    said = [EpisodeAttributes(number=number, relativeNumber=relative) for number, relative in rows]
    return [(number, absolute) for number, absolute, _ in numbered(said)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(1, 1), (2, 2)], [(1, None), (2, None)]),
        ([(1, None), (2, None)], [(1, None), (2, None)]),
        ([(26, 1), (27, 2)], [(1, 26), (2, 27)]),  # a later season
        ([(1, 1), (2, 2), (3, 1), (4, 2)], [(1, None), (2, None), (3, 3), (4, 4)]),  # two in one entry
        ([(26, 1), (27, None)], [(26, 26), (27, None)]),  # half edited
        ([(1, 13), (2, 14)], [(1, None), (2, None)]),  # a slip
        ([(1, 1), (3, 5), (5, 3)], [(1, None), (3, None), (5, 5)]),  # a slip that would double a number
        ([(None, 1), (2, 2)], [(2, None)]),  # an extra
        ([], []),
    ],
)
def test_episodes_are_counted_within_the_entry_and_from_the_first_season_on(
    rows: list[tuple[int | None, int | None]], found: list[tuple[int, int | None]]
) -> None:
    assert counted(*rows) == found


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"titles": {"en_us": "Rain", "en": "R"}}, "title", "Rain"),
        ({"titles": None, "canonicalTitle": "Rain"}, "title", "Rain"),
        ({"titles": {"ja_jp": "雨"}}, "title_japanese", "雨"),
        ({"titles": {"en_jp": "Ame"}}, "title_romaji", "Ame"),
        ({"synopsis": "a<br>b"}, "synopsis", "a\nb"),
        ({"airdate": "2024-04-05"}, "aired", date(2024, 4, 5)),
        ({"airdate": None}, "aired", None),
        ({"length": 24}, "duration_seconds", 1440),
        ({"length": None}, "duration_seconds", None),
        ({"thumbnail": {"original": "https://a.example/t"}}, "image_url", "https://a.example/t"),
    ],
)
def test_an_episode_says_each_field(said: Json, field: str, value: object) -> None:
    page = {"data": [resource("episodes", "1", {"number": 3} | said)]}
    found = convert.episodes(raw(episodes_1=page))
    assert (found[0].number, getattr(found[0], field)) == (3, value)


def test_episodes_come_from_all_pages_in_order() -> None:
    pages = {f"episodes_{n}": {"data": [resource("episodes", str(n), {"number": n})]} for n in range(1, 13)}
    assert [one.number for one in convert.episodes(raw(**pages))] == list(range(1, 13))


def test_an_air_day_that_cannot_be_read_is_named() -> None:
    page = {"data": [resource("episodes", "1", {"number": 3, "airdate": "late"})]}
    with pytest.raises(SourceError, match=r"episodes.airdate is 'late'"):
        convert.episodes(raw(episodes_1=page))
