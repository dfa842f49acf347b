# SPDX-License-Identifier: Apache-2.0
"""The titles: coherent among themselves, and each shows what its file says that it shows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from otakube_standins.upstream.app import PROVIDERS
from otakube_standins.upstream.catalogue import InventedTitle, TitleCatalogue, load, search
from otakube_standins.upstream.episodes import airing_of, episodes_of, last_day

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> TitleCatalogue:
    return load(TODAY)


def titled(catalogue: TitleCatalogue, key: str) -> InventedTitle:
    return next(title for title in catalogue.titles if title.key == key)


def test_ids_are_unique_at_every_provider(catalogue: TitleCatalogue) -> None:
    for name in ("myanimelist", "anilist", "kitsu"):
        ids = [getattr(title.ids, name) for title in catalogue.titles]
        assert len(ids) == len(set(ids))


def test_every_relation_and_recommendation_leads_to_a_title(catalogue: TitleCatalogue) -> None:
    keys = {title.key for title in catalogue.titles}
    named = {one.to for title in catalogue.titles for one in title.relations if not one.manga}
    named |= {key for title in catalogue.titles for key in title.recommendations}
    assert named <= keys


def test_a_slot_of_25_30_on_friday_starts_on_saturday_in_japan_and_on_friday_in_utc(
    catalogue: TitleCatalogue,
) -> None:
    start = airing_of(titled(catalogue, "mayonaka-no-panya"), 1)
    assert start is not None
    assert (f"{start:%A %H:%M}", f"{start.astimezone(UTC):%A %H:%M}") == ("Saturday 01:30", "Friday 16:30")


def test_an_ongoing_title_lists_what_has_aired_and_a_skipped_week_delays_the_rest(
    catalogue: TitleCatalogue,
) -> None:
    title = titled(catalogue, "mayonaka-no-panya")
    third, fourth = airing_of(title, 3), airing_of(title, 4)
    assert third is not None
    assert fourth is not None
    assert fourth - third == timedelta(weeks=2)
    known = episodes_of(title, NOW)
    assert 5 <= len(known) < 13
    assert all(one.airs is not None and one.airs <= NOW for one in known)


def test_the_long_runner_has_two_pages_and_kitsu_lists_two_fewer(catalogue: TitleCatalogue) -> None:
    title = titled(catalogue, "ginrei-no-kaidou")
    seen = title.seen_by("kitsu")
    assert seen is not None
    assert (len(episodes_of(title, NOW)), len(episodes_of(seen, NOW))) == (150, 148)
    assert len({one.english for one in episodes_of(title, NOW)}) == 150


def test_the_announced_title_has_no_episodes_and_no_end(catalogue: TitleCatalogue) -> None:
    title = titled(catalogue, "hoshi-no-toudaimori-final-season")
    assert episodes_of(title, NOW) == []
    assert last_day(title) is None


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Hoshi no Toudaimori", "hoshi-no-toudaimori"),
        ("the star lighthouse keeper season 2", "hoshi-no-toudaimori-2nd-season"),
        ("星の灯台守", "hoshi-no-toudaimori"),
        ("hosi no todaimori", "hoshi-no-toudaimori"),
        ("umbrella station", "kasa-no-eki"),
    ],
)
def test_a_search_finds_the_title_by_any_of_its_names(
    catalogue: TitleCatalogue, query: str, best: str
) -> None:
    assert search(catalogue.titles, query)[0].key == best


def test_a_name_that_nobody_has_finds_nothing(catalogue: TitleCatalogue) -> None:
    assert not search(catalogue.titles, "Zzyzx Quuxenheim")


def test_two_titles_answer_to_the_very_same_names(catalogue: TitleCatalogue) -> None:
    found = search(catalogue.titles, "Aoi Tori")
    assert {title.key for title in found[:2]} == {"aoi-tori-2012", "aoi-tori-2024"}
    assert found[0].names() == found[1].names()


def test_one_title_is_known_to_anilist_alone(catalogue: TitleCatalogue) -> None:
    title = titled(catalogue, "kobito-kikan")
    assert [one.name for one in PROVIDERS if title in one.titles(TitleCatalogue(titles=[title]))] == [
        "anilist"
    ]


def test_the_hostile_text_is_long_and_holds_control_characters(catalogue: TitleCatalogue) -> None:
    title = titled(catalogue, "akui-no-moji")
    assert len(title.synopsis or "") > 100_000
    assert "\x00" in (title.japanese or "")
    assert "\u202e" in (title.english or "")
