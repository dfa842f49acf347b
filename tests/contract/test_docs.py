# SPDX-License-Identifier: Apache-2.0
"""The documentation mentions every word that the product can say, and every setting."""

import re
from pathlib import Path

import pytest

from otakube.maintenance.check_providers import CheckState
from otakube.maintenance.scrub import Damage
from otakube.provider_settings import ProviderSettings
from otakube.settings import Settings
from otakube_api import manifests
from otakube_api.contract import Breach, DatasetReason, FailureReason, PodReason, SnapshotReason, SourceReason
from otakube_api.reasons import Reason

ROOT = Path(__file__).parents[2]
TROUBLESHOOTING = (ROOT / "docs/troubleshooting.md").read_text()
FOLDERS = ("core", "operator", "crds/otakube_api/argo")
SOURCES = "".join(path.read_text() for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.py"))
KINDS = [source.kind for source in manifests.kind_models()]
REASONS = list(dict.fromkeys(reason for kind in KINDS for reason in kind.reasons))
CONDITIONS = list(dict.fromkeys(condition for kind in KINDS for condition in kind.conditions))
SAID_OF_STEPS = {
    word.value: word
    for words in (Breach, DatasetReason, SnapshotReason, FailureReason, PodReason)
    for word in words
}


@pytest.mark.parametrize("word", [*REASONS, *CONDITIONS, *SourceReason], ids=str)
def test_troubleshooting_explains(word: str) -> None:
    assert f"`{word}`" in TROUBLESHOOTING


@pytest.mark.parametrize(
    ("page", "word"), [("providers", one) for one in CheckState] + [("commit", one) for one in Damage]
)
def test_every_word_of_a_report_is_explained(page: str, word: str) -> None:
    assert f"`{word}`" in (ROOT / f"docs/{page}.md").read_text()


@pytest.mark.parametrize("reason", REASONS, ids=str)
def test_something_gives_each_reason(reason: Reason) -> None:
    word = SAID_OF_STEPS.get(reason.value, reason)
    assert re.search(rf"\b{type(word).__name__}\.{word.name}\b", SOURCES)


SETTINGS = [name for name in Settings.model_fields if name != "providers"]
PROVIDER_SETTINGS = [f"providers__name__{name}" for name in ProviderSettings.model_fields]


@pytest.mark.parametrize("name", [*SETTINGS, *PROVIDER_SETTINGS])
def test_the_settings_page_lists(name: str) -> None:
    assert f"`OTAKUBE_{name.upper()}`" in (ROOT / "docs/reference/settings.md").read_text()


DECISIONS = sorted((ROOT / "docs/decisions").glob("0*.md"))


@pytest.mark.parametrize("record", DECISIONS, ids=lambda record: record.stem)
def test_a_decision_has_its_parts_and_is_listed_by_its_title(record: Path) -> None:
    text, number = record.read_text(), record.name[:4]
    heading, _, title = text.partition("\n")[0].partition(f" {number} ")
    parts = ("**Context.**", "**Decision.**", "**Consequences.**", "**Enforced by**")
    assert heading == "#"
    assert [part for part in parts if part not in text] == []
    assert f"| [{number}]({record.name}) | {title} |" in (record.parent / "README.md").read_text()
