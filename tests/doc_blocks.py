# SPDX-License-Identifier: Apache-2.0
"""The shell blocks of README, CONTRIBUTING and docs/: in page order, with what each needs to run.

A comment directly above a block says what is special about it:

- `<!-- not run: REASON -->`: no test can run it. The reason is part of it.
- `<!-- run until ^C -->`: its last command goes on until the reader ends it.
- `<!-- answers: y / a note -->`: its last command asks; what the reader types, a line each.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import documents
from documents import ROOT

LANGUAGES = ("sh", "bash", "shell", "console")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOT_RUN = re.compile(r"<!-- not run: (\S.*\S) -->")
ANSWERS = re.compile(r"<!-- answers: (\S.*\S) -->")
UNTIL_INTERRUPTED = "<!-- run until ^C -->"
FENCED = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)

INSTALLATION = "docs/install.md"
"""Its kubectl and helm install on a cluster that has nothing yet: they run at an API server of their own."""

CLUSTER_PROGRAMS = {"kubectl", "helm", "argo"}
LOCAL_COMMANDS = {
    "run",
    "step",
    "bucket",
    "scrub",
    "curate",
    "plan-schedules",
    "snapshot",
    "export",
    "sync",
    "flags",
    "images",
}
"""Sub-commands of `otakube` that ask no cluster, as the documentation uses them."""
CLUSTER_TARGETS = {"demo", "install", "images", "cluster-up", "cluster-status"}


class Needs(StrEnum):
    """What a block's commands must find."""

    NOTHING = "nothing but this checkout"
    CLUSTER = "the cluster of make demo"
    API_SERVER = "a cluster that has nothing yet"
    NOT_RUN = "more than a test has"


class Block(NamedTuple):
    """A shell block: where it stands, its script, its shown output, the comment above it, what it needs."""

    page: Path
    line: int
    script: str
    promised: tuple[str, ...]
    comment: str
    needs: Needs

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def until_interrupted(self) -> bool:
        return self.comment == UNTIL_INTERRUPTED

    @property
    def answers(self) -> list[str]:
        found = ANSWERS.fullmatch(self.comment)
        return found[1].split(" / ") if found else []


def shell_blocks(page: Path) -> Iterator[Block]:
    """The shell blocks of a page, in its order."""
    text = page.read_text()
    for found in FENCED.finditer(text):
        language, body = found["language"], found["text"]
        if language not in LANGUAGES:
            continue
        lines = [line.removeprefix(found["indent"]) for line in body.splitlines(keepends=True)]
        script = documents.script(language, "".join(lines))
        shown = documents.shown_lines(language, "".join(lines))
        before = text[: found.start()]
        comment = comment_above(before)
        yield Block(page, before.count("\n") + 1, script, shown, comment, needs(page, script, comment))


def comment_above(before: str) -> str:
    """The HTML comment on the line above a block, or on the one above an empty line; "" if there is none."""
    last = before.rstrip().rpartition("\n")[2].strip()
    return last if last.startswith("<!--") else ""


def needs(page: Path, script: str, comment: str) -> Needs:
    """What the commands of a block must find."""
    if NOT_RUN.fullmatch(comment):
        return Needs.NOT_RUN
    commands = list(documents.simple_commands(script))
    if str(page.relative_to(ROOT)) == INSTALLATION and not any(words[0] == "otakube" for words in commands):
        return Needs.API_SERVER
    return Needs.CLUSTER if any(map(asks_cluster, commands)) else Needs.NOTHING


def asks_cluster(words: tuple[str, ...]) -> bool:
    """True if a command talks to a cluster."""
    program, rest = Path(words[0]).name, words[1:]
    if program == "make":
        return bool(CLUSTER_TARGETS & set(rest))
    if program == "otakube":
        return bool(rest) and not rest[0].startswith("-") and rest[0] not in LOCAL_COMMANDS
    return program in CLUSTER_PROGRAMS


def blocks_that_need(wanted: Needs) -> dict[Path, list[Block]]:
    """The blocks by page, those pages that have any."""
    found = {page: [block for block in shell_blocks(page) if block.needs is wanted] for page in PAGES}
    return {page: blocks for page, blocks in found.items() if blocks}
