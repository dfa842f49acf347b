# SPDX-License-Identifier: Apache-2.0
"""The documentation mentions what the product can say and be told."""

import re
from pathlib import Path

import pytest

from otakube.settings import Settings
from otakube_api.contract import SourceReason
from otakube_api.reasons import ConditionType, Reason

ROOT = Path(__file__).parents[2]
TROUBLESHOOTING = (ROOT / "docs/troubleshooting.md").read_text()


@pytest.mark.parametrize("word", [*Reason, *ConditionType, *SourceReason], ids=str)
def test_troubleshooting_explains(word: str) -> None:
    assert f"`{word}`" in TROUBLESHOOTING


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_settings_page_lists(name: str) -> None:
    assert f"`OTAKUBE_{name.upper()}`" in (ROOT / "docs/reference/settings.md").read_text()


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing
