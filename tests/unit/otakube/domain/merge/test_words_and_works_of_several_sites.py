# SPDX-License-Identifier: Apache-2.0
"""Genres, tags and related works of several sites: one thing stands once, two things stay two."""

from itertools import permutations
from typing import Any

import pytest

from otakube.adapters.http.parsing import check_id
from otakube.domain.merge.relations import merge_relations
from otakube.domain.merge.subjects import subject_key
from otakube.domain.record.claims import ClaimedRelation
from otakube.errors import SourceError
from otakube_api.contract import Provider

JIKAN, ANILIST, KITSU, ANIDB = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.ANIDB


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sci-Fi", "Science-Fiction"), ("Sci-Fi", "Sci Fi"), ("sci-fi", "SF"),
        ("Shoujo Ai", "Girls' Love"),
        ("Shounen-Ai", "Boys Love"), ("Yaoi", "Boys' Love"), ("Mahou Shoujo", "Magical Girl"),
        ("Super Power", "Super Powers"), ("Superpower", "Super Power"), ("Superhero", "Superheroes"),
        ("Vampire", "Vampires"), ("Werewolf", "Werewolves"), ("Fairy", "Fairies"), ("Witch", "Witches"),
        ("Robots", "Robot"), ("Post Apocalypse", "Post-Apocalyptic"),
        ("Time Travel", "Time Manipulation"), ("Cooking", "Gourmet"), ("Food", "Gourmet"),
        ("Medicine", "Medical"),
        ("Martial Arts", "martial art"), ("Psychological", "Psychology"), ("Historical", "History"),
        ("Kids", "Child"), ("Anthropomorphism", "Anthropomorphic"), ("Reverse Harem", "Reverse-Harem"),
        ("Love Triangle", "Love Triangles"), ("Love Polygon", "Love Polygons"), ("Sports", "Sport"),
        ("Virtual Reality", "VR"), ("Artificial Intelligence", "AI"), ("Coming Of Age", "Coming-of-Age"),
        ("Idol (Female)", "Idols (Female)"), ("Military", "military"),
        ("Award Winning", "Award-Winning"), ("Demons", "Demon"), ("Ninja", "Ninjas"),
        ("Samurai", "Samurais"),
        ("Detective", "Detectives"), ("Pirates", "Pirate"), ("Angels", "Angel"), ("Elf", "Elves"),
        ("Parody", "Parodies"), ("Comedy", "Comedies"), ("Supernatural", "supernatural"),
        ("Gender Bender", "Genderbender"), ("Family Life", "Family life"), ("High School", "Highschool"),
        ("Organized Crime", "Organised Crime"), ("Mythology", "Myths"), ("Mahjong", "Mah-jong"),
    ],
)  # fmt: skip
def test_two_sites_words_for_one_thing_are_one(one: str, other: str) -> None:
    assert subject_key(one) == subject_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Horror", "Thriller"), ("Mystery", "Suspense"), ("Shounen", "Shoujo"), ("Seinen", "Josei"),
        ("Ecchi", "Erotica"), ("Space", "Space Opera"), ("Game", "Strategy Game"), ("Music", "Musical"),
        ("School", "School Club"), ("Demons", "Demon King"), ("Robots", "Androids"),
        ("Bus", "Buses Driver"),
        ("Boys Love", "Boys"), ("Idols (Female)", "Idols (Male)"), ("Isekai", "Reverse Isekai"),
        ("Adult Cast", "Adult"), ("Kids", "Kidnapping"), ("Gods", "Goods"),
        ("Police", "Policy"), ("Swords", "Words"), ("Mecha", "Mechanic"),
        ("Harem", "Reverse Harem"), ("Magic", "Mage"),
    ],
)  # fmt: skip
def test_two_things_stay_two(one: str, other: str) -> None:
    assert subject_key(one) != subject_key(other)


def row(kind: str, title: str, *urls: str) -> ClaimedRelation:
    return ClaimedRelation.model_validate({"kind": kind, "title": title, "source_urls": list(urls)})


