# SPDX-License-Identifier: Apache-2.0
"""Images hold what they need, each library once: Dockerfiles, locks and `install.py` against each other."""

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROWS = {row["name"]: row for row in yaml.safe_load((ROOT / "images/images.yaml").read_text())["images"]}
PACKAGES = {
    "otakube-operator": {"otakube_api", "otakube_operator"},
    "otakube-steps": {"otakube_api", "otakube"},
    "otakube-embed": set(),
    "otakube-catalogue": {"otakube_services"},
    "otakube-upstream": {"otakube_standins"},
    "otakube-vectors": {"otakube_standins"},
}
DERIVED = [name for name, row in ROWS.items() if row.get("base")]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


install = _load(ROOT / "images/install.py")


def dockerfile(name: str) -> str:
    return (ROOT / ROWS[name]["dockerfile"]).read_text().replace("\\\n", " ")


def installs(name: str) -> list[list[str]]:
    """The arguments of each call of `install.py` that installs into the image."""
    lines = re.findall(r"^RUN .*?/build/install.py (.*)$", dockerfile(name), re.MULTILINE)
    return [shlex.split(line) for line in lines if "--lock" in line and not line.endswith("/build/lib")]


def files(words: list[str], option: str) -> list[Path]:
    return [ROOT / "locks" / Path(words[i + 1]).name for i, word in enumerate(words) if word == option]


def pins(lock: Path) -> set[tuple[str, ...]]:
    """Name and version of each requirement; a name has several where versions of Python differ."""
    return {tuple(block.split()[0].split("==")) for block in install.requirements(lock)}


def names(lock: Path) -> set[str]:
    return {name for name, _ in pins(lock)}


def below(name: str) -> list[str]:
    """The images that an image stands on."""
    base = ROWS[name].get("base")
    return [base, *below(base)] if base else []


@pytest.mark.parametrize("name", PACKAGES)
def test_an_image_gets_the_packages_that_it_needs_and_no_other(name: str) -> None:
    copied = re.findall(r"^COPY \w+/(otakube\w*)\S* /opt", dockerfile(name), re.MULTILINE)
    assert set(copied) == PACKAGES[name]


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_image_leaves_out_what_every_image_below_has(name: str) -> None:
    locks = {lock for lower in below(name) for words in installs(lower) for lock in files(words, "--lock")}
    assert locks
    assert all(set(files(words, "--below")) == locks for words in installs(name))


@pytest.mark.parametrize("name", DERIVED)
def test_no_library_is_in_two_layers(name: str) -> None:
    [words] = installs(name)
    [lock], lower = files(words, "--lock"), files(words, "--below")
    added = {block.split()[0].split("==")[0] for block in install.missing(lock, lower)}
    assert added
    assert not any(added & names(one) for one in lower)


def test_locks_agree_on_every_version() -> None:
    everything = pins(ROOT / "locks/all.txt")
    locks = [file for name in PACKAGES for words in installs(name) for file in files(words, "--lock")]
    assert len(set(locks)) == len(PACKAGES)
    differing = [(lock.name, pin) for lock in locks for pin in pins(lock) - everything]
    assert differing == []


def test_the_operator_carries_no_second_kubernetes_client() -> None:
    assert "kubernetes" in names(ROOT / "locks/all.txt")
    assert "kubernetes" not in names(ROOT / "locks/operator.txt")


def test_an_image_has_those_commands_whose_modules_it_holds(tmp_path: Path) -> None:
    (tmp_path / "otakube/commands").mkdir(parents=True)
    (tmp_path / "otakube/commands/step.py").touch()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = install.entry_points(project, tmp_path).splitlines()
    assert "step = otakube.commands.step:app" in lines
    assert not any("otakube_cli" in line for line in lines)


def test_an_unknown_distribution_to_choose_is_named() -> None:
    with pytest.raises(SystemExit, match="no such distribution to choose: absent"):
        install.chosen(["numpy==2.4.0"], [], ["absent"])
