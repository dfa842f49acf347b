# SPDX-License-Identifier: Apache-2.0
"""Commands never steer the reader's terminal."""

import io
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import typer
import yaml

from otakube_cli import command
from otakube_cli.command import Format, print_facts, print_table, run, show

HOSTILE = {"title": "Tide \x1b[2J\x9b31m [red]潮[/red] \x07\U000e0001"}


@pytest.mark.parametrize(("form", "read"), [(Format.JSON, json.loads), (Format.YAML, yaml.safe_load)])
def test_answers_for_programs_escape_control_characters(
    form: Format, read: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    show(HOSTILE, form, table=lambda: None)
    text = capsys.readouterr().out
    assert read(text) == HOSTILE
    assert not {"\x1b", "\x9b", "\x07"} & set(text)
    assert "潮" in text


def test_tables_and_facts_show_markup_as_text_and_no_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("title",), [(HOSTILE["title"],)])
    print_facts(HOSTILE["title"], [("also", HOSTILE["title"])])
    text = capsys.readouterr().out
    assert text.count("[red]潮[/red]") == 3
    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_letters_that_a_terminal_lacks_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def connected(**_: str) -> AsyncIterator[None]:
        yield

    async def body(_: Any) -> None:
        print("潮 é")

    monkeypatch.setattr(command, "connected", connected)
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", terminal)
    run(body)
    terminal.seek(0)
    assert terminal.read() == "\\u6f6e é\n"


def test_a_word_that_is_not_utf_8_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @asynccontextmanager
    async def connected(**_: str) -> AsyncIterator[None]:
        yield

    async def body(_: Any) -> None:
        "tide\udcff".encode()

    monkeypatch.setattr(command, "connected", connected)
    with pytest.raises(typer.Exit) as left:
        run(body)
    assert (left.value.exit_code, capsys.readouterr().err) == (2, "otakube: 'tide\\udcff' is not UTF-8\n")
