# SPDX-License-Identifier: Apache-2.0
"""Genres, tags and related works that are one thing stand once, and a late slot means its own day."""

from datetime import UTC, date, datetime

import pytest

from otakube.domain.merge.broadcast import TOKYO, airing_time, broadcast_slot
from otakube.domain.merge.fields import merge_metadata
from otakube.domain.merge.relations import merge_relations
from otakube.domain.merge.subjects import subject_key
from otakube.domain.record.claims import ClaimedRelation, Metadata
from otakube.domain.record.golden import AnimeStatus, Broadcast
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU


def about(genres: list[str], tags: list[str]) -> Metadata:
    return Metadata(
        source_url="https://x.example/1", title="A", type=AnimeType.TV, status=AnimeStatus.FINISHED,
        genres=genres, tags=tags,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Suspense", "Thriller"), ("Sci-Fi", "Science Fiction"), ("Sci-Fi", "Sci Fi"), ("Shounen", "Shonen"),
        ("Girls Love", "Yuri"), ("Boys' Love", "Shounen Ai"), ("Slice of Life", "Slice Of Life"),
        ("Avant Garde", "Dementia"), ("Post-Apocalyptic", "Post Apocalypse"), ("Zombie", "Zombies"),
        ("Martial Arts", "Martial Art"), ("Witches", "Witch"), ("Elves", "Elf"), ("Demons", "Demon"),
        ("Historical", "History"), ("Kids", "Children"), ("Mecha", "Mechs"), ("School", "School Life"),
        ("Crossdressing", "Cross-Dressing"), ("Gag Humor", "Gag Humour"), ("Video Games", "Video Game"),
        ("CGDCT", "Cute Girls Doing Cute Things"), ("Organized Crime", "Organised Crime"), ("SciFi", "SF"),
        ("Mahou Shoujo", "Magical Girls"), ("Isekai", "Other World"), ("Team Sports", "Team Sport"),
        ("Boy's Love", "Shounen-ai"), ("Bishounen", "Bishonen"), ("Theatre", "Theater"), ("Grey", "Gray"),
    ],
)  # fmt: skip
def test_two_words_for_one_genre_are_one(one: str, other: str) -> None:
    said = {JIKAN: about([one], []), ANILIST: about([other], ["Robots"]), KITSU: about([], [other, "Robot"])}
    merged = merge_metadata(said, claimants())
    assert (merged["genres"].value, merged["tags"].value) == ([one], ["Robots"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Drama", "Melodrama"), ("Music", "Musical Band"), ("Sports", "Esports"), ("Shounen", "Seinen"),
        ("Space", "Space Opera"), ("Girls Love", "Girls"), ("Game", "Card Game"), ("War", "Warriors"),
        ("School", "School Club"), ("Magic", "Magical Girl"), ("Idols (Female)", "Idols (Male)"),
    ],
)  # fmt: skip
def test_other_genres_stay_two(one: str, other: str) -> None:
    assert subject_key(one) != subject_key(other)


TUESDAY = datetime(2024, 4, 8, 16, 30, tzinfo=UTC)  # 01:30 in Japan


def slot(weekday: int, time: str) -> Broadcast:
    return Broadcast(weekday=weekday, time=time, timezone=TOKYO)


def related(kind: str, title: str, *urls: str) -> ClaimedRelation:
    return ClaimedRelation.model_validate({"kind": kind, "title": title, "source_urls": list(urls)})


def test_a_work_of_several_kinds_is_one_row_by_the_kind_that_most_name() -> None:
    page = "https://myanimelist.net/anime/9"
    said = {
        ANILIST: [related("Spinoff", "Tide Short", "https://anilist.co/anime/8", page)],
        JIKAN: [related("SideStory", "Tide: Short", page)],
        KITSU: [related("SideStory", "Tide Mini", f"{page}/Tide_Mini")],
    }
    found = merge_relations(said)
    assert [(row.kind, row.providers) for row in found.relations] == [("SideStory", [JIKAN, KITSU, ANILIST])]
    assert [lost.provider for lost in found.losing] == [ANILIST]
    assert found.findings == []


def test_works_that_differ_by_a_sign_stay_two() -> None:
    said = {
        ANILIST: [related("Prequel", "Tide!", "https://anilist.co/anime/1")],
        JIKAN: [related("Sequel", "Tide!!", "https://myanimelist.net/anime/3")],
    }
    found = merge_relations(said)
    assert [(row.kind, row.title) for row in found.relations] == [("Prequel", "Tide!"), ("Sequel", "Tide!!")]
    assert found.findings == []


def test_a_work_in_two_romanisations_is_one_row() -> None:
    said = {
        ANILIST: [related("Sequel", "Shoujo no Umi", "https://anilist.co/anime/1")],
        JIKAN: [related("Sequel", "Shōjo no Umi", "https://myanimelist.net/anime/1")],
    }
    assert [row.providers for row in merge_relations(said).relations] == [[ANILIST, JIKAN]]


def test_of_kinds_that_as_many_name_the_more_trusted_stays() -> None:
    said = {ANILIST: [related("Spinoff", "Tide Short")], JIKAN: [related("SideStory", "Tide Short")]}
    assert [row.kind for row in merge_relations(said).relations] == ["Spinoff"]


@pytest.mark.parametrize("kind", ["Prequel", "Sequel", "SideStory", "Summary"])
def test_the_manga_of_the_same_name_is_another_work(kind: str) -> None:
    said = {
        ANILIST: [
            related("Adaptation", "Tide", "https://anilist.co/manga/3", "https://myanimelist.net/manga/1")
        ],
        JIKAN: [
            related("Adaptation", "Tide", "https://myanimelist.net/manga/1"),
            related(kind, "Tide", "https://myanimelist.net/anime/5"),
        ],
        KITSU: [related(kind, "Tide", "https://kitsu.app/anime/7")],
    }
    found = merge_relations(said)
    assert {(row.kind, len(row.source_urls)) for row in found.relations} == {("Adaptation", 2), (kind, 2)}
    assert found.losing == []


def test_a_summary_of_two_names_is_one_by_a_page_that_both_have() -> None:
    manga = "https://myanimelist.net/manga/1"
    said = {
        ANILIST: [related("Summary", "Hoshi no Soushuuhen", "https://anilist.co/manga/3", manga)],
        JIKAN: [related("Summary", "Star: The Recap", f"{manga}/Star__The_Recap")],
    }
    assert len(merge_relations(said).relations) == 1


@pytest.mark.parametrize(
    ("day", "weekly", "expected"),
    [
        # Mondays 25:30, of which a provider made Mondays 01:30: the episode is on Tuesday.
        (date(2024, 4, 9), slot(1, "01:30"), TUESDAY),
        (date(2024, 4, 9), broadcast_slot(1, "25:30"), TUESDAY),
        (date(2024, 4, 8), broadcast_slot(1, "25:30"), date(2024, 4, 8)),
        (date(2024, 4, 8), slot(1, "01:30"), datetime(2024, 4, 7, 16, 30, tzinfo=UTC)),
        (date(2024, 4, 7), slot(6, "00:00"), datetime(2024, 4, 6, 15, tzinfo=UTC)),
        (date(2024, 4, 9), slot(1, "06:00"), date(2024, 4, 9)),
        (date(2024, 4, 11), slot(1, "01:30"), date(2024, 4, 11)),
    ],
)  # fmt: skip
def test_a_late_slot_under_the_broadcaster_s_weekday_is_on_the_day_after(
    day: date, weekly: Broadcast, expected: date
) -> None:
    assert airing_time(day, weekly) == expected
