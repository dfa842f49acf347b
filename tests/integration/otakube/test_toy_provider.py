# SPDX-License-Identifier: Apache-2.0
"""One more provider, as CONTRIBUTING says it: two folders, a name, a row, policy lines; nothing else.

The product is copied, the toy is put into the copy, and the copy's own commands fetch from it.
"""

import filecmp
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from upstream_process import Workbench, running_upstream

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
TOY = ROOT / "tests/toy_provider"
COPIED = ("crds", "core", "standins", "workflows", "charts", "docs/reference")
MOST_EDITED = 8

FOLDERS = {
    "core/otakube/adapters/providers/toy": TOY / "adapter",
    "standins/otakube_standins/upstream/toy": TOY / "stand_in",
}
NAME = '    TOY = "Toy"\n'
ROW = """    Provider.TOY: ProviderProfile(
        package="toy",
        url="https://api.toy.example",
        licence=Licence("Toy's terms", "https://toy.example/terms"),
        limits=RateLimits((Rate(10, 1),)),
        requests=2,
        site=Site(
            hosts=("toy.example",),
            canonical="https://toy.example/anime/",
            pages=(rf"toy\\.example/anime/{SLUG}",),
            named=True,
        ),
    ),
"""
EDITED = {
    "crds/otakube_api/contract/vocabulary.py": (r'(    ANIME_PLANET = "AnimePlanet"\n)', rf"\g<1>{NAME}"),
    "crds/otakube_api/providers.py": (
        r"(\n}\n\nALTERNATIVES)",
        "\n" + ROW.rstrip("\n").replace("\\", "\\\\") + r"\g<1>",
    ),
    "core/otakube/domain/merge/policies.py": (r"PLANET\)", "PLANET, Provider.TOY)"),
    "charts/otakube/values.yaml": (
        r"(  animePlanet: [^\n]*\n)",
        r'\g<1>  toy: {enabled: true, url: ""}' + "\n",
    ),
}
GENERATED = {
    "crds/otakube.dev_animeenrichments.yaml",
    "crds/otakube.dev_catalogrestores.yaml",
    "crds/otakube.dev_episodeschedules.yaml",
    "charts/otakube-crds/templates/otakube.dev_animeenrichments.yaml",
    "charts/otakube-crds/templates/otakube.dev_catalogrestores.yaml",
    "charts/otakube-crds/templates/otakube.dev_episodeschedules.yaml",
    "charts/otakube/values.schema.json",
    "docs/reference/animeenrichment.md",
    "docs/reference/catalogrestore.md",
    "docs/reference/episodeschedule.md",
    "docs/reference/settings.md",
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product with the toy in it, generated anew."""
    copy = tmp_path_factory.mktemp("product")
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, folder in FOLDERS.items():
        shutil.copytree(folder, copy / name)
    for name, (anchor, text) in EDITED.items():
        file = copy / name
        edited, count = re.subn(anchor, text, file.read_text())
        assert count, f"{name} has no place for one more provider"
        file.write_text(edited)
    for module in ("otakube_api.manifests", "otakube_workflows.render", "otakube.settings_page"):
        subprocess.run([sys.executable, "-m", module], env=environment(copy), check=True)
    return copy


def environment(product: Path) -> dict[str, str]:
    """An environment whose Python finds the copy before the checkout."""
    paths = (product / name for name in ("crds", "core", "standins", "workflows"))
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(map(str, paths))}


def changed(product: Path) -> set[str]:
    """Files of the copy that differ from the checkout's, or that it does not have."""
    files = (file for file in product.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    names = {file.relative_to(product).as_posix() for file in files}
    return {
        name
        for name in names
        if not (ROOT / name).exists() or not filecmp.cmp(product / name, ROOT / name, shallow=False)
    }


@pytest.fixture
def bench(product: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """A bench on which the copy's steps run against the copy's stand-in."""
    monkeypatch.setenv("PYTHONPATH", environment(product)["PYTHONPATH"])
    with running_upstream() as upstream:
        yield Workbench(tmp_path, upstream)


def test_a_provider_is_two_folders_and_a_handful_of_lines(product: Path) -> None:
    own = {name for name in changed(product) if any(name.startswith(f"{folder}/") for folder in FOLDERS)}
    assert changed(product) - own - GENERATED == EDITED.keys()
    assert len(EDITED) <= MOST_EDITED


def test_the_api_the_chart_and_the_settings_know_it(product: Path) -> None:
    crd = (product / "crds/otakube.dev_animeenrichments.yaml").read_text()
    assert "- Toy" in crd
    assert "toy[.]example" in crd
    assert '"toy": {' in (product / "charts/otakube/values.schema.json").read_text()
    assert "OTAKUBE_PROVIDERS__TOY__URL" in (product / "docs/reference/settings.md").read_text()


def test_it_is_asked_and_believed_from_fetch_to_golden_record(product: Path, bench: Workbench) -> None:
    settings = {
        "PYTHONPATH": environment(product)["PYTHONPATH"],
        "OTAKUBE_PROVIDERS__TOY__URL": f"{bench.upstream.url}/toy",
        "OTAKUBE_PROVIDERS__ANILIST__ENABLED": "false",
        "OTAKUBE_PROVIDERS__KITSU__ENABLED": "false",
        "OTAKUBE_PROVIDERS__JIKAN__ENABLED": "false",
    }
    page = "https://toy.example/anime/hoshi-no-toudaimori"
    fetched = bench.step("fetch", f'--source-urls=["{page}"]', **settings)
    assert (fetched.status, fetched.failure) == (0, "")
    assert fetched.outputs["answered-sources"] == '["Toy"]'
    for name in ("stage", "assemble"):
        done = bench.step(name, **settings)
        assert (done.status, done.failure) == (0, "")
    record = bench.golden()
    assert record["entry"]["titles"]["main"] == "Hoshi no Toudaimori"
    assert record["entry"]["provenance"]["title"]["provider"] == "Toy"
    assert record["entry"]["sources"] == [page]
    assert len(record["episodes"]) == 26
