# SPDX-License-Identifier: Apache-2.0
"""What a person on call meets of schedules stands in docs/troubleshooting.md, with a cure."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from otakube.maintenance.plan_schedules import PlannerReport
from otakube_api.reasons import CommonReason
from otakube_api.v1alpha1.episode_schedule import (
    EpisodeScheduleSpec,
    EpisodeScheduleStatus,
    ScheduleCondition,
    ScheduleReason,
)
from otakube_operator.schedule.meter import schedule_meter

ROOT = Path(__file__).parents[2]
WHOLE = (ROOT / "docs/troubleshooting.md").read_text()
SECTION = WHOLE.partition("\n## Schedules\n")[2].partition("\n## ")[0]
PLANNER = SECTION.partition("\n### The planner\n")[2]
ROWS = re.findall(r"^\| (`.+?`) \| (.+) \|$", SECTION, re.M)
ALERTS = [
    rule["alert"]
    for group in yaml.safe_load((ROOT / "charts/otakube/files/monitoring/rules.yaml").read_text())["groups"]
    for rule in group["rules"]
    if "schedule" in rule["expr"].lower()
]
METRICS = [f"{family.name}_total" for family in schedule_meter().ticks.collect()]


@pytest.mark.parametrize("word", [*ScheduleReason, CommonReason.SUSPENDED, *ALERTS, *METRICS], ids=str)
def test_each_has_a_row_with_what_to_do(word: str) -> None:
    assert [cure for words, cure in ROWS if f"`{word}`" in words and len(cure) > 7]


@pytest.mark.parametrize("condition", ScheduleCondition, ids=str)
def test_each_condition_is_named(condition: str) -> None:
    assert f"`{condition}`" in SECTION


@pytest.mark.parametrize("field", fields(PlannerReport), ids=lambda field: field.name)
def test_each_word_of_the_planner_s_report_has_a_row(field: object) -> None:
    name = getattr(field, "name", "")
    assert [cure for words, cure in ROWS if f"`{name}`" in words and len(cure) > 7]
    assert f"`{name}`" in PLANNER


def test_every_alert_on_schedules_leads_to_this_section() -> None:
    assert sorted(ALERTS) == ["OtakubeSchedulesStalled", "OtakubeTicksMissed"]


@pytest.mark.parametrize("field", sorted(set(re.findall(r"`((?:spec|status)\.\w+)", SECTION))))
def test_a_field_that_a_cure_names_is_one_of_the_kind(field: str) -> None:
    part, _, name = field.partition(".")
    model = EpisodeScheduleSpec if part == "spec" else EpisodeScheduleStatus
    assert name in {each.alias or key for key, each in model.model_fields.items()}
