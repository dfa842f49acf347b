# SPDX-License-Identifier: Apache-2.0
"""AnimeEnrichments of files, of standard input and of bare titles, checked as the API server checks them."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from otakube_api.contract import EXIT, one_line
from otakube_api.v1alpha1.anime_enrichment import KIND, AnimeEnrichment
from otakube_api.v1alpha1.meta import API_VERSION
from otakube_cli.errors import ConsoleError
from otakube_cli.naming import name_of_page, name_of_title
from otakube_cli.run.validation import admit

STDIN = "-"
_ID = "ani_"
_SUFFIXES = (".yaml", ".yml", ".json")
_LISTS = {("v1", "List"), (API_VERSION, f"{KIND.name}List")}


class _Loader(yaml.SafeLoader):
    """YAML as kubectl reads it: a date stays text, a field that is given twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
            message = f"{', '.join(map(repr, twice))} is given more than once"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [one for one in known if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(given: Sequence[str]) -> list[AnimeEnrichment]:
    """Every object that is named, in order; ConsoleError names what is wrong, and where."""
    found = [admit(body, where) for one in given for where, body in _bodies(one)]
    names = [one.metadata.name for one in found]
    for name in names:
        if names.count(name) > 1:
            cure = "name each title once, and give each manifest a metadata.name of its own"
            _refuse(f"two objects are named {name!r}: {cure}")
    return found


def _bodies(given: str) -> Iterator[tuple[str, Any]]:
    if not given:
        _refuse("a title is empty: write it as a provider writes it")
    if given == STDIN or _exists(given):
        yield from objects_of(given)
    elif Path(given).suffix in _SUFFIXES:
        _refuse(f"there is no file {given}: give a manifest, or a title")
    else:
        yield f"{_kind_of_name(given)} {given!r}", _object_of(given)


def objects_of(given: str) -> Iterator[tuple[str, Any]]:
    """The objects of a file, a folder or standard input, as `kubectl apply -f` takes them."""
    path = Path(given)
    if given == STDIN:
        yield from _documents("standard input", _standard_input())
    elif path.is_dir():
        files = sorted(file for file in _listed(path) if file.suffix in _SUFFIXES)
        if not files:
            _refuse(f"{given} has no {', '.join(_SUFFIXES)}: name a folder of manifests")
        for file in files:
            yield from _documents(str(file), _text(file))
    else:
        yield from _documents(given, _text(path))


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        _refuse(f"{folder} cannot be read: {error.strerror}")


def _exists(given: str) -> bool:
    """True for what lies in the file system, a pipe too; a title may be longer than any file's name."""
    try:
        return Path(given).exists()
    except OSError:
        return False


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        _refuse("standard input is not UTF-8: give a manifest")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        _refuse(f"{file} cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        _refuse(f"{file} is not UTF-8: give a manifest, or a title")


def _documents(where: str, text: str) -> Iterator[tuple[str, Any]]:
    try:
        documents = [document for document in yaml.load_all(text, _Loader) if document is not None]
    except yaml.YAMLError as error:
        _refuse(f"{where} is no YAML: {' '.join(str(error).split())}")
    except RecursionError:
        _refuse(f"{where} is nested too deeply for a manifest")
    if not documents:
        _refuse(f"{where} holds no object: write an {KIND.name}, or run `otakube run TITLE`")
    for number, document in enumerate(documents, 1):
        yield from _items(where if len(documents) == 1 else f"{where}, document {number}", document)


def _items(where: str, document: Any) -> Iterator[tuple[str, Any]]:
    """The objects of a List, as `kubectl get -o yaml` writes it; any other document is one object itself."""
    if not isinstance(document, dict) or (document.get("apiVersion"), document.get("kind")) not in _LISTS:
        yield where, document
        return
    items = document.get("items")
    if not isinstance(items, list):
        _refuse(f"{where}: items is {one_line(repr(items))[:200]}: write a list of objects")
    if not items:
        _refuse(f"{where}: items is empty: write at least one {KIND.name}")
    for number, item in enumerate(items, 1):
        yield from _items(f"{where}, item {number}", item)


def _kind_of_name(given: str) -> str:
    """Kind of the name that a word of the command line is."""
    return "page" if _is_page(given) else "id" if given.startswith(_ID) else "title"


def _is_page(given: str) -> bool:
    return given.startswith(("https://", "http://"))


def _object_of(given: str) -> dict[str, Any]:
    """The object that a person would write for a title, a page or an id."""
    name, anime = name_of_title(given), dict[str, Any](title=given)
    if _is_page(given):
        name, anime = name_of_page(given), {"sourceUrls": [given]}
    elif given.startswith(_ID):
        name, anime = given.lower().replace("_", "-"), {"id": given}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND.name,
        "metadata": {"name": name},
        "spec": {"anime": anime},
    }


def _refuse(message: str) -> NoReturn:
    raise ConsoleError(message, code=EXIT.fatal)
