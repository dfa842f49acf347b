# SPDX-License-Identifier: Apache-2.0
"""Every anime in every answer of Jikan that others recorded (2022) converts without an unknown word."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.jikan import batches, convert, relations
from otakube.adapters.providers.jikan.answers import Anime, ListAnswer, RecommendationRow
from otakube.domain.record.golden import SourceMaterial
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.answers import PARTS
from unit.otakube.adapters.providers.mutations import mutations

FOLDER = Path(os.environ.get("OTAKUBE_RECORDINGS", Path(__file__).parents[3] / "shared/data")) / "jikan-v4"
CASSETTES = sorted(path.stem for path in FOLDER.glob("*.yaml"))

pytestmark = pytest.mark.skipif(
    not CASSETTES, reason="recorded real answers are absent: set OTAKUBE_RECORDINGS"
)


@cache
def bodies(name: str) -> list[Any]:
    document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    return [json.loads(one["response"]["body"]["string"]) for one in document["interactions"]]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def anime_in(name: str) -> list[dict[str, Any]]:
    """What has the shape of an anime: a manga is published, not aired."""
    return [one for one in objects(bodies(name)) if {"mal_id", "title", "aired", "rating"} <= one.keys()]


def record(**parts: Any) -> RawRecord:
    answers = {
        part.replace("_", "/"): Answer(url="recorded", fetched_at=datetime.now(UTC), body=body)
        for part, body in parts.items()
    }
    return RawRecord(provider=Provider.JIKAN, source_url="https://x/1", licence="theirs", answers=answers)


@pytest.mark.parametrize("name", CASSETTES)
def test_every_anime_of_a_recording_converts(name: str) -> None:
    for one in anime_in(name):
        said = convert.describe(read(Anime, one))
        assert (said.title, said.episode_count) == (one["title"].strip(), one["episodes"])
        assert said.source_material is not None
        assert (said.aired_from is None) == (one["aired"]["from"] is None)
        assert (said.broadcast is None) == (one["broadcast"]["time"] is None)
        assert said.images
        alone = record(anime={"data": one})
        for part in PARTS:
            getattr(convert, part)(alone)


def test_the_recordings_hold_a_hundred_anime() -> None:
    assert sum(len(anime_in(name)) for name in CASSETTES) == 100


def test_an_anime_is_read_as_the_site_shows_it() -> None:
    whole = record(anime=bodies("aio-anime-success")[0], episodes_1=bodies("aio-anime-episodes-success")[0])
    said = convert.metadata(whole)
    assert (said.title_japanese, said.source_material) == ("蟲師", SourceMaterial.MANGA)
    assert [one.number for one in convert.episodes(whole)] == list(range(1, 27))
    assert convert.statistics(whole).score == 8.67


def test_recommended_anime_are_read_wherever_they_stand() -> None:
    named = [entry for row in bodies("aio-recommendations-success")[0]["data"] for entry in row["entry"]] + [
        row["entry"] for row in bodies("aio-watch-promos-popular-success")[0]["data"]
    ]
    assert len(named) > 200
    for entry in named:
        found = relations.recommended(read(RecommendationRow, {"entry": entry}))
        assert found is not None
        assert found.source_urls == [f"https://myanimelist.net/anime/{entry['mal_id']}"]


@pytest.mark.parametrize("name", [name for name in CASSETTES if name.endswith("-failure")])
def test_a_recorded_error_is_no_anime(name: str) -> None:
    with pytest.raises(SourceError):
        convert.metadata(record(anime=bodies(name)[0]))


def test_a_recorded_list_is_read_as_a_batch() -> None:
    page = read(ListAnswer, bodies("aio-season-success")[0])
    wanted = sorted(row["mal_id"] for row in page.data)
    found = batches.wanted(page.data, wanted)
    assert sorted(map(int, found.described)) == sorted(set(wanted))
    assert page.pagination.last_visible_page > 1


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_however_a_real_answer_is_changed_it_is_read_or_refused(data: st.DataObject) -> None:
    whole = {
        "anime": bodies("aio-anime-success")[0],
        "episodes_1": bodies("aio-anime-episodes-success")[0],
    }
    part = data.draw(st.sampled_from(sorted(whole)))
    wrong = record(**{**whole, part: data.draw(mutations(whole[part]))})
    for reader in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, reader)(wrong)
