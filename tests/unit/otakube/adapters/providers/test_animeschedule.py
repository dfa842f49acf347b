# SPDX-License-Identifier: Apache-2.0
"""AnimeSchedule v3: every field, times that mean none or only a day, and damaged answers."""

import contextlib
import copy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.providers.animeschedule import convert
from otakube.domain.record.claims import ClaimedRelation, ClaimedStreamingLink, Episode
from otakube.domain.record.golden import AnimeStatus, Broadcast, Quarter, Season, SourceMaterial
from otakube.errors import SourceError
from otakube_api.contract import AnimeType, SourceReason
from unit.otakube.adapters.providers.animeschedule_rows import ANIME, NEVER, PARTS, SLOT, record, said


def test_the_facts_of_an_anime_are_read() -> None:
    found = convert.metadata(record())
    assert found.source_url == "https://animeschedule.net/anime/mayonaka-no-panya"
    assert (found.title, found.title_english, found.title_japanese, found.synonyms) == (
        "Mayonaka no Panya", "Midnight Bakery", "真夜中のパン屋", ["Bakery", "MnP"],
    )  # fmt: skip
    assert (found.type, found.status) == (AnimeType.TV, AnimeStatus.ONGOING)
    assert (found.episode_count, found.duration_seconds, found.aired_from) == (13, 720, date(2026, 10, 3))
    assert (found.season, found.source_material) == (
        Season(year=2026, quarter=Quarter.FALL), SourceMaterial.MANGA,
    )  # fmt: skip
    assert (found.synopsis, found.genres, found.studios) == (
        "Bread.", ["Comedy"], ["Studio A"]
    )  # fmt: skip


def test_a_time_in_utc_is_a_slot_in_japan() -> None:
    assert convert.metadata(record()).broadcast == Broadcast(weekday=6, time="01:30", timezone="Asia/Tokyo")


@pytest.mark.parametrize("never", [NEVER, "0002-01-01T10:30:00Z", "", None])
def test_a_time_before_there_was_film_is_none(never: str | None) -> None:
    found = convert.metadata(said(premier=never, jpnTime=never, month="", year=0))
    assert (found.aired_from, found.broadcast) == (None, None)
    assert convert.episodes(said(premier=never)) == []


def test_midnight_in_utc_is_a_day_whose_hour_nobody_knows() -> None:
    raw = said(premier="2007-02-15T00:00:00Z")
    assert convert.metadata(raw).aired_from == date(2007, 2, 15)
    assert convert.episodes(raw)[0].aired == date(2007, 2, 15)


@pytest.mark.parametrize(
    ("status", "premier", "expected"),
    [
        ("Finished", "2026-10-02T16:30:00Z", AnimeStatus.FINISHED),
        ("Upcoming", NEVER, AnimeStatus.UPCOMING),
        ("Delayed", "2026-10-02T16:30:00Z", AnimeStatus.ONGOING),
        ("Delayed", "2026-10-30T16:30:00Z", AnimeStatus.UPCOMING),
        ("Delayed", NEVER, AnimeStatus.ONGOING),
    ],
)
def test_a_skipped_week_does_not_end_a_series(status: str, premier: str, expected: AnimeStatus) -> None:
    assert convert.metadata(said(status=status, premier=premier)).status is expected


@pytest.mark.parametrize(
    ("media_types", "kind"),
    [
        ([{"name": "ONA (Chinese)"}], AnimeType.ONA), ([{"name": "Movie"}], AnimeType.MOVIE),
        ([{"name": "OVA"}], AnimeType.OVA), ([{"name": "Special"}], AnimeType.SPECIAL),
        ([{"name": "Music"}], AnimeType.MUSIC), ([], AnimeType.UNKNOWN), (None, AnimeType.UNKNOWN),
    ],
)  # fmt: skip
def test_the_first_media_type_is_the_type(media_types: Any, kind: AnimeType) -> None:
    assert convert.metadata(said(mediaTypes=media_types)).type is kind


