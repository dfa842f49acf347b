# SPDX-License-Identifier: Apache-2.0
"""Ends of a command: what a terminal cannot show, and words that are no text."""

import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import typer

from otakube_cli import command
from otakube_cli.command import run


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
