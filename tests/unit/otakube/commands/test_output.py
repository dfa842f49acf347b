# SPDX-License-Identifier: Apache-2.0
"""Answers never steer the reader's terminal, and tables stand straight."""

import json
from collections.abc import Callable

import pytest
import yaml

from otakube.commands.output import OutputFormat, print_facts, print_table, show

HOSTILE = {"title": "Tide \x1b[2J\x9b31m [red]潮[/red] \x07\U000e0001"}


@pytest.mark.parametrize(
    ("form", "read"), [(OutputFormat.JSON, json.loads), (OutputFormat.YAML, yaml.safe_load)]
)
def test_answers_for_programs_escape_control_characters(
    form: OutputFormat, read: Callable[[str], object], capsys: pytest.CaptureFixture[str]
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


def test_columns_stand_below_each_other_though_letters_are_wide(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [("潮", 1), ("tide", 2)])
    assert capsys.readouterr().out == "A      B\n潮     1\ntide   2\n"
