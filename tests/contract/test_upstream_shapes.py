# SPDX-License-Identifier: Apache-2.0
"""The stand-in's answers have the shapes of our fixtures, and both have the shapes of recorded real answers.

A shape is every key with the types that were seen there. Where the recordings are absent, the stand-in is
compared with the fixtures alone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from recordings import FIXTURES, RECORDINGS, body, fixtures, needs_recordings
from upstream_app import ANILIST_QUERY, upstream

# Keys whose inner keys are data (languages, votes), not shape.
OPEN = {"titles", "ratingFrequencies", "names", "dimensions"}

Shape = dict[str, set[str]]


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in a document with the type that is there; list elements share one place."""
    yield path, "number" if isinstance(value, float) or type(value) is int else type(value).__name__
    if isinstance(value, dict) and path.rpartition(".")[2] not in OPEN:
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    if isinstance(value, list):
        for inner in value:
            yield from walk(inner, f"{path}[]")


def shape(*documents: Any) -> Shape:
    """All places of several documents with all types seen there."""
    places: Shape = {}
    for document in documents:
        for path, kind in walk(document):
            places.setdefault(path, set()).add(kind)
    return places


def differences(ours: Shape, real: Shape, *, optional: frozenset[str] = frozenset()) -> list[str]:
    """Places that only one side has, and types that were never recorded. An empty list hides its inside."""
    unseen = [path for path in real if path not in ours and path not in optional and _visible(path, ours)]
    invented = [path for path in ours if path not in real and _visible(path, real)]
    wrong = [path for path in ours if path in real and not _fits(ours[path], real[path])]
    return (
        [f"missing {p}" for p in unseen]
        + [f"invented {p}" for p in invented]
        + [f"{p}: {ours[p]} where {real[p]} was recorded" for p in wrong]
    )


def _visible(path: str, others: Shape) -> bool:
    """True if the other side has the parent as a non-empty list or an object."""
    parent = path.rpartition(".")[0] if not path.endswith("[]") else path
    return parent in others and others[parent] != {"NoneType"} and not path.endswith("[]")


def _fits(ours: set[str], real: set[str]) -> bool:
    return ours - {"NoneType"} <= real or real == {"NoneType"}


Read = Callable[[str], list[Any]]


def ours(provider: str) -> list[Any]:
    """All fixtures of a provider, but for those that are odd on purpose and those of errors."""
    return [body(file) for file in fixtures(f"{provider}/*.json", without=["odd", "unknown"])]


def recorded(provider: str) -> list[Any]:
    """All recorded answers of a provider."""
    return [body(file) for file in sorted((RECORDINGS / provider).rglob("*.json"))]


SOURCES = [pytest.param(ours, id="ours"), pytest.param(recorded, id="recorded", marks=needs_recordings)]
# Kinds of Jikan's answers: our files, and the recorded ones of the same kind.
JIKAN = {
    "anime": (["anime", "sparse"], ["aio-anime-success", "aio-random-anime-success"]),
    "search": (["search"], ["aio-search-success"]),
    "season": (["season"], ["aio-season-success"]),
    "episodes": (["episodes"], ["aio-anime-episodes-success"]),
    "episode": (["episode"], ["aio-anime-episode-by-id-success"]),
    "character": (["character"], ["aio-character-success"]),
    "recommendations": (["recommendations"], ["aio-recommendations-success"]),
    "promos": (["promos"], ["aio-watch-promos-popular-success"]),
    "not-found": (["not-found"], ["aio-anime-failure"]),
}


def our_jikan(kind: str) -> list[Any]:
    return [body(FIXTURES / f"jikan/{name}.json") for name in JIKAN[kind][0]]


def recorded_jikan(kind: str) -> list[Any]:
    return [body(RECORDINGS / f"jikan-v4/{name}.yaml") for name in JIKAN[kind][1]]


JIKAN_SOURCES = [
    pytest.param(our_jikan, id="ours"),
    pytest.param(recorded_jikan, id="recorded", marks=needs_recordings),
]


async def answers(*paths: str) -> list[Any]:
    async with upstream() as client:
        found = [await client.get(path) for path in paths]
    return [answer.json() for answer in found]