def test_zero_means_unknown() -> None:
    found = convert.metadata(said(episodes=0, lengthMin=0))
    assert (found.episode_count, found.duration_seconds) == (None, None)


@pytest.mark.parametrize(
    ("season", "expected"),
    [
        ({"year": 2017, "season": "Winter"}, Season(year=2017, quarter=Quarter.WINTER)),
        ({"year": "2026", "season": ""}, None),
        ({"year": "", "season": "Fall"}, None),
        (None, None),
    ],
)
def test_a_season_needs_year_and_quarter(season: Any, expected: Season | None) -> None:
    assert convert.metadata(said(season=season)).season == expected


def test_its_pages_elsewhere_are_canonical() -> None:
    assert convert.metadata(record()).same_as == [
        "https://myanimelist.net/anime/73815", "https://anilist.co/anime/217660",
        "https://kitsu.app/anime/mayonaka-no-panya", "https://anidb.net/anime/21815",
        "https://www.anime-planet.com/anime/mayonaka",
    ]  # fmt: skip


def test_the_poster_lies_at_its_own_host_or_at_whoever_answers_in_its_place() -> None:
    path = "anime/jpg/default/mayonaka.jpg"
    assert convert.metadata(record()).images[0].url == (
        f"https://img.animeschedule.net/production/assets/public/img/{path}"
    )
    elsewhere = record(url="http://stand-in:8080/animeschedule/api/v3/anime/x")
    assert convert.metadata(elsewhere).images[0].url == f"http://stand-in:8080/images/{path}"
    assert convert.metadata(said(imageVersionRoute="../../etc")).images == []


def test_relations_links_and_streams_are_read() -> None:
    found = convert.relationships(record())
    assert found.relations == [
        ClaimedRelation(
            kind="Sequel", title="mayonaka no panya 2",
            source_urls=["https://animeschedule.net/anime/mayonaka-no-panya-2"],
        ),
        ClaimedRelation(
            kind="Other", title="panya specials",
            source_urls=["https://animeschedule.net/anime/panya-specials"],
        ),
    ]  # fmt: skip
    assert found.external_links == ["https://panya.example/"]
    assert found.streaming == [
        ClaimedStreamingLink(site="Crunchyroll", url="https://www.crunchyroll.com/series/G1"),
        ClaimedStreamingLink(site="hulu", url="https://hulu.example/x"),
    ]


def test_its_score_is_put_on_ten() -> None:
    found = convert.statistics(record())
    assert (found.score, found.scored_by, found.members, found.popularity) == (8.28, 498, 1353, 258)
    assert convert.statistics(said(stats=None)).score is None
    assert convert.statistics(said(stats={"averageScore": 0})).score is None


def test_it_knows_nobody() -> None:
    assert (convert.characters(record()), convert.staff(record())) == ([], [])


PREMIERE = Episode(number=1, aired=datetime(2026, 10, 2, 16, 30, tzinfo=UTC), duration_seconds=720)


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (None, {}),
        ([SLOT], {3: datetime(2026, 10, 16, 16, 30, tzinfo=UTC)}),
        ([SLOT | {"route": "another"}], {}),
        (
            [SLOT | {"subtractedEpisodeNumber": 2}],
            {n: datetime(2026, 10, 16, 16, 30, tzinfo=UTC) for n in (2, 3)},
        ),
        (
            [SLOT, SLOT | {"episodeDate": "2026-10-23T16:30:00Z"}],
            {3: datetime(2026, 10, 23, 16, 30, tzinfo=UTC)},
        ),
        ([SLOT | {"airingStatus": "delayed-air"}], {3: None}),
        (
            [SLOT | {"airingStatus": "delayed-air", "delayedFrom": "2026-10-20T00:00:00Z"}],
            {3: datetime(2026, 10, 16, 16, 30, tzinfo=UTC)},
        ),
        (
            [
                SLOT
                | {
                    "airingStatus": "delayed-air",
                    "delayedFrom": "2026-10-10T00:00:00Z",
                    "delayedUntil": "2026-10-30T00:00:00Z",
                }
            ],
            {3: datetime(2026, 10, 30, 16, 30, tzinfo=UTC)},
        ),
    ],
    ids=["no-timetable", "one", "of-another", "two-at-once", "stalled", "put-off", "before", "resumes"],
)
def test_episodes_are_the_premiere_and_this_weeks_slots(
    slots: Any, expected: dict[int, datetime | None]
) -> None:
    assert convert.episodes(record(slots=slots)) == [
        PREMIERE,
        *(Episode(number=n, aired=airs, duration_seconds=720) for n, airs in expected.items()),
    ]


