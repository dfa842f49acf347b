# SPDX-License-Identifier: Apache-2.0
"""Real answers that others recorded convert without an error or an unknown word."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from otakube.adapters.anilist import convert as anilist
from otakube.adapters.http.reading import read
from otakube.adapters.jikan import convert as jikan
from otakube.adapters.jikan.answers import SearchAnswer
from otakube.adapters.kitsu import convert as kitsu
from otakube.domain.entry import Provider
from otakube.ports.providers import Answer, Converter, RawRecord

DATA = Path(os.environ.get("OTAKUBE_RECORDINGS", Path(__file__).parents[3] / "shared/data"))
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters")

pytestmark = pytest.mark.skipif(
    not (DATA / "jikan-v4").is_dir(), reason="recorded real answers are absent: set OTAKUBE_RECORDINGS"
)


def raw(provider: Provider, **bodies: Any) -> RawRecord:
    answers = {
        part.replace("_", "/"): Answer(url="recorded", fetched_at=datetime.now(UTC), body=body)
        for part, body in bodies.items()
    }
    return RawRecord(provider=provider, source_url="https://example/1", licence="theirs", answers=answers)


def cassette(name: str) -> list[Any]:
    """Bodies of one Jikan cassette."""
    document = yaml.safe_load((DATA / "jikan-v4" / f"{name}.yaml").read_text())
    return [json.loads(one["response"]["body"]["string"]) for one in document["interactions"]]


def files(folder: str) -> list[Path]:
    return sorted((DATA / folder).rglob("*.json"))


@pytest.mark.parametrize("name", ["season", "current-season", "top", "search", "schedule"])
def test_every_row_of_jikans_lists_converts(name: str) -> None:
    rows = read(SearchAnswer, cassette(f"aio-{name}-success")[0]).data
    assert rows
    assert all(jikan.describe(row).title for row in rows)


def test_jikans_anime_converts_in_every_part() -> None:
    record = raw(
        Provider.JIKAN,
        anime=cassette("aio-anime-success")[0],
        episodes_1=cassette("aio-anime-episodes-success")[0],
    )
    assert jikan.metadata(record).title_japanese == "蟲師"
    assert [one.number for one in jikan.episodes(record)] == list(range(1, 27))
    assert jikan.statistics(record).score == 8.67


@pytest.mark.parametrize("file", files("anilist/AnilistAnimeConverterTest"), ids=lambda file: file.stem)
def test_anilists_anime_converts_in_every_part(file: Path) -> None:
    check(anilist, raw(Provider.ANILIST, anime=json.loads(file.read_text())))


@pytest.mark.parametrize("file", files("kitsu/KitsuAnimeConverterTest"), ids=lambda file: file.stem)
def test_kitsus_anime_converts_in_every_part(file: Path) -> None:
    check(kitsu, raw(Provider.KITSU, anime=json.loads(file.read_text())))


def check(converter: Converter, record: RawRecord) -> None:
    for part in PARTS:
        getattr(converter, part)(record)
    assert converter.metadata(record).title
