# SPDX-License-Identifier: Apache-2.0
"""Every anime in every answer of Jikan, of our own and recorded (2022), converts without an unknown word."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.jikan import batches, convert, relations
from otakube.adapters.providers.jikan.answers import JikanAnime, JikanListAnswer, RecommendationRow
from otakube.domain.record.golden import SourceMaterial
from otakube.errors import SourceError
from otakube.ports.providers import Answer, RawRecord
from otakube_api.contract import Provider
from recordings import FIXTURES, RECORDINGS, bodies, body, both, each, fixtures, needs_recordings
from unit.otakube.adapters.providers.answers import PARTS
from unit.otakube.adapters.providers.mutations import mutations

FOLDER = RECORDINGS / "jikan-v4"
FILES = fixtures("jikan/*.json"), sorted(FOLDER.glob("*.yaml"))
FAILURES = fixtures("jikan/not-found.json"), sorted(FOLDER.glob("*-failure.yaml"))


def pair(*names: tuple[str, str]) -> list[Any]:
    """Parameters of a test that needs certain files: by the names of ours and of the recorded ones."""
    ours = [FIXTURES / f"jikan/{name}.json" for name, _ in names]
    return both(ours, [FOLDER / f"{name}.yaml" for _, name in names])


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer, however deep."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def anime_in(file: Path) -> list[dict[str, Any]]:
    """The objects with the shape of an anime: a manga is published, not aired."""
    return [one for one in objects(bodies(file)) if {"mal_id", "title", "aired", "rating"} <= one.keys()]


def record(**parts: Any) -> RawRecord:
    answers = {
        part.replace("_", "/"): Answer(url="recorded", fetched_at=datetime.now(UTC), body=body)
        for part, body in parts.items()
    }
    return RawRecord(provider=Provider.JIKAN, source_url="https://x/1", answers=answers)


@pytest.mark.parametrize("file", each(*FILES))
def test_every_anime_of_a_file_converts(file: Path) -> None:
    for one in anime_in(file):
        said = convert.describe(read(JikanAnime, one))
        assert (said.title, said.episode_count) == (one["title"].strip(), one["episodes"])
        assert said.source_material is not None
        assert (said.aired_from is None) == (one["aired"]["from"] is None)
        assert (said.broadcast is None) == (one["broadcast"]["time"] is None)
        assert said.images
        alone = record(anime={"data": one})
        for part in PARTS:
            getattr(convert, part)(alone)


def test_the_fixtures_hold_nine_anime() -> None:
    assert sum(len(anime_in(file)) for file in FILES[0]) == 9


@needs_recordings
def test_the_recordings_hold_a_hundred_anime() -> None:
    assert sum(len(anime_in(file)) for file in FILES[1]) == 100


SHOWN = {"ours": ("貝殻伝説", 3, 7.41), "recorded": ("蟲師", 26, 8.67)}


@pytest.mark.parametrize(
    ("anime", "episodes"),
    pair(("anime", "aio-anime-success"), ("episodes", "aio-anime-episodes-success")),
)
def test_an_anime_is_read_as_the_site_shows_it(anime: Path, episodes: Path) -> None:
    whole = record(anime=body(anime), episodes_1=body(episodes))
    japanese, count, score = SHOWN["ours" if FIXTURES in anime.parents else "recorded"]
    said = convert.metadata(whole)
    assert (said.title_japanese, said.source_material) == (japanese, SourceMaterial.MANGA)
    assert [one.number for one in convert.episodes(whole)] == list(range(1, count + 1))
    assert convert.statistics(whole).score == score


@pytest.mark.parametrize(
    ("recommendations", "promos"),
    pair(("recommendations", "aio-recommendations-success"), ("promos", "aio-watch-promos-popular-success")),
)
def test_recommended_anime_are_read_wherever_they_stand(recommendations: Path, promos: Path) -> None:
    named = [entry for row in body(recommendations)["data"] for entry in row["entry"]] + [
        row["entry"] for row in body(promos)["data"]
    ]
    assert len(named) > (4 if FIXTURES in promos.parents else 200)
    for entry in named:
        found = relations.recommended(read(RecommendationRow, {"entry": entry}))
        assert found is not None
        assert found.source_urls == [f"https://myanimelist.net/anime/{entry['mal_id']}"]


@pytest.mark.parametrize("file", each(*FAILURES))
def test_an_error_is_no_anime(file: Path) -> None:
    with pytest.raises(SourceError):
        convert.metadata(record(anime=body(file)))


@pytest.mark.parametrize("file", pair(("season", "aio-season-success")))
def test_a_list_is_read_as_a_batch(file: Path) -> None:
    page = read(JikanListAnswer, body(file))
    wanted = sorted(row["mal_id"] for row in page.data)
    found = batches.wanted(page.data, wanted)
    assert sorted(map(int, found.described)) == sorted(set(wanted))
    assert page.pagination.last_visible_page > 1


@pytest.mark.parametrize(
    ("anime", "episodes"),
    pair(("anime", "aio-anime-success"), ("episodes", "aio-anime-episodes-success")),
)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_however_an_answer_is_changed_it_is_read_or_refused(
    data: st.DataObject, anime: Path, episodes: Path
) -> None:
    whole = {"anime": body(anime), "episodes_1": body(episodes)}
    part = data.draw(st.sampled_from(sorted(whole)))
    wrong = record(**{**whole, part: data.draw(mutations(whole[part]))})
    for reader in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(convert, reader)(wrong)
