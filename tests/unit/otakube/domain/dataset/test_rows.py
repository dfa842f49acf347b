# SPDX-License-Identifier: Apache-2.0
"""A dataset is read in each of its forms, and what is none says why."""

import json
from datetime import date

import pytest

from otakube.domain.dataset.rows import UnreadableDataset, read_row, take_apart, usable
from unit.otakube.domain.dataset.weeks import document, json_lines, row

ROWS = [row("Frozen Tide", "1"), row("鯨の灯", "2", "https://kitsu.app/anime/2")]


@pytest.mark.parametrize("text", [json_lines(ROWS), document(ROWS), document(ROWS, indent=2)])
def test_each_form_of_the_file_has_the_same_rows(text: bytes) -> None:
    file = take_apart(text)
    assert [read_row(one).title for one in file.rows] == ["Frozen Tide", "鯨の灯"]
    assert (file.about.last_update, file.about.repository) == (date(2026, 11, 21), "https://r.example")


def test_a_file_of_windows_and_one_without_a_last_line_end_are_read() -> None:
    assert len(take_apart(json_lines(ROWS).replace(b"\n", b"\r\n")).rows) == 2
    assert len(take_apart(json_lines(ROWS).rstrip()).rows) == 2


def test_a_title_of_data_makes_no_document_of_json_lines() -> None:
    odd = row('What "data" means', "1", synonyms=["data"])
    assert [read_row(one).title for one in take_apart(json_lines([odd])).rows] == ['What "data" means']


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (json_lines(ROWS)[:-20], "cut off"),
        (document(ROWS)[:-20], "neither JSON"),
        (b"<html><body>504</body></html>", "neither JSON"),
        (b"[1, 2]", "its first line"),
        (b'{"data": {"1": 2}}', "neither JSON"),
        (b'{"lastUpdate": "yesterday"}\n{}\n', "its first line"),
        (b"[" * 100_000, "its first line"),
        (b'{"lastUpdate": "2026-11-21", "repository": "\xff"}\n{}\n', "neither JSON"),
    ],
)
def test_what_is_no_dataset_says_why(text: bytes, why: str) -> None:
    with pytest.raises(UnreadableDataset, match=why):
        take_apart(text)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"title": " "}, "title: it is empty"),
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"sources": []}, "sources"),
        ({"sources": ["javascript:alert(1)"]}, "sources: 'javascript"),
        ({"sources": ["https://anidb.net"]}, "no address of a page"),
        ({"type": "MUSIC"}, r"'MUSIC' - at `\$.type`"),
        ({"status": ""}, r"'' - at `\$.status`"),
        ({"animeSeason": {"season": "AUTUMN"}}, r"'AUTUMN' - at `\$.animeSeason.season`"),
        ({"animeSeason": {"season": "FALL", "year": 19997}}, r"\$.animeSeason.year"),
        ({"episodes": -1}, r"\$.episodes"),
        ({"episodes": "12"}, r"\$.episodes"),
        ({"tags": {"a": 1}}, r"\$.tags"),
        ({"synonyms": ["x" * (1 << 20)]}, "bytes"),
    ],
)
def test_a_row_that_is_wrong_names_the_field(fault: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        usable(read_row(json.dumps(row("Tide", "1") | fault).encode()))


@pytest.mark.parametrize(
    "oddity",
    [
        {"animeSeason": {"season": "UNDEFINED"}},
        {"animeSeason": {"season": "FALL", "year": None}},
        {"duration": None},
        {"type": "UNKNOWN", "status": "UNKNOWN", "episodes": 0},
        {"score": {"median": 7.1}},
        {"title": '"0" ½ √A'},
        {"relatedAnime": ["https://anidb.net/anime/2"], "tags": ["sci-fi", "sci fi"]},
    ],
)
def test_oddities_of_real_rows_are_read(oddity: dict[str, object]) -> None:
    assert read_row(json.dumps(row("Tide", "1") | oddity).encode()).sources


def test_a_row_nested_too_deep_is_no_row() -> None:
    with pytest.raises(ValueError, match="deep"):
        read_row(b'{"a":' * 100_000)
