# SPDX-License-Identifier: Apache-2.0
"""Answers of AniList and Kitsu, of our own and recorded, convert without an error or an unknown word."""

import contextlib
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert as anilist
from otakube.adapters.providers.anilist.answers import Media, PageAnswer
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.adapters.providers.kitsu.answers import Document
from otakube.errors import SourceError
from otakube.ports.providers import Answer, Converter, RawRecord
from otakube_api.contract import Provider
from recordings import RECORDINGS, body, both, each, fixtures
from unit.otakube.adapters.providers.tampering import places, tampered

PARTS = ("metadata", "episodes", "relationships", "statistics", "characters", "staff")


def raw(provider: Provider, **bodies: Any) -> RawRecord:
    answers = {
        part.replace("_", "/"): Answer(url="recorded", fetched_at=datetime.now(UTC), body=body)
        for part, body in bodies.items()
    }
    return RawRecord(provider=provider, source_url="https://example/1", answers=answers)


def recorded(folder: str) -> list[Path]:
    return sorted((RECORDINGS / folder).rglob("*.json"))


ANILIST = fixtures("anilist/*.json"), recorded("anilist/AnilistAnimeConverterTest")
KITSU = fixtures("kitsu/*.json", without=["unknown"]), recorded("kitsu/KitsuAnimeConverterTest")
UNKNOWN_TO_KITSU = fixtures("kitsu/unknown.json"), recorded("kitsu/KitsuDownloaderTest")


def anilist_media(file: Path) -> dict[str, Any]:
    """AniList's answer as our query names its parts: the page that was recorded calls them previews."""
    media: dict[str, Any] = body(file)["data"]["Media"]
    previews = {"characters": "characterPreview", "staff": "staffPreview", "reviews": "reviewPreview"}
    return media | {name: media[preview] for name, preview in previews.items()}


@pytest.mark.parametrize("file", each(*ANILIST))
def test_anilists_anime_converts_in_every_part(file: Path) -> None:
    said = anilist_media(file)
    record = raw(Provider.ANILIST, anime={"data": {"Media": said}})
    check(anilist, record)
    assert len(anilist.characters(record)) == len(said["characters"]["edges"])
    assert sum(len(one.positions) for one in anilist.staff(record)) == len(said["staff"]["edges"])
    found = anilist.relationships(record)
    assert len(found.relations) == len(said["relations"]["edges"])
    wanted = [one for one in said["recommendations"]["nodes"] if one["rating"] >= 0]
    assert len(found.recommendations) == len(wanted)
    assert len(found.streaming) + len(found.external_links) == len(said["externalLinks"])


@pytest.mark.parametrize("files", both(*zip(ANILIST)))
def test_every_row_of_a_list_of_anilists_converts(files: list[Path]) -> None:
    rows = [anilist_media(file) for file in files]
    page = read(PageAnswer, {"data": {"Page": {"media": rows}}}).data.Page
    assert [anilist.describe(read(Media, row)).title for row in page.media or []] == [
        row["title"]["romaji"] for row in rows
    ]


@pytest.mark.parametrize("file", each(*KITSU))
def test_kitsus_anime_converts_in_every_part(file: Path) -> None:
    said = body(file)
    record = raw(Provider.KITSU, anime=said)
    check(kitsu, record)
    edges = [one for one in said.get("included", []) if one["type"] == "mediaRelationships"]
    assert len(kitsu.relationships(record).relations) == len(edges)
    assert set(kitsu.metadata(record).tags) == {
        one["attributes"]["title"] for one in said.get("included", []) if one["type"] == "categories"
    }


@pytest.mark.parametrize("files", both(*zip(KITSU)))
def test_every_row_of_a_list_of_kitsus_converts(files: list[Path]) -> None:
    documents = [body(file) for file in files]
    whole = {key: [one for said in documents for one in said.get(key, [])] for key in ("data", "included")}
    page = read(Document, whole)
    assert all(kitsu.describe(page, row).title for row in page.data)
    assert len(page.data) == len(files)


@pytest.mark.parametrize("file", each(*UNKNOWN_TO_KITSU))
def test_an_anime_that_kitsu_does_not_know_is_an_empty_list(file: Path) -> None:
    with pytest.raises(SourceError, match="does not know"):
        kitsu.metadata(raw(Provider.KITSU, anime=body(file)))


ANSWERS = [
    (anilist, Provider.ANILIST, {"data": {"Media": anilist_media(file)}}) for file in chain(*ANILIST)
] + [(kitsu, Provider.KITSU, body(file)) for file in chain(*KITSU)]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_an_answer_that_was_tampered_with_is_read_or_refused(data: st.DataObject) -> None:
    converter, provider, answer = data.draw(st.sampled_from(ANSWERS))
    record = raw(provider, anime=data.draw(tampered(answer, places(answer))))
    for part in PARTS:
        with contextlib.suppress(SourceError):  # a refusal; any other error fails
            getattr(converter, part)(record)


def check(converter: Converter, record: RawRecord) -> None:
    for part in PARTS:
        getattr(converter, part)(record)
    assert converter.metadata(record).title
