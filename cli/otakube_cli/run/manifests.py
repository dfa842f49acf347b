# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichments of files, of standard input and of bare titles, checked as the API server checks them."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from otakube_api.contract import EXIT
from otakube_api.v1alpha1.anime_enrichment import KIND, AnimeEnrichment
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_cli.cluster import ConsoleError
from otakube_cli.run.validation import admit

STDIN = "-"
_SUFFIXES = (".yaml", ".yml", ".json")


def read(given: Sequence[str]) -> list[AnimeEnrichment]:
    """Every object that is named, in order; ConsoleError names what is wrong, and where."""
    found = [admit(body, where) for one in given for where, body in _bodies(one)]
    names = [one.metadata.name for one in found]
    for name in names:
        if names.count(name) > 1:
            _refuse(f"two objects are named {name!r}: give each a metadata.name of its own")
    return found


def _bodies(given: str) -> Iterator[tuple[str, Any]]:
    path = Path(given)
    if given == STDIN:
        yield from _documents("standard input", sys.stdin.read())
    elif path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
        if not files:
            _refuse(f"{given} has no {', '.join(_SUFFIXES)}: name a folder of manifests")
        for file in files:
            yield from _documents(str(file), file.read_text())
    elif path.is_file():
        yield from _documents(given, path.read_text())
    elif path.suffix in _SUFFIXES:
        _refuse(f"there is no file {given}: give a manifest, or a title")
    else:
        yield f"title {given!r}", _of_title(given)


def _documents(where: str, text: str) -> Iterator[tuple[str, Any]]:
    try:
        documents = [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        _refuse(f"{where} is no YAML: {' '.join(str(error).split())}")
    if not documents:
        _refuse(f"{where} holds no object: write an {KIND.name}, or run `otakube run TITLE`")
    for number, document in enumerate(documents, 1):
        yield where if len(documents) == 1 else f"{where}, document {number}", document


def _of_title(title: str) -> dict[str, Any]:
    """The object that a person would write for a title."""
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:63].strip("-") or "title"
    return {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "metadata": {"name": name},
        "spec": {"anime": {"title": title}},
    }


def _refuse(message: str) -> NoReturn:
    raise ConsoleError(message, code=EXIT.fatal)
