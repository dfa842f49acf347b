# SPDX-License-Identifier: Apache-2.0
"""Due times of a file, and the calendar made of them."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from integration.otakube_api.wrong import SCHEDULES, Wrong
from otakube_cli.calendar_file import calendar_file
from otakube_cli.errors import ConsoleError
from otakube_cli.schedule import app, season_span
from otakube_cli.upcoming import read_schedules, upcoming

SAMPLE = Path(__file__).parents[3] / "crds/samples/episode-schedule.yaml"
NOW = datetime(2027, 2, 15, tzinfo=UTC)


def a_schedule(spec: Any) -> dict[str, Any]:
    head = {"apiVersion": "otakube.dev/v1alpha1", "kind": "EpisodeSchedule", "metadata": {"name": "one"}}
    return head | {"spec": spec}


def test_the_sample_s_times_are_those_that_its_comment_tells() -> None:
    [sample] = read_schedules(str(SAMPLE))
    found = upcoming(sample, NOW, timedelta(days=30))
    assert [(each.tick.episode, each.row()[2]) for each in found] == [
        (7, "2027-02-19T18:00:00Z"),
        (8, "2027-03-05T18:00:00Z"),
        (9, "2027-03-12T18:00:00Z"),
    ]
    assert found[0].row()[4] == "Sat 03:00"


def test_a_calendar_is_read_back_as_written_and_keeps_its_uids() -> None:
    schedules = [sample | {"metadata": {"name": "凍った潮、" * 20}} for sample in read_schedules(str(SAMPLE))]
    text = calendar_file(schedules, NOW, timedelta(days=30))
    later = calendar_file(schedules, NOW + timedelta(days=1), timedelta(days=30))

    events = Calendar.from_ical(text).walk("VEVENT")

    assert events[0].decoded("dtstart") == datetime(2027, 2, 19, 16, 30, tzinfo=UTC)
    assert str(events[1]["summary"]).endswith("、: episode 8")
    assert [event["uid"] for event in Calendar.from_ical(later).walk("VEVENT")][:3] == [
        event["uid"] for event in events
    ]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert re.search("(?<!\r)\n", text) is None


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"anime": {"id": "a"}, "schedule": "0 0 30 2 *"}, "one: spec.schedule '0 0 30 2 *'"),
        ({"schedule": "0 0 * * *"}, "one: spec.anime: Field required"),
    ],
)
def test_a_wrong_spec_is_told_with_name_and_field(spec: dict[str, Any], says: str) -> None:
    with pytest.raises(ConsoleError) as told:
        upcoming({"metadata": {"name": "one"}, "spec": spec}, NOW, timedelta(days=1))
    assert says in str(told.value)


def test_preview_and_ics_of_a_file_need_no_cluster(tmp_path: Path) -> None:
    command = CliRunner()
    environment = {"KUBECONFIG": str(tmp_path / "none")}
    text = SAMPLE.read_text().replace("until:", "# until:")
    (tmp_path / "one.yaml").write_text(text)
    file = ["-f", str(tmp_path / "one.yaml"), "--days", "3000"]
    shown = command.invoke(app, ["preview", *file, "-o", "json"], env=environment)
    written = command.invoke(app, ["ics", *file], env=environment)
    assert (shown.exit_code, written.exit_code) == (0, 0)
    assert '"schedule": "episode-schedule"' in shown.stdout
    assert written.stdout.count("BEGIN:VEVENT") > 100


def test_a_file_without_schedules_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("kind: ConfigMap\n")
    told = CliRunner().invoke(app, ["preview", "-f", str(tmp_path / "none.yaml")])
    assert told.exit_code == 2
    assert "holds no EpisodeSchedule" in told.stderr


@pytest.mark.parametrize("wrong", SCHEDULES, ids=lambda wrong: wrong.sentence)
def test_what_the_api_server_refuses_of_a_schedule_is_refused_in_its_file(
    wrong: Wrong, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(a_schedule(wrong.spec)))
    told = CliRunner().invoke(app, ["preview", "-f", str(file)])
    assert told.exit_code == 2
    assert told.stderr.startswith(f"otakube: {file}: spec")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 2026-13-45\n", "one.yaml holds no EpisodeSchedule"),
        ("a: 1\na: 2\n", "'a' is given more than once"),
        ("a: [b", "one.yaml is no YAML"),
        (b"\xff\xfe", "one.yaml is not UTF-8"),
        (None, "one.yaml cannot be read: No such file or directory"),
        ("kind: EpisodeSchedule\nmetadata: {name: 7}\n", "metadata.name is 7"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_name(
    text: str | bytes | None, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "one.yaml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    told = CliRunner().invoke(app, ["preview", "-f", str(file)])
    assert told.exit_code == 2
    assert says in told.stderr


def test_a_field_that_schedules_have_not_is_named_with_those_that_they_have(tmp_path: Path) -> None:
    body = a_schedule({"anime": {"id": "a"}, "sched": "0 0 * * *"})
    (tmp_path / "one.json").write_text(json.dumps(body))
    told = CliRunner().invoke(app, ["ics", "-f", str(tmp_path)])
    assert told.exit_code == 2
    assert "spec.sched is '0 0 * * *', but there is no such field: there are anime, schedule" in told.stderr


def test_a_schedule_of_standard_input_is_previewed() -> None:
    shown = CliRunner().invoke(
        app, ["preview", "-f", "-", "--days", "3000", "-o", "name"], input=SAMPLE.read_text()
    )
    assert shown.exit_code == 0


def test_nothing_due_is_said_with_what_shows_more() -> None:
    shown = CliRunner().invoke(app, ["preview", "-f", str(SAMPLE), "--days", "1"])
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "Nothing is due within --days 1: look further ahead" in shown.stderr


@pytest.mark.parametrize(
    ("season", "first", "days"),
    [("2027-winter", "2026-12-31T15:00", 90), ("2027-Fall", "2027-09-30T15:00", 92)],
)
def test_a_season_is_three_months_of_japan(season: str, first: str, days: int) -> None:
    start, length = season_span(season)
    assert (start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M"), length) == (first, timedelta(days=days))


def test_a_season_s_calendar_holds_its_broadcasts_whether_they_have_passed_or_not() -> None:
    start, length = season_span("2027-winter")
    late = datetime(2027, 12, 1, tzinfo=UTC)
    text = calendar_file(read_schedules(str(SAMPLE)), late, length, start=start)
    times = [event.decoded("dtstart") for event in Calendar.from_ical(text).walk("VEVENT")]
    assert times
    assert all(start <= at <= start + length for at in times)


def test_a_season_that_is_none_is_refused() -> None:
    ended = CliRunner().invoke(app, ["ics", "-f", str(SAMPLE), "--season", "autumn"])
    assert ended.exit_code == 2
    assert "2027-spring" in ended.output