@needs_recordings
@pytest.mark.parametrize("kind", JIKAN)
def test_our_fixtures_of_jikan_have_the_recorded_shape(kind: str) -> None:
    assert differences(shape(*our_jikan(kind)), shape(*recorded_jikan(kind))) == []


@needs_recordings
def test_our_fixtures_of_anilist_have_the_recorded_shape() -> None:
    assert differences(shape(*ours("anilist")), shape(*recorded("anilist"))) == []


@pytest.mark.parametrize("real", JIKAN_SOURCES)
@pytest.mark.parametrize(
    ("paths", "kind"),
    [
        (["/anime/70211", "/anime/70009", "/anime/74410"], "anime"),
        (["/anime?q=hoshi&limit=10"], "search"),
        (["/anime/70009/episodes?page=2", "/anime/70211/episodes"], "episodes"),
        (["/anime/70211/episodes/1"], "episode"),
        (["/characters/7021100"], "character"),
        (["/anime/1"], "not-found"),
    ],
    ids=["anime", "search", "episodes", "episode", "character", "not-found"],
)
async def test_jikan_has_the_real_shape(paths: list[str], kind: str, real: Read) -> None:
    standin = shape(*await answers(*(f"/jikan/v4{path}" for path in paths)))
    assert differences(standin, shape(*real(kind))) == []


@pytest.mark.parametrize("real", SOURCES)
async def test_anilist_has_the_real_shape(real: Read) -> None:
    async with upstream() as client:
        standin = [await _media(client, number) for number in (210437, 210018, 217660, 219003)]
    # Reviews, trailers and the users behind them are none of the stand-in's business.
    known = shape(*real("anilist"))
    left_out = frozenset(path for path in known if ".reviewPreview.nodes" in path or ".user" in path)
    found = differences(shape(*standin), known, optional=left_out)
    assert [one for one in found if ".trailer." not in one] == []


async def _media(client: httpx2.AsyncClient, number: int) -> Any:
    answer = await client.post("/anilist", json={"query": ANILIST_QUERY, "variables": {"id": number}})
    assert answer.status_code == 200, answer.text
    return answer.json()


KITSU_QUERY = (
    "fields[categories]=title&fields[genres]=name&fields[producers]=name"
    "&include=categories,genres,animeProductions.producer,mediaRelationships.destination"
)


def by_type(documents: list[Any]) -> dict[str, Shape]:
    """The shape of each type of resource, wherever it stands in the documents."""
    kinds: dict[str, list[Any]] = {}
    for document in documents:
        for resource in [*document["data"], *document.get("included", [])]:
            kinds.setdefault(resource["type"], []).append(resource)
    return {kind: shape(*resources) for kind, resources in kinds.items()}


KITSU_KINDS = ["anime", "animeProductions", "categories", "genres", "mediaRelationships", "producers"]


@needs_recordings
@pytest.mark.parametrize("kind", KITSU_KINDS)
def test_our_fixtures_of_kitsu_have_the_recorded_shape(kind: str) -> None:
    assert differences(by_type(ours("kitsu"))[kind], by_type(recorded("kitsu"))[kind]) == []


@pytest.mark.parametrize("real", SOURCES)
@pytest.mark.parametrize("kind", KITSU_KINDS)
async def test_kitsu_has_the_real_shape(kind: str, real: Read) -> None:
    numbers = (61204, 60911, 63702, 65003)
    paths = (f"/kitsu/api/edge/anime?filter[id]={number}&{KITSU_QUERY}" for number in numbers)
    found = differences(by_type(await answers(*paths))[kind], by_type(real("kitsu"))[kind])
    # Kitsu gives files that are named by an older service no sizes.
    assert [one for one in found if not one.endswith(("posterImage.meta", "coverImage.meta"))] == []


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(FIXTURES / "kitsu/unknown.json", id="ours"),
        pytest.param(
            RECORDINGS / "kitsu/KitsuDownloaderTest/dead-entry.json", id="recorded", marks=needs_recordings
        ),
    ],
)
async def test_kitsu_has_the_real_top_level(file: Path) -> None:
    standin = await answers("/kitsu/api/edge/anime?filter[id]=61204", "/kitsu/api/edge/anime?filter[id]=9")
    real = body(file)
    assert all(set(one) == set(real) and set(one["links"]) == set(real["links"]) for one in standin)
    assert standin[1]["data"] == []
