# SPDX-License-Identifier: Apache-2.0
"""Related works of several providers as one list."""

from typing import Any

from otakube.domain.merge.recommendations import merge_recommendations, merge_streaming
from otakube.domain.merge.relations import merge_relations
from otakube.domain.merge.stages import relationships_stage
from otakube.domain.record.claims import (
    ClaimedRecommendation,
    ClaimedRelation,
    ClaimedStreamingLink,
    Relationships,
)
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
MAL_PAGE, ANILIST_PAGE = "https://myanimelist.net/anime/{}", "https://anilist.co/anime/{}"


def one(kind: str, title: str, *urls: str) -> ClaimedRelation:
    fields: dict[str, Any] = {"kind": kind, "title": title, "source_urls": list(urls)}
    return ClaimedRelation(**fields)


def test_a_work_is_one_row_with_all_its_pages() -> None:
    related = merge_relations(
        {
            ANILIST: [one("Sequel", "Tide 2nd Season", ANILIST_PAGE.format(2))],
            JIKAN: [one("Sequel", "Tide Season 2", MAL_PAGE.format(2))],
            KITSU: [one("Sequel", "Another name", MAL_PAGE.format(2), "https://kitsu.app/anime/7")],
        }
    )
    [row] = related.relations
    assert row.title == "Tide 2nd Season"
    assert row.providers == [ANILIST, JIKAN, KITSU]
    assert len(row.source_urls) == 3


def test_two_works_of_one_name_at_one_provider_stay_two() -> None:
    works = [one("SideStory", "Tide", MAL_PAGE.format(2)), one("SideStory", "Tide", MAL_PAGE.format(3))]
    assert len(merge_relations({JIKAN: works}).relations) == 2


def test_a_contradiction_is_decided_for_the_more_trusted_and_told() -> None:
    said = {ANILIST: [one("Sequel", "Tide Zero")], JIKAN: [one("Prequel", "Tide Zero")]}
    related = merge_relations(said)
    assert [row.kind for row in related.relations] == ["Sequel"]
    assert related.findings == [
        "'Tide Zero' is a Sequel to AniList, which is believed, and a Prequel to Jikan"
    ]
    assert [(lost.provider, lost.value) for lost in related.losing] == [
        (JIKAN, '{"kind": "Prequel", "title": "Tide Zero"}')
    ]


def test_a_prequel_named_like_the_sequel_is_no_contradiction() -> None:
    said = {
        ANILIST: [one("Sequel", "Tide", ANILIST_PAGE.format(3))],
        JIKAN: [one("Prequel", "Tide", ANILIST_PAGE.format(1))],
    }
    related = merge_relations(said)
    assert len(related.relations) == 2
    assert related.findings == []


def test_a_vague_kind_says_nothing_beside_a_telling_one() -> None:
    said = {
        ANILIST: [one("Source", "Tide")],
        JIKAN: [one("Adaptation", "Tide", "https://myanimelist.net/manga/1"), one("Other", "Tide")],
        KITSU: [one("Other", "Else")],
    }
    rows = merge_relations(said).relations
    assert [(row.kind, row.title) for row in rows] == [("Source", "Tide"), ("Other", "Else")]
    assert rows[0].source_urls == ["https://myanimelist.net/manga/1"]


def test_votes_of_all_are_added_and_the_most_liked_comes_first() -> None:
    said = {
        JIKAN: [ClaimedRecommendation(title="A", votes=3), ClaimedRecommendation(title="B", votes=4)],
        ANILIST: [ClaimedRecommendation(title="a", votes=2), ClaimedRecommendation(title="C")],
    }
    rows = merge_recommendations(said)
    assert [(row.title, row.votes, row.providers) for row in rows] == [
        ("A", 5, [JIKAN, ANILIST]),
        ("B", 4, [JIKAN]),
        ("C", None, [ANILIST]),
    ]


def test_the_most_votes_that_all_rows_can_have_are_added_up() -> None:
    rows = [ClaimedRecommendation(title="A", votes=10**12) for _ in range(200)]
    [row] = merge_recommendations(dict.fromkeys(Provider, rows))
    assert row.votes == len(Provider) * 200 * 10**12


def test_a_stream_is_one_row_an_address() -> None:
    said = {
        JIKAN: [ClaimedStreamingLink(site="Netflix", url="http://www.netflix.com/title/80/")],
        KITSU: [ClaimedStreamingLink(site="netflix", url="https://netflix.com/title/80")],
    }
    [row] = merge_streaming(said)
    assert (row.site, row.providers) == ("Netflix", [JIKAN, KITSU])


def test_the_stage_says_who_says_each_list() -> None:
    said = {
        JIKAN: Relationships(relations=[one("Prequel", "Zero")], external_links=["https://tide.example/"]),
        ANILIST: Relationships(relations=[one("Sequel", "Zero")], external_links=["https://tide.example"]),
    }
    stage = relationships_stage(said, claimants())
    assert stage.provenance["relations"].providers == [ANILIST, JIKAN]
    assert [lost.provider for lost in stage.provenance["relations"].losing] == [JIKAN]
    assert stage.external_links == ["https://tide.example"]
    assert stage.provenance["external_links"].shares == [[ANILIST, JIKAN]]
    assert "streaming" not in stage.provenance
    assert len(stage.findings) == 1
