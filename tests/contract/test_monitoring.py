# SPDX-License-Identifier: Apache-2.0
"""Alert rules and the dashboard ask for what the code exports, and lead to pages that exist."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from promql import grouped, selectors

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "charts/otakube/files/monitoring/dashboard.json").read_text())
_SPEC = importlib.util.spec_from_file_location("render_monitoring", ROOT / "docs/render_monitoring.py")
assert _SPEC is not None
assert _SPEC.loader is not None
page = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(page)

RULES = {rule["alert"]: rule for rule in page.rules()}
QUERIES = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
EXPRESSIONS = {name: rule["expr"] for name, rule in RULES.items()} | QUERIES
SERIES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


def exported() -> dict[str, set[str]]:
    """Labels by series name, as Prometheus sees them."""
    found: dict[str, set[str]] = {}
    for registry in (page.operator_registry(), page.catalogue_registry()):
        for family, labels in page.families(registry):
            for suffix in SERIES[family.type]:
                found[family.name + suffix] = {*labels, *({"le"} if suffix == "_bucket" else ())}
    return found


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_asks_for_series_and_labels_that_the_code_exports(name: str) -> None:
    known, found = exported(), selectors(promql_parser.parse(EXPRESSIONS[name]))
    assert found
    for selector in found:
        assert selector.name in known, selector.name
        asked = {matcher.name for matcher in selector.matchers.matchers}
        assert asked | grouped(EXPRESSIONS[name]) <= known[selector.name], selector.name


@pytest.mark.parametrize("name", RULES)
def test_a_runbook_is_a_section_of_the_documentation(name: str) -> None:
    file, _, anchor = RULES[name]["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs" / file).read_text(), re.M)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchor in anchors


@pytest.mark.parametrize("name", RULES)
def test_an_alert_says_which_labels_its_expression_leaves(name: str) -> None:
    rule = RULES[name]
    used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    assert used <= grouped(rule["expr"]) - {"le"}


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_legend_names_labels_that_its_query_leaves(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert named <= grouped(target["expr"]) - {"le"}, target["refId"]


def test_every_panel_has_a_place_of_its_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
