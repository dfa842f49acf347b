# SPDX-License-Identifier: Apache-2.0
"""Commands, paths and links of the documentation exist: each is read by the parser that would run it."""

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click.exceptions import MissingParameter, NoArgsIsHelpError, UsageError
from typer.core import TyperGroup

import documents
from documents import PAGES, ROOT, Command
from otakube.main import app

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z][a-z0-9-]*):", MAKEFILE, re.MULTILINE))
# Variables that a caller may set: those of the Makefile, and those that its scripts read.
SCRIPT_VARIABLES = {"OTAKUBE_REGISTRY", "DRILL_RANDOM", "DRILL_SEED", "FUZZ_ANSWER", "N"}
VARIABLES = set(re.findall(r"\$\(?\{?([A-Z_]{3,})", MAKEFILE)) | SCRIPT_VARIABLES
# Words that look like paths: a resource of Kubernetes, and a file that must not be there.
NO_PATHS = {"services/proxy", "operator/__init__.py"}
PLACEHOLDER = re.compile(r"(<[^>]*>|\b[A-Z_]{3,}\b|…|\*)+")
BUILT = "build"  # whoever has run `make try` has it; a fresh clone has not
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."} - {BUILT}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def parse(words: list[str]) -> None:
    """Read a command line of `otakube` as the command would, and run nothing."""
    command: Any = typer.main.get_command(app)
    name: str | None = "otakube"
    context = None
    while True:
        context = command.make_context(name, words, parent=context)
        if not isinstance(command, TyperGroup):
            return
        name, command, words = command.resolve_command(context, [*context._protected_args, *context.args])


def complaint(command: Command) -> str:
    """The parser's complaint about a command line. Inline code may leave out what is to be given."""
    words = list(command.words[1:])
    try:
        parse(words)
    except typer.Exit:  # `--help` and `--version`
        return ""
    except UsageError as error:
        excused = not command.whole and left_out(words, error)
        return "" if excused else f"{' '.join(command.words)}: {error.format_message()}"
    return ""


def left_out(words: list[str], error: UsageError) -> bool:
    """True if only something is missing, or the name of the sub-command is a placeholder."""
    missing = ("requires an argument", "Missing")
    return (
        isinstance(error, (MissingParameter, NoArgsIsHelpError))
        or any(text in error.format_message() for text in missing)
        or any(word.isupper() for word in words[:2])
    )


def named(page: Path, wanted: Callable[[str], bool]) -> list[Command]:
    return [command for command in documents.commands(page) if wanted(command.words[0])]


@each_page
def test_every_command_of_otakube_is_one_that_its_parser_takes(page: Path) -> None:
    found = named(page, lambda word: Path(word).name == "otakube")
    assert [text for command in found if (text := complaint(command))] == []


@each_page
def test_every_shell_block_parses(page: Path) -> None:
    assert [error for text in documents.shell_scripts(page) if (error := documents.parse_error(text))] == []


@each_page
def test_a_block_of_commands_says_that_it_is_shell(page: Path) -> None:
    starts = ("otakube ", "kubectl ", "make ", "curl ", "helm ", ".venv/bin/")
    untagged = [text for language, text in documents.blocks(page) if not language]
    assert [line for text in untagged for line in text.splitlines() if line.startswith(starts)] == []


@each_page
def test_every_make_target_and_variable_that_a_page_names_exists(page: Path) -> None:
    words = [word for command in named(page, lambda word: word == "make") for word in command.words[1:]]
    targets = {word for word in words if "=" not in word}
    variables = {word.partition("=")[0] for word in words if "=" in word}
    # `bench-…` stands for all targets that begin so.
    begun = {word for word in targets if word.endswith("-") and any(one.startswith(word) for one in TARGETS)}
    assert targets - begun <= TARGETS
    assert variables <= VARIABLES


@each_page
def test_every_python_module_that_a_page_runs_exists(page: Path) -> None:
    found = [command.words for command in documents.commands(page) if "-m" in command.words]
    modules = [
        words[words.index("-m") + 1] for words in found if Path(words[0]).name in ("python", "python3")
    ]
    real = [module for module in modules if not module.endswith((".NAME", ".venv"))]
    assert [module for module in real if importlib.util.find_spec(module) is None] == []


@each_page
def test_every_path_of_the_repository_that_a_page_names_exists(page: Path) -> None:
    words = {word for code in documents.inline(page) for word in code.split()}
    words |= {word for command in documents.commands(page) if command.whole for word in command.words}
    paths = {word.rstrip("/.,:") for word in words if word.partition("/")[0] in FOLDERS and "/" in word}
    patterns = {path: PLACEHOLDER.sub("*", path) for path in paths - NO_PATHS}
    assert [path for path, pattern in patterns.items() if not any(ROOT.glob(pattern))] == []


@each_page
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    missing = []
    for path, anchor in documents.links(page):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in documents.anchors(target)):
            missing.append(f"{path}#{anchor}")
    assert missing == []
