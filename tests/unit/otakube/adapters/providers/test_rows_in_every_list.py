# SPDX-License-Identifier: Apache-2.0
"""Of every list of every provider one bad row costs itself alone, and is told."""

from typing import Any

import pytest

from otakube.domain.record.golden import AnimeStatus
from otakube.steps.fetch.conversion import convert
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, body_of, record, small, xml

JIKAN, MAL, ANILIST, KITSU = Provider.JIKAN, Provider.MYANIMELIST, Provider.ANILIST, Provider.KITSU
ANIDB, SCHEDULE = Provider.ANIDB, Provider.ANIMESCHEDULE


def kitsu(kind: str, *attributes: Any) -> Any:
    rows = [{"id": str(n), "type": kind, "attributes": one} for n, one in enumerate(attributes, 1)]
    return {"data": rows}


def cast(*rows: Any) -> Any:
    """Kitsu's castings: (language, name) of one character."""
    data = [
        {
            "id": str(n), "type": "castings", "attributes": {"language": language},
            "relationships": {
                "person": {"data": {"type": "people", "id": str(n)}},
                "character": {"data": {"type": "characters", "id": "1"}},
            },
        }
        for n, (language, _) in enumerate(rows, 1)
    ]  # fmt: skip
    people = [
        {"id": str(n), "type": "people", "attributes": {"name": name}} for n, (_, name) in enumerate(rows, 1)
    ]
    return {"data": data, "included": people}


ROLE = {
    "data": [
        {
            "id": "1", "type": "mediaCharacters", "attributes": {"role": "main"},
            "relationships": {"character": {"data": {"type": "characters", "id": "1"}}},
        }
    ],
    "included": [{"id": "1", "type": "characters", "attributes": {"canonicalName": "Aoi"}}],
}  # fmt: skip


def streamed(url: Any, site: Any) -> Any:
    return {"url": url, "site": site, "type": "STREAMING"}


EPISODE = '<episode id="1"><epno type="1">1</epno></episode>'


def listed(*rows: str) -> str:
    """Rows of AniDB's within their list."""
    kind = rows[0][1:].partition(" ")[0]
    return f"<{kind}s>{''.join(rows)}</{kind}s>"


