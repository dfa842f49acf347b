# SPDX-License-Identifier: Apache-2.0
"""The project's words: one term for one thing, as docs/terminology.md has them.

A word that was given up stays given up: REFUSED says which, where, and what to write instead.
"""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("crds", "operator", "core", "workflows", "services", "cli", "standins", "cluster")
TEXTS = (".py", ".md", ".toml", ".yaml", ".yml", ".tpl", ".sh", ".txt", "Makefile", "Dockerfile")
OTHERS = (
    "locks/",
    "standins/otakube_standins/upstream/titles/",
    "tests/fixtures/",
    "tests/contract/test_words.py",
)

EVERYWHERE = {
    r"(?-i:animeplanet)": "anime_planet",
    r"BEAT": "INTERVAL",
    r"catalogue of anime true": "keeps an anime catalogue accurate and current",
    r"complaints": "failures",
    r"harvest\w*": "FetchState",
    r"inbox": "informer",
    r"joined_by_picture": "merge_by_phash",
    r"keep_true": "resync",
    r"likeness\w*": "similarity",
    r"manners": "rate limits",
    r"misfit": "penalty",
    r"one[ _]voice": "one vote per site",
    r"pronounce\w*": "set_health",
    r"rooms?": "provider, package or module",
    r"sayers": "claimants",
    r"stay_apart": "enforce_different_locks",
    r"vitals": "health",
    r"_?wind_up": "_stop_runs",
}
"""Words that are refused in code, comments, documents and the command line: regular expressions, any case."""

NAMES = {
    "Account": "RateLimitState",
    "Asking": "ProviderFetcher",
    "Bar": "BlockReason",
    "Course": "Decision",
    "Manners": "RateLimiter",
    "Offer": "ProviderEntry",
    "Said": "Claim",
    "Standing": "RateLimitStatus",
    "Steer": "WorkflowPatch",
    "Terms": "RateLimits",
    "Trouble": "CreateFailure",
    "apart": "ownership",
    "begun": "prefix_score",
    "believed": "accepted",
    "held": "has_finalizer",
    "hold": "add_finalizer",
    "lacks": "missing_setting",
    "leave": "release_page",
    "mal": "myanimelist",
    "pace": "rate_limit",
    "said": "format_x, describe_x, or what it returns",
    "portraits": "character_images",
    "settle": "record_outcome, recover, or what it settles",
    "shown": "format_x, describe_x, or what it returns",
    "spelled": "string_similarity",
    "spoken": "format_x, describe_x, or what it returns",
    "told": "format_x, describe_x, or what it returns",
    "turn": "acquire; what is acquired is a permit",
    "voices": "claims; of characters: voice_actors",
    "weigh": "check_plausibility",
}
"""Everyday English, refused where it names a class, a function, a module or a folder of the product."""

MODULES = {
    "cache": "store, in the operator",
    "parts": "optional_parts",
    "reading": "redaction or parsing",
    "wanted": "request",
    "words": "vocabulary",
    "works": "relations",
}
"""The same, where it names a module or a folder alone."""

RELATIVE = re.compile(r"(?:What|Who|Whom|Whose|Which|How|Where|When|Whether|That)\b")


@cache
def files() -> list[Path]:
    """Every text of the repository that people or machines read, but those of others."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    mine = [name for name in listed if name.endswith(TEXTS) and not name.startswith(OTHERS)]
    return [ROOT / name for name in mine if (ROOT / name).is_file()]


@cache
def text_of(path: Path) -> str:
    """A file, read once for all words."""
    return path.read_text()


@cache
def modules() -> dict[Path, ast.Module]:
    """The product's Python files, parsed."""
    return {
        path: ast.parse(text_of(path))
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PRODUCT
    }


def place(path: Path, line: int) -> str:
    """Where something stands, as editors link it."""
    return f"{path.relative_to(ROOT)}:{line}"


def definitions() -> Iterator[tuple[str, str]]:
    """Name and place of every class, function, module and folder of the product."""
    for path, module in modules().items():
        yield path.stem if path.stem != "__init__" else path.parent.name, place(path, 1)
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, place(path, node.lineno)


@pytest.mark.parametrize("word", EVERYWHERE)
def test_a_word_that_was_given_up_stands_nowhere(word: str) -> None:
    form = re.compile(rf"(?<![^\W_]){word}(?![^\W_])", re.IGNORECASE)
    found = [
        f"{place(path, number)}: {line.strip()[:100]}"
        for path in files()
        if form.search(text_of(path))
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if form.search(line)
    ]
    named = [str(path.relative_to(ROOT)) for path in files() if form.search(str(path.relative_to(ROOT)))]
    assert [*found, *named] == [], f"write {EVERYWHERE[word]!r}"


def test_no_class_function_or_module_has_a_name_that_was_given_up() -> None:
    found = [
        f"{where}: {name}: write {NAMES[bare]}"
        for name, where in definitions()
        if (bare := name.strip("_")) in NAMES
    ]
    assert found == []


def test_no_module_is_called_after_nothing_in_particular() -> None:
    found = [
        f"{path.relative_to(ROOT)}: write {MODULES[path.stem]}"
        for path in modules()
        if path.stem in MODULES and (path.stem != "cache" or "operator" in path.parts)
    ]
    assert found == []


def test_no_class_name_stands_for_two_things() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(place(path, node.lineno))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [
        f"{place(path, getattr(node, 'lineno', 2))}: {text.splitlines()[0]}"
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, documented) and (text := ast.get_docstring(node)) and RELATIVE.match(text)
    ]
    assert found == []