@pytest.mark.parametrize(
    ("field", "value", "part", "message"),
    [
        ("status", "Paused", "metadata", "status is 'Paused'"),
        ("mediaTypes", [{"name": "Hologram"}], "metadata", "mediaTypes is 'Hologram'"),
        ("sources", [{"name": "Dream"}], "metadata", "sources is 'Dream'"),
        ("season", {"year": "2026", "season": "Monsoon"}, "metadata", "season.season is 'Monsoon'"),
        ("season", {"year": "soon", "season": "Fall"}, "metadata", "season.year is 'soon'"),
        ("premier", "yesterday", "metadata", "premier is 'yesterday'"),
        ("premier", "2026-10-02T16:30:00", "metadata", "premier is '2026-10-02T16:30:00'"),
        ("premier", "9999-12-31T23:59:59-12:00", "metadata", "premier is '9999"),
        ("jpnTime", "25:30", "metadata", "jpnTime is '25:30'"),
        ("title", " ", "metadata", "title is ' '"),
        ("route", "../admin", "metadata", "route is '../admin'"),
        ("episodes", -1, "metadata", "episode_count is -1"),
        ("episodes", "13", "metadata", "episodes is '13'"),
        ("relations", {"rivals": ["x"]}, "relationships", "relations is 'rivals'"),
        ("relations", {"sequels": ["../x"]}, "relationships", "relations.sequels is '../x'"),
        ("stats", {"averageScore": 828}, "statistics", "score is 82.8"),
    ],
)
def test_what_cannot_be_read_is_named(field: str, value: Any, part: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        getattr(convert, part)(said(**{field: value}))
    assert caught.value.reason is SourceReason.ANSWER_INVALID
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        ({"airingStatus": "lost"}, "timetable.airingStatus is 'lost'"),
        ({"episodeDate": "today"}, "timetable.episodeDate is 'today'"),
        ({"subtractedEpisodeNumber": 9}, "timetable.episodeNumber is 3"),
        ({"episodeNumber": 10**9, "subtractedEpisodeNumber": 1}, "timetable.episodeNumber is 1000000000"),
        ({"episodeNumber": -1}, "number is -1"),
    ],
)
def test_a_slot_that_cannot_be_read_is_named(slot: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        convert.episodes(record(slots=[SLOT | slot]))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ([path] if path else []) + [place for key, inner in items for place in places(inner, (*path, key))]


HOSTILE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(2**63, 2**70), st.floats(), st.text(max_size=20),
    st.sampled_from(
        ["\x00", "9" * 400, "x" * 30_000, "<script>", "2024-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00",
         "9999-12-31T23:59:59Z", "\u202e", "http://[::1", "-"]
    ),
    st.just([]), st.just({}), st.lists(st.none(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_tampered_answer_is_read_or_refused_and_never_breaks_the_step(data: st.DataObject) -> None:
    bodies: dict[str, Any] = {"anime": copy.deepcopy(ANIME), "slots": [copy.deepcopy(SLOT)]}
    place = data.draw(st.sampled_from(places(bodies)))
    inner: Any = bodies
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(HOSTILE)
    raw = record(bodies["anime"] or {}, bodies["slots"])
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, part)(raw)
