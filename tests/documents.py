# SPDX-License-Identifier: Apache-2.0
"""The documentation as tests read it: pages, fenced blocks, inline code, links, and the commands in them."""

import re
import shlex
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for page in ROOT.rglob("*.md") if not str(page.relative_to(ROOT)).startswith("."))
SHELL = ("sh", "bash", "shell", "console")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OPERATORS = set("();<>|&")


class Command(NamedTuple):
    """A command line as its words; `whole` if it stands in a shell block, so that nothing may be left out."""

    words: tuple[str, ...]
    whole: bool


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of every fenced block."""
    return [(language, textwrap.dedent(text)) for language, text in FENCE.findall(page.read_text())]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def inline(page: Path) -> list[str]:
    """The inline code of a page, each on one line."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose(page))]


def script(language: str, text: str) -> str:
    """The shell script of a block: of a console, the lines behind a prompt."""
    if language != "console":
        return text
    return "".join(line[2:] for line in text.splitlines(keepends=True) if line.startswith(("# ", "$ ")))


def shown_lines(language: str, text: str) -> tuple[str, ...]:
    """The output that a console shows; … stands for anything."""
    prompts = ("# ", "$ ")
    lines = text.splitlines() if language == "console" else []
    return tuple(line for line in lines if not line.startswith(prompts))


def shell_scripts(page: Path) -> list[str]:
    """The shell scripts of a page."""
    return [script(language, text) for language, text in blocks(page) if language in SHELL]


def parse_error(text: str) -> str:
    """The complaint of bash about a script that it does not run; empty if it parses."""
    done = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    return done.stderr


def complete_commands(text: str) -> list[str]:
    """The script cut into what a shell runs at once: a line, or several where a command goes on."""
    found, begun = [], ""
    for line in text.splitlines(keepends=True):
        begun += line
        if not line.endswith("\\\n") and not parse_error(begun):
            found.append(begun)
            begun = ""
    assert not begun, f"no whole command: {begun}"
    return found


def commands(page: Path) -> list[Command]:
    """All command lines of a page, from its shell blocks and from its inline code."""
    whole = [Command(words, True) for text in shell_scripts(page) for words in simple_commands(text)]
    lines = [line for code in inline(page) for line in _spelled_out(code)]
    return whole + [Command(words, False) for line in lines for words in simple_commands(line)]


def _spelled_out(code: str) -> list[str]:
    """Inline code as command lines: `[…]` is optional and taken along, of `a|b` each is a line of its own."""
    text = re.sub(r"[\[\]…]|\.\.\.", " ", code)
    choice = re.search(r"(?<!\S)\S+\|\S+(?!\S)", text)
    if not choice:
        return [text]
    return [text[: choice.start()] + one + text[choice.end() :] for one in choice[0].split("|")]


def simple_commands(text: str) -> Iterator[tuple[str, ...]]:
    """The simple commands of a script, those in `$(…)` too; none of a text that is no shell."""
    for inner in re.findall(r"\$\(([^()]*)\)", text):
        yield from simple_commands(inner)
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        try:
            words = list(lexer)
        except ValueError:  # an apostrophe of a sentence, or text over several lines
            continue
        yield from _simple(words)


def _simple(words: list[str]) -> Iterator[tuple[str, ...]]:
    command: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= OPERATORS:
            if command:
                yield tuple(command)
            command = []
        elif command or not re.match(r"\w+=", word):  # a variable before the command
            command.append(word)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ +(.*?) *#*$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[tuple[str, str]]:
    """Path and anchor of every link to a place in the repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    parted = [target.partition("#") for target in targets if ":" not in target]
    return [(path, anchor) for path, _, anchor in parted]
