# SPDX-License-Identifier: Apache-2.0
"""Answers made to be expensive: twice as much costs twice as much, and what is too much is refused."""

import contextlib
from itertools import count
from typing import Any

import pytest

from growth import LINEAR, growth
from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anidb import convert as anidb
from otakube.adapters.providers.anilist.answers import MOST_ROWS, MediaAnswer
from otakube.adapters.providers.anilist.queries import CONNECTIONS
from otakube.adapters.providers.anime_planet.cards import rows
from otakube.adapters.providers.anime_planet.page import document
from otakube.adapters.providers.animeschedule import client
from otakube.adapters.providers.animeschedule import convert as animeschedule
from otakube.adapters.providers.jikan import convert as jikan
from otakube.adapters.providers.kitsu import convert as kitsu
from otakube.domain.record.markup import MOST_ATTRIBUTES
from otakube.errors import SourceError
from otakube.ports.providers import Answer
from otakube_api.contract import SourceReason
from unit.otakube.adapters.providers import anidb_xml, animeschedule_rows, kitsu_resources
from unit.otakube.adapters.providers.kitsu_resources import resource


def kitsu_staff(role: str) -> Any:
    person = resource("people", "1", {"name": "Yukimura Kentarou"})
    row = resource("mediaStaff", "1", {"role": role}, person=("people", "1"))
    return kitsu_resources.raw(staff_1={"data": [row], "included": [person]})


@pytest.mark.parametrize("between", [",", ",(", ",)", "(,", "()", ",()"])
def test_a_kitsu_role_of_commas_takes_linear_time(between: str) -> None:
    def read(size: int) -> None:
        raw = kitsu_staff(between * size)
        with contextlib.suppress(SourceError):  # more positions than a person has
            kitsu.staff(raw)

    assert growth(read, 20_000) < LINEAR


def kitsu_productions(size: int) -> Any:
    """One production, which the anime names very often, and which names one studio very often."""
    studio = resource("producers", "1", {"name": "Studio Kaminari"})
    made = resource("animeProductions", "1", {"role": "studio"}, producer=[("producers", "1")] * size)
    pointed = {"animeProductions": [("animeProductions", "1")] * size}
    return kitsu_resources.raw(kitsu_resources.anime(studio, made, related=pointed))


def test_references_to_one_kitsu_resource_count_once() -> None:
    assert kitsu.metadata(kitsu_productions(3)).studios == ["Studio Kaminari"]
    assert growth(lambda size: kitsu.metadata(kitsu_productions(size)), 1_000) < LINEAR


def test_a_page_of_more_kitsu_rows_than_it_gives_is_refused() -> None:
    page = {"data": [resource("mediaCharacters", "1", {})] * 41}
    with pytest.raises(SourceError, match="data is "):
        kitsu.characters(kitsu_resources.raw(characters_1=page))


@pytest.mark.parametrize("name", CONNECTIONS)
def test_a_page_of_more_anilist_rows_than_it_gives_is_refused_unread(name: str) -> None:
    rows = "nodes" if "nodes" in CONNECTIONS[name] else "edges"
    said = {"id": 1, "title": {"romaji": "x"}, name: {rows: [None] * MOST_ROWS + [1] * 100_000}}
    with pytest.raises(
        SourceError, match=rf"{name}\.{rows} is .*: List should have at most {MOST_ROWS} items"
    ):
        read(MediaAnswer, {"data": {"Media": said}})


@pytest.mark.parametrize("unit", ["hr", "min", "sec"])
def test_a_duration_of_very_many_digits_is_refused(unit: str) -> None:
    with pytest.raises(SourceError, match="duration is") as caught:
        jikan.duration(f"{'9' * 4_400} {unit}")
    assert caught.value.reason is SourceReason.ANSWER_INVALID


def test_a_week_of_more_slots_than_an_anime_has_is_refused() -> None:
    slots = [animeschedule_rows.SLOT | {"episodeNumber": 100, "subtractedEpisodeNumber": 1}] * 101
    with pytest.raises(SourceError, match="101 slots of one anime"):
        animeschedule.episodes(animeschedule_rows.record(slots=slots))


class OneList:
    """A client that answers each question with a list of a thousand anime."""

    async def ask(self, url: str, params: Any) -> Answer:
        rows = [animeschedule_rows.ANIME | {"episodes": number} for number in range(1_000)]
        return Answer(url=url, fetched_at=animeschedule_rows.ASKED, body={"anime": rows})


async def test_of_a_list_no_more_rows_are_converted_than_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[Any] = []
    real = animeschedule.describe
    monkeypatch.setattr(client, "describe", lambda row, at: converted.append(row) or real(row, at))
    found = await client.AnimeSchedule(OneList(), "").search("x")  # type: ignore[arg-type]  # only what is called
    assert [row.episode_count or 0 for row in found] == list(range(10))
    assert len(converted) <= 50


def many_attributes(size: int) -> str:
    return " ".join(f"a{number}='>'" for number in range(size))


def test_an_xml_tag_of_very_many_attributes_is_refused_before_it_is_parsed() -> None:
    crowded = anidb_xml.ANIME.replace('<anime id="18211"', f'<anime {many_attributes(600_000)} id="18211"')
    with pytest.raises(SourceError, match="attributes") as caught:
        anidb.metadata(anidb_xml.record(crowded))
    assert caught.value.reason is SourceReason.ANSWER_INVALID


def test_the_parts_of_a_record_read_its_document_once() -> None:
    raw = anidb_xml.record()
    assert anidb.document(raw.answers["anime"].body) is anidb.document(raw.answers["anime"].body)
    page = f"<h1 itemprop=name>{many_attributes(3)}</h1>"
    assert document(page) is document(page)


def test_an_html_tag_of_very_many_attributes_is_text() -> None:
    tree = document(f"<h1 itemprop=name>T</h1><p {many_attributes(300_000)}>x</p><b a>y</b>")
    assert max(len(node.attributes) for node in tree.css("*")) <= MOST_ATTRIBUTES
    assert [node.text() for node in tree.css("b")] == ["y"]


def test_pages_of_very_many_attributes_take_linear_time() -> None:
    turns = count()  # a page of its own each time: the last one is remembered

    def read(size: int) -> None:
        document(f"<p {many_attributes(size)}>{next(turns)}</p>")
        title = f"<b {many_attributes(500)}>"
        card = f"<li data-type=anime><a href='/anime/x' title=\"{title}\"><h3>x</h3></a></li>"
        page = document(f"<ul class=cardDeck>{card * (size // 1000)}{next(turns)}</ul>")
        rows(page, anidb_xml.ASKED.date())

    assert growth(read, 20_000) < LINEAR
