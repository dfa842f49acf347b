# SPDX-License-Identifier: Apache-2.0
"""The stand-in's answers have the shapes of recorded real ones: every key, with a type that was seen there.

The recordings lie outside the project (`../shared/data`, or the folder that OTAKUBE_RECORDINGS names); where
they are absent these tests are skipped, and `test_upstream_answers` holds what does not need them.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from upstream_app import ANILIST_QUERY, upstream

RECORDINGS = Path(os.environ.get("OTAKUBE_RECORDINGS", Path(__file__).parents[3] / "shared/data"))
pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "jikan-v4").is_dir(),
    reason="recorded real answers are absent: set OTAKUBE_RECORDINGS",
)
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
    """Whether the other side has the parent as a non-empty list or an object."""
    parent = path.rpartition(".")[0] if not path.endswith("[]") else path
    return parent in others and others[parent] != {"NoneType"} and not path.endswith("[]")


def _fits(ours: set[str], real: set[str]) -> bool:
    return ours - {"NoneType"} <= real or real == {"NoneType"}


def cassette(name: str) -> Any:
    """The body of a recorded Jikan answer."""
    recorded = yaml.safe_load((RECORDINGS / "jikan-v4" / f"{name}.yaml").read_text("utf-8"))
    return json.loads(recorded["interactions"][0]["response"]["body"]["string"])


def recorded(folder: str) -> list[Any]:
    return [json.loads(file.read_text("utf-8")) for file in sorted((RECORDINGS / folder).rglob("*.json"))]


async def bodies(*paths: str) -> list[Any]:
    async with upstream() as client:
        answers = [await client.get(path) for path in paths]
    return [answer.json() for answer in answers]


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/anime/70211", "/anime/70009", "/anime/74410"], ["aio-anime-success", "aio-random-anime-success"]),
        (["/anime?q=hoshi&limit=10"], ["aio-search-success"]),
        (["/anime/70009/episodes?page=2", "/anime/70211/episodes"], ["aio-anime-episodes-success"]),
        (["/anime/70211/episodes/1"], ["aio-anime-episode-by-id-success"]),
        (["/characters/7021100"], ["aio-character-success"]),
        (["/anime/1"], ["aio-anime-failure"]),
    ],
    ids=["anime", "search", "episodes", "episode", "character", "not-found"],
)
async def test_jikan_has_the_recorded_shape(paths: list[str], names: list[str]) -> None:
    ours = shape(*await bodies(*(f"/jikan/v4{path}" for path in paths)))
    assert differences(ours, shape(*map(cassette, names))) == []


async def test_anilist_has_the_recorded_shape() -> None:
    async with upstream() as client:
        ours = [await _media(client, number) for number in (210437, 210018, 217660, 219003)]
    # Reviews, trailers and the users behind them are none of the stand-in's business.
    real = shape(*recorded("anilist"))
    left_out = frozenset(path for path in real if ".reviewPreview.nodes" in path or ".user" in path)
    found = differences(shape(*ours), real, optional=left_out)
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


@pytest.mark.parametrize(
    "kind", ["anime", "animeProductions", "categories", "genres", "mediaRelationships", "producers"]
)
async def test_kitsu_has_the_recorded_shape(kind: str) -> None:
    numbers = (61204, 60911, 63702, 65003)
    ours = await bodies(*(f"/kitsu/api/edge/anime?filter[id]={number}&{KITSU_QUERY}" for number in numbers))
    found = differences(by_type(ours)[kind], by_type(recorded("kitsu"))[kind])
    # Kitsu gives files that are named by an older service no sizes.
    assert [one for one in found if not one.endswith(("posterImage.meta", "coverImage.meta"))] == []


async def test_kitsu_has_the_recorded_top_level() -> None:
    ours = await bodies("/kitsu/api/edge/anime?filter[id]=61204", "/kitsu/api/edge/anime?filter[id]=9")
    real = json.loads((RECORDINGS / "kitsu/KitsuDownloaderTest/dead-entry.json").read_text())
    assert all(set(one) == set(real) and set(one["links"]) == set(real["links"]) for one in ours)
    assert ours[1]["data"] == []
