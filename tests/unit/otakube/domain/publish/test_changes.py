# SPDX-License-Identifier: Apache-2.0
"""Differences of two versions, as a reader of the history sees them."""

from typing import Any

import pytest

from golden import a_character, a_record, an_entry, an_episode
from otakube.domain.publish.changes import changes, summary
from otakube.domain.record.golden import AnimeStatus, GoldenRecord, StaffEntry, Titles
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import by

BEFORE = a_record(episodes=[an_episode(1), an_episode(2)], attributions=[by(Provider.JIKAN)])


def changed(**fields: Any) -> GoldenRecord:
    return BEFORE.model_copy(update=fields)


def entry(**fields: Any) -> GoldenRecord:
    return changed(entry=an_entry(**fields))


@pytest.mark.parametrize(
    ("after", "found", "line"),
    [
        (BEFORE, [], "nothing that a reader sees"),
        (
            entry(status=AnimeStatus.ONGOING),
            [("status", "Finished", "Ongoing")],
            "status Finished -> Ongoing",
        ),
        (entry(episode_count=None), [("episode_count", 12, None)], "episode_count"),
        (
            entry(titles=Titles(main="Tide", japanese="凍る潮", synonyms=["Kooru Shio"])),
            [("title", "Frozen Tide", "Tide")],
            "title Frozen Tide -> Tide",
        ),
        (entry(genres=["Drama", "Adventure"]), [], "nothing that a reader sees"),
        (entry(genres=["Drama", "Sea"]), [("genres", ["Adventure"], ["Sea"])], "genres"),
        (
            changed(episodes=[an_episode(1), an_episode(2), an_episode(3)]),
            [("episodes.3", None, "The Ice Opens")],
            "episodes +1",
        ),
        (changed(episodes=[an_episode(1)]), [("episodes.2", "The Ice Opens", None)], "episodes -1"),
        (
            changed(episodes=[an_episode(1, title="Ice"), an_episode(2, title="Sea")]),
            [("episodes.1.title", "The Ice Opens", "Ice"), ("episodes.2.title", "The Ice Opens", "Sea")],
            "episodes ~2",
        ),
        (
            changed(characters=[a_character(2, name="Umi")]),
            [("characters.Ilse Varga", "Ilse Varga", None), ("characters.Umi", None, "Umi")],
            "characters -1, characters +1",
        ),
        (changed(staff=[StaffEntry(name="Mio")]), [("staff.Mio", None, "Mio")], "staff +1"),
        (
            changed(attributions=[by(Provider.JIKAN, stale=True), by(Provider.KITSU)]),
            [("providers.Jikan", "fresh", "stale"), ("providers.Kitsu", None, "fresh")],
            "providers.Jikan fresh -> stale, providers.Kitsu",
        ),
    ],
)
def test_a_difference_has_its_field_and_both_values(
    after: GoldenRecord, found: list[tuple[str, Any, Any]], line: str
) -> None:
    made = changes(BEFORE, after)
    assert [(one.field, one.before, one.after) for one in made] == found
    assert summary(made) == line


def test_a_way_back_is_the_same_with_its_sides_exchanged() -> None:
    after = changed(episodes=[an_episode(1, title="Ice")], entry=an_entry(synopsis="Another."))
    there, back = changes(BEFORE, after), changes(after, BEFORE)
    assert {(one.field, str(one.before), str(one.after)) for one in there} == {
        (one.field, str(one.after), str(one.before)) for one in back
    }
