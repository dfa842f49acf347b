# SPDX-License-Identifier: Apache-2.0
"""Real answers of AniList and Kitsu that others recorded convert without an error or an unknown word."""

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert as anilist
from otakube.adapters.providers.anilist.answers import PageAnswer
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.adapters.providers.kitsu.answers import Document
from otakube.errors import SourceError
from otakube.ports.providers import Answer, Converter, RawRecord
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.tampering import places, tampered

DATA = Path(os.environ.get("OTAKUBE_RECORDINGS", Path(__file__).parents[3] / "shared/data"))
PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")

pytestmark = pytest.mark.skipif(
    not (DATA / "anilist").is_dir(), reason="recorded real answers are absent: set OTAKUBE_RECORDINGS"
)


def raw(provider: Provider, **bodies: Any) -> RawRecord:
    answers = {
        part.replace("_", "/"): Answer(url="recorded", fetched_at=datetime.now(UTC), body=body)
        for part, body in bodies.items()
    }
    return RawRecord(provider=provider, source_url="https://example/1", licence="theirs", answers=answers)


def files(folder: str) -> list[Path]:
    return sorted((DATA / folder).rglob("*.json"))


ANILIST = files("anilist/AnilistAnimeConverterTest")
KITSU = files("kitsu/KitsuAnimeConverterTest")


def anilist_media(file: Path) -> dict[str, Any]:
    """AniList's answer as our query names its parts: the page that was recorded calls them previews."""
    media: dict[str, Any] = json.loads(file.read_text())["data"]["Media"]
    previews = {"characters": "characterPreview", "staff": "staffPreview", "reviews": "reviewPreview"}
    return media | {name: media[preview] for name, preview in previews.items()}


@pytest.mark.parametrize("file", ANILIST, ids=lambda file: file.stem)
def test_anilists_anime_converts_in_every_part(file: Path) -> None:
    said = anilist_media(file)
    record = raw(Provider.ANILIST, anime={"data": {"Media": said}})
    check(anilist, record)
    assert len(anilist.characters(record)) == len(said["characters"]["edges"])
    assert sum(len(one.positions) for one in anilist.staff(record)) == len(said["staff"]["edges"])
    found = anilist.relationships(record)
    assert len(found.relations) == len(said["relations"]["edges"])
    assert len(found.recommendations) == len(said["recommendations"]["nodes"])
    assert len(found.streaming) + len(found.external_links) == len(said["externalLinks"])


def test_every_row_of_a_list_of_anilists_converts() -> None:
    rows = [anilist_media(file) for file in ANILIST]
    page = read(PageAnswer, {"data": {"Page": {"media": rows}}}).data.Page
    assert [anilist.describe(row).title for row in page.media or [] if row] == [
        row["title"]["romaji"] for row in rows
    ]


@pytest.mark.parametrize("file", KITSU, ids=lambda file: file.stem)
def test_kitsus_anime_converts_in_every_part(file: Path) -> None:
    said = json.loads(file.read_text())
    record = raw(Provider.KITSU, anime=said)
    check(kitsu, record)
    edges = [one for one in said.get("included", []) if one["type"] == "mediaRelationships"]
    assert len(kitsu.relationships(record).relations) == len(edges)
    assert set(kitsu.metadata(record).tags) == {
        one["attributes"]["title"] for one in said.get("included", []) if one["type"] == "categories"
    }


def test_every_row_of_a_list_of_kitsus_converts() -> None:
    documents = [json.loads(file.read_text()) for file in KITSU]
    whole = {key: [one for said in documents for one in said.get(key, [])] for key in ("data", "included")}
    page = read(Document, whole)
    assert all(kitsu.describe(page, row).title for row in page.data)
    assert len(page.data) == len(KITSU)


def test_an_anime_that_kitsu_does_not_know_is_an_empty_list() -> None:
    dead = json.loads((DATA / "kitsu/KitsuDownloaderTest/dead-entry.json").read_text())
    with pytest.raises(SourceError, match="does not know"):
        kitsu.metadata(raw(Provider.KITSU, anime=dead))


REAL = [(anilist, Provider.ANILIST, {"data": {"Media": anilist_media(file)}}) for file in ANILIST] + [
    (kitsu, Provider.KITSU, json.loads(file.read_text())) for file in KITSU
]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_real_answer_that_was_tampered_with_is_read_or_refused(data: st.DataObject) -> None:
    converter, provider, body = data.draw(st.sampled_from(REAL))
    record = raw(provider, anime=data.draw(tampered(body, places(body))))
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(converter, part)(record)


def check(converter: Converter, record: RawRecord) -> None:
    for part in PARTS:
        getattr(converter, part)(record)
    assert converter.metadata(record).title