M, A = "https://myanimelist.net/anime/", "https://anilist.co/anime/"
K, D = "https://kitsu.app/anime/", "https://anidb.net/anime/"
S = "https://animeschedule.net/anime/"
MM, AM, KM = "https://myanimelist.net/manga/", "https://anilist.co/manga/", "https://kitsu.app/manga/"


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        (
            {
                ANILIST: [row("Sequel", "Tide 2", A + "2", M + "2")],
                JIKAN: [row("Sequel", "Tide 2nd Season", M + "2")],
            },
            1,
        ),
        ({ANILIST: [row("Sequel", "Tide II", A + "2")], KITSU: [row("Sequel", "Tide 2", K + "2")]}, 1),
        ({ANILIST: [row("Sequel", "Tide 2", A + "2")], KITSU: [row("Sequel", "Tide 3", K + "3")]}, 2),
        ({ANILIST: [row("Sequel", "Tide", A + "2"), row("SideStory", "Tide", A + "3")]}, 2),
        (
            {
                JIKAN: [row("Sequel", "Tide", "http://www.myanimelist.net/anime/2/Tide")],
                ANILIST: [row("Sequel", "Shio", A + "2", M + "2")],
            },
            1,
        ),
        ({JIKAN: [row("Adaptation", "Tide", MM + "1"), row("Sequel", "Tide", M + "1")]}, 2),
        ({JIKAN: [row("Adaptation", "Tide", MM + "1")], KITSU: [row("Adaptation", "Tide", KM + "9")]}, 1),
        (
            {
                JIKAN: [row("Adaptation", "Tide", MM + "1")],
                ANILIST: [row("Source", "Tide", AM + "1", MM + "1")],
            },
            1,
        ),
        ({JIKAN: [row("Adaptation", "Tide", MM + "1"), row("Adaptation", "Tide", MM + "2")]}, 2),
        ({JIKAN: [row("Other", "Tide", M + "5")], ANIDB: [row("SideStory", "Tide", D + "5")]}, 1),
        ({ANILIST: [row("Sequel", "Tide!", A + "2")], KITSU: [row("Sequel", "Tide!!", K + "3")]}, 2),
        (
            {
                ANILIST: [row("Sequel", "Tide (2020)", A + "2")],
                KITSU: [row("Sequel", "Tide (2012)", K + "3")],
            },
            2,
        ),
        (
            {
                ANILIST: [row("Sequel", "Shoujo no Umi", A + "2")],
                KITSU: [row("Sequel", "Shojo no Umi", K + "3")],
            },
            1,
        ),
        (
            {
                ANILIST: [row("SideStory", "Tide OVA", A + "2")],
                KITSU: [row("SideStory", "Tide Movie", K + "3")],
            },
            2,
        ),
        (
            {
                ANILIST: [row("SideStory", "Tide Part 1", A + "2")],
                KITSU: [row("SideStory", "Tide Part 2", K + "3")],
            },
            2,
        ),
        (
            {
                Provider.ANIMESCHEDULE: [row("Sequel", "tide 2nd season", S + "tide-2nd-season")],
                ANILIST: [row("Sequel", "Tide 2nd Season", A + "2")],
            },
            1,
        ),
        (
            {
                Provider.ANIMESCHEDULE: [row("Sequel", "spy x family season 2", S + "spy-x-family-season-2")],
                ANILIST: [row("Sequel", "SPY\u00d7FAMILY Season 2", A + "2")],
            },
            1,
        ),
        (
            {
                Provider.ANIMESCHEDULE: [row("Sequel", "k on", S + "k-on-2")],
                ANILIST: [row("Sequel", "K-On!!", A + "2")],
            },
            2,
        ),
        ({JIKAN: [row("Sequel", "Tide 2", M + "2"), row("Sequel", "Tide 2", M + "2")]}, 1),
        ({ANILIST: [row("Sequel", "Tide 2", A + "2")], JIKAN: [row("Prequel", "Tide 2", M + "2")]}, 1),
        (
            {
                ANILIST: [row("Summary", "Tide Recap", A + "2", M + "2")],
                JIKAN: [row("Summary", "Shio Soushuuhen", M + "2")],
                KITSU: [row("Summary", "Shio Soushuuhen", K + "2")],
            },
            1,
        ),
        (
            {
                JIKAN: [row("Character", "Tide", M + "2")],
                ANILIST: [row("Character", "Tide", "https://anilist.co/anime/2/Tide/", M + "2/Tide")],
            },
            1,
        ),
    ],
)
def test_a_related_work_stands_in_one_row(said: dict[Provider, Any], rows: int) -> None:
    for order in permutations(said.items()):
        assert len(merge_relations(dict(order)).relations) == rows


def test_rows_that_only_a_third_joins_are_one_in_any_order() -> None:
    first = row("Sequel", "Shio 2", K + "2")
    second = row("Sequel", "Tide 2", M + "2")
    third = row("Sequel", "Tide Two", A + "2", M + "2", K + "2")
    said = {KITSU: [first], JIKAN: [second], ANILIST: [third]}
    for order in permutations(said.items()):
        found = merge_relations(dict(order)).relations
        assert [(len(one.source_urls), len(one.providers)) for one in found] == [(3, 3)]


@pytest.mark.parametrize(("said", "asked"), [(5, "5"), ("5", "5"), ("tide", "tide")])
def test_an_answer_about_what_was_asked_is_read(said: Any, asked: str) -> None:
    check_id("id", said, asked)


@pytest.mark.parametrize(("said", "asked"), [(6, "5"), ("05", "5"), (None, "5"), ("tide-2", "tide")])
def test_an_answer_about_something_else_is_refused(said: Any, asked: str) -> None:
    with pytest.raises(SourceError):
        check_id("id", said, asked)