LISTS: list[tuple[str, Any, str, int]] = [
    (
        "jikan's links",
        small(
            JIKAN,
            streaming=[
                {"name": "A", "url": "https://a.example/1"},
                {"name": 5, "url": "https://b.example/1"},
            ],
        ),
        "relationships.streaming",
        1,
    ),
    (
        "jikan's other links",
        small(JIKAN, external=[{"name": "A", "url": "https://a.example/1"}, "text"]),
        "relationships.external_links",
        1,
    ),
    ("jikan's genres", small(JIKAN, genres=[{"name": "Drama"}, {"name": 5}, "Comedy"]), "metadata.genres", 1),
    ("jikan's studios", small(JIKAN, studios=[{"name": "Bones"}, {"name": ["x"]}]), "metadata.studios", 1),
    ("jikan's synonyms", small(JIKAN, title_synonyms=["Umbrella", 5, {"x": 1}]), "metadata.synonyms", 1),
    (
        "jikan's episodes",
        record(JIKAN, body_of(JIKAN), episodes_1={"data": [{"mal_id": 1}, {"mal_id": None}, {"mal_id": -1}]}),
        "episodes",
        1,
    ),
    (
        "jikan's day of an episode",
        record(JIKAN, body_of(JIKAN), episodes_1={"data": [{"mal_id": 1}, {"mal_id": 2, "aired": "soon"}]}),
        "episodes",
        1,
    ),
    (
        "jikan's staff",
        record(
            JIKAN,
            body_of(JIKAN),
            staff={"data": [{"person": {"name": "Mio"}, "positions": ["Director"]}, {"person": None}]},
        ),
        "staff",
        1,
    ),
    (
        "jikan's positions",
        record(
            JIKAN,
            body_of(JIKAN),
            staff={
                "data": [
                    {"person": {"name": "Mio"}, "positions": ["Director", 5]},
                    {"person": {"name": "Ren"}},
                ]
            },
        ),
        "staff",
        2,
    ),
    (
        "jikan's voices",
        record(
            JIKAN,
            body_of(JIKAN),
            characters={
                "data": [
                    {
                        "character": {"name": "Aoi"},
                        "role": "Main",
                        "voice_actors": [
                            {"person": {"name": "Mio"}, "language": "Japanese"},
                            {"person": {}, "language": None},
                        ],
                    }
                ]
            },
        ),
        "characters",
        1,
    ),
    (
        "jikan's pictures",
        record(
            JIKAN,
            body_of(JIKAN),
            pictures={"data": [{"jpg": {"image_url": "https://a.example/1.jpg"}}, {"jpg": "x"}]},
        ),
        "metadata.images",
        1,
    ),
    (
        "jikan's recommendations",
        record(
            JIKAN,
            body_of(JIKAN),
            recommendations={
                "data": [{"entry": {"mal_id": 8, "title": "B"}, "votes": 3}, {"entry": {"mal_id": "x"}}]
            },
        ),
        "relationships.recommendations",
        1,
    ),
    ("mal's genres", small(MAL, genres=[{"name": "Drama"}, {"name": 5}]), "metadata.genres", 1),
    (
        "mal's pictures",
        small(MAL, pictures=[{"large": "https://a.example/1.jpg"}, {"large": 5}]),
        "metadata.images",
        1,
    ),
    (
        "mal's relations",
        small(
            MAL,
            related_anime=[
                {"node": {"id": 8, "title": "B"}, "relation_type": "sequel"},
                {"node": {"id": 9, "title": "C"}, "relation_type": "astray"},
            ],
        ),
        "relationships.relations",
        1,
    ),
    ("mal's synonyms", small(MAL, alternative_titles={"synonyms": ["Umbrella", 5]}), "metadata.synonyms", 1),
    ("anilist's tags", small(ANILIST, tags=[{"name": "Trains"}, {"name": 5}, "x"]), "metadata.tags", 1),
    ("anilist's genres", small(ANILIST, genres=["Drama", 5]), "metadata.genres", 1),
    (
        "anilist's links",
        small(ANILIST, externalLinks=[streamed("https://a.example/1", "A"), streamed(5, "B")]),
        "relationships.streaming",
        1,
    ),
    (
        "anilist's streams",
        small(ANILIST, streamingEpisodes=[{"title": "Episode 1 - A"}, {"title": 5}], episodes=2),
        "episodes",
        1,
    ),
    (
        "anilist's ranks",
        small(
            ANILIST,
            rankings=[
                {"rank": 3, "type": "RATED", "allTime": True},
                {"rank": None, "type": "RATED", "allTime": True},
            ],
        ),
        "statistics",
        1,
    ),
    (
        "anilist's kinds of rank",
        small(
            ANILIST,
            rankings=[
                {"rank": 3, "type": "RATED", "allTime": True},
                {"rank": 1, "type": "ASTRAY", "allTime": True},
            ],
        ),
        "statistics",
        1,
    ),
    (
        "anilist's studios",
        small(
            ANILIST,
            studios={
                "edges": [{"isMain": True, "node": {"name": "Bones"}}, {"isMain": True, "node": {"name": 5}}]
            },
        ),
        "metadata.studios",
        1,
    ),
    ("anilist's synonyms", small(ANILIST, synonyms=["Umbrella", {"x": 1}]), "metadata.synonyms", 1),
    (
        "anilist's times",
        small(
            ANILIST,
            airingSchedule={
                "nodes": [{"episode": 1, "airingAt": 1712500000}, {"episode": 2, "airingAt": 10**18}]
            },
        ),
        "episodes",
        1,
    ),
    (
        "kitsu's episodes",
        record(
            KITSU,
            body_of(KITSU),
            episodes_1=kitsu("episodes", {"number": 1}, {"number": "x"}, {"number": -5}),
        ),
        "episodes",
        1,
    ),
    (
        "kitsu's rows without attributes",
        record(
            KITSU,
            body_of(KITSU),
            episodes_1={
                "data": [{"id": "1", "type": "episodes", "attributes": {"number": 1}}, {"id": "2"}, "x"]
            },
        ),
        "episodes",
        1,
    ),
    (
        "kitsu's titles",
        small(KITSU, titles={"en_jp": "Kasa no Eki", "fr": 5, "de": "Schirm"}),
        "metadata.synonyms",
        1,
    ),
    ("kitsu's short titles", small(KITSU, abbreviatedTitles=["KnE", 5]), "metadata.synonyms", 1),
    (
        "kitsu's castings",
        record(KITSU, body_of(KITSU), characters=ROLE, castings=cast(("Japanese", "Mio"), (5, "Ren"))),
        "characters",
        1,
    ),
    (
        "kitsu's people",
        record(KITSU, body_of(KITSU), characters=ROLE, castings=cast(("Japanese", "Mio"), ("English", 5))),
        "characters",
        1,
    ),
    (
        "animeschedule's streams",
        small(
            SCHEDULE, websites={"streams": [{"platform": "a", "url": "a.example/1", "name": "A"}, {"url": 5}]}
        ),
        "relationships.streaming",
        1,
    ),
    (
        "animeschedule's relations",
        small(SCHEDULE, relations={"sequels": ["b-tale"], "astray": ["c-tale"]}),
        "relationships.relations",
        1,
    ),
    (
        "animeschedule's slugs",
        small(SCHEDULE, relations={"sequels": ["b-tale", "No Slug!"]}),
        "relationships.relations",
        1,
    ),
    (
        "animeschedule's genres",
        small(SCHEDULE, genres=[{"name": "Drama"}, {"name": 5}]),
        "metadata.genres",
        1,
    ),
    (
        "animeschedule's slots",
        record(
            SCHEDULE,
            body_of(SCHEDULE),
            timetable_1=[
                {"route": "kasa-no-eki", "episodeDate": "2025-10-04T16:30:00Z", "episodeNumber": 1},
                {"route": "kasa-no-eki", "episodeDate": "soon", "episodeNumber": 2},
            ],
        ),
        "episodes",
        1,
    ),
    (
        "animeschedule's numbers",
        record(
            SCHEDULE,
            body_of(SCHEDULE),
            timetable_1=[
                {"route": "kasa-no-eki", "episodeDate": "2025-10-04T16:30:00Z", "episodeNumber": 1},
                {"route": "kasa-no-eki", "episodeDate": "2025-10-11T16:30:00Z", "episodeNumber": -4},
            ],
        ),
        "episodes",
        1,
    ),
    (
        "anidb's episodes",
        record(
            ANIDB,
            xml("A", listed(EPISODE, '<episode id="2"><epno type="9">2</epno></episode><episode id="3"/>')),
        ),
        "episodes",
        1,
    ),
    (
        "anidb's day of an episode",
        record(
            ANIDB,
            xml("A", listed(EPISODE, '<episode><epno type="1">2</epno><airdate>soon</airdate></episode>')),
        ),
        "episodes",
        1,
    ),
    (
        "anidb's tags",
        record(
            ANIDB, xml("A", listed('<tag weight="200"><name>trains</name></tag>', '<tag weight="many"/>'))
        ),
        "metadata.tags",
        1,
    ),
    (
        "anidb's characters",
        record(
            ANIDB,
            xml(
                "A",
                listed(
                    '<character type="main character in"><name>Aoi</name></character>',
                    '<character type="astray"><name>B</name></character>',
                    '<character type="appears in"><charactertype>Ghost</charactertype></character>',
                ),
            ),
        ),
        "characters",
        1,
    ),
    (
        "anidb's creators",
        record(
            ANIDB,
            xml("A", '<creators><name id="1" type="Direction">Mio</name><name id="2">Ren</name></creators>'),
        ),
        "staff",
        1,
    ),
]


@pytest.mark.parametrize(("raw", "path", "left"), [one[1:] for one in LISTS], ids=[one[0] for one in LISTS])
def test_one_bad_row_costs_itself_alone(raw: Any, path: str, left: int) -> None:
    found = convert(raw, EVERY[raw.provider])
    assert (found.unreadable, bool(found.notes)) == ({}, True)
    part, _, field = path.partition(".")
    said = getattr(found, part)
    if part != "statistics":
        assert len(getattr(said, field) if field else said) == left


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (
            JIKAN,
            {
                "type": None,
                "source": None,
                "rating": None,
                "season": None,
                "broadcast": None,
                "aired": None,
                "duration": None,
                "score": None,
            },
        ),
        (JIKAN, {"status": ""}),
        (JIKAN, {"status": "Unknown"}),
        (JIKAN, {"status": "?"}),
        (JIKAN, {"broadcast": {"day": "Fridays", "time": None, "string": "Fridays at Unknown"}}),
        (JIKAN, {"broadcast": {"day": "Fridays", "time": "Unknown"}}),
        (JIKAN, {"broadcast": {"day": "Fridays", "time": ""}}),
        (JIKAN, {"season": "fall", "year": None}),
        (JIKAN, {"season": "Unknown", "year": 2020}),
        (MAL, {"start_season": {"year": 2020, "season": None}}),
        (MAL, {"broadcast": {"day_of_the_week": "other"}}),
        (MAL, {"broadcast": {"day_of_the_week": "friday", "start_time": ""}}),
        (
            ANILIST,
            {
                "format": None,
                "source": None,
                "season": None,
                "seasonYear": None,
                "startDate": None,
                "stats": None,
            },
        ),
        (ANILIST, {"nextAiringEpisode": {"episode": None, "airingAt": None}}),
        (KITSU, {"ageRating": None, "subtype": None, "status": None, "posterImage": None}),
        (KITSU, {"averageRating": ""}),
        (KITSU, {"ageRating": ""}),
        (KITSU, {"averageRating": "N/A"}),
        (SCHEDULE, {"mediaTypes": [{"name": None}], "sources": [{"name": None}]}),
        (SCHEDULE, {"jpnTime": ""}),
        (SCHEDULE, {"season": {"year": "", "season": ""}}),
        (SCHEDULE, {"season": {"year": "2025", "season": "Unknown"}}),
    ],
)
def test_a_field_that_says_nothing_costs_nothing_else(provider: Provider, said: dict[str, Any]) -> None:
    found = convert(small(provider, **said), EVERY[provider])
    assert (found.metadata.title, found.unreadable) == ("Kasa no Eki", {})
    if said.get("status", 0) != 0:
        assert found.metadata.status is AnimeStatus.UNKNOWN
