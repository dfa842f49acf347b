# SPDX-License-Identifier: Apache-2.0
"""Related works, recommendations and links of AniList in our words."""

from typing import Any

import pytest

from otakube.adapters.http.parsing import read
from otakube.adapters.providers.anilist import convert, relations
from otakube.adapters.providers.anilist.answers import (
    ExternalLink,
    RelationEdge,
)
from otakube.domain.record.claims import ClaimedRecommendation, ClaimedRelation, ClaimedStreamingLink
from otakube.errors import SourceError
from unit.otakube.adapters.providers.anilist_media import raw

OTHER: dict[str, Any] = {"id": 5, "type": "ANIME", "title": {"romaji": "Sora"}}


def edge(kind: str | None, other: dict[str, Any]) -> RelationEdge:
    return read(RelationEdge, {"relationType": kind, "node": other})


def test_a_relation_leads_to_a_page() -> None:
    found = relations.relation(edge("PARENT", OTHER | {"type": "MANGA"}))
    assert found == ClaimedRelation(
        kind="ParentStory", title="Sora", source_urls=["https://anilist.co/manga/5"]
    )


@pytest.mark.parametrize(
    ("kind", "other", "complaint"),
    [
        ("COUSIN", OTHER, "relationType is 'COUSIN'"),
        (None, OTHER, "relationType is None"),
        ("SEQUEL", OTHER | {"type": "OPERA"}, "type is 'OPERA'"),
        ("SEQUEL", OTHER | {"title": {}}, "title is None"),
    ],
)
def test_an_unknown_relation_is_named(kind: str | None, other: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        relations.relation(edge(kind, other))


def test_an_edge_to_nowhere_is_no_relation() -> None:
    edges = [{"relationType": "SEQUEL", "node": None}, None, {"relationType": "SEQUEL", "node": OTHER}]
    assert len(convert.relationships(raw(relations={"edges": edges})).relations) == 1


SORA = ClaimedRecommendation(title="Sora", source_urls=["https://anilist.co/anime/5"], votes=9)


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ({"rating": 9, "mediaRecommendation": OTHER}, [SORA]),
        ({"rating": 0, "mediaRecommendation": OTHER}, [SORA.model_copy(update={"votes": 0})]),
        ({"rating": None, "mediaRecommendation": OTHER}, [SORA.model_copy(update={"votes": 0})]),
        ({"rating": -1, "mediaRecommendation": OTHER}, []),
        ({"rating": 9, "mediaRecommendation": None}, []),
        (None, []),
    ],
)
def test_a_recommendation_has_votes_for_it(node: Any, found: list[ClaimedRecommendation]) -> None:
    assert convert.relationships(raw(recommendations={"nodes": [node]})).recommendations == found


def test_recommendations_come_from_all_pages() -> None:
    page = {"recommendations": {"nodes": [{"rating": 9, "mediaRecommendation": OTHER}]}}
    assert len(convert.relationships(raw(page, page, **page)).recommendations) == 3


def link(**said: Any) -> dict[str, Any]:
    return {"url": "https://a.example/", "site": "A", "type": "INFO"} | said


CRUNCHYROLL = link(url="https://cr.example/", site="Crunchyroll", type="STREAMING")


@pytest.mark.parametrize(
    ("links", "streams", "others"),
    [
        ([CRUNCHYROLL, link()], ["https://cr.example/"], ["https://a.example/"]),
        ([CRUNCHYROLL, CRUNCHYROLL, link(), link()], ["https://cr.example/"], ["https://a.example/"]),
        ([link(type="SOCIAL"), link(type=None, url="https://b.example/")], [], ["a", "b"]),
        ([CRUNCHYROLL | {"isDisabled": True}, link(isDisabled=True)], [], []),
        ([CRUNCHYROLL | {"url": None}, link(url="javascript:alert(1)"), None], [], []),
        (None, [], []),
    ],
)
def test_links_are_split_by_whether_one_can_watch_there(
    links: Any, streams: list[str], others: list[str]
) -> None:
    found = convert.relationships(raw(externalLinks=links))
    assert [one.url for one in found.streaming] == streams
    expected = [one if "://" in one else f"https://{one}.example/" for one in others]
    assert found.external_links == expected


def test_a_stream_names_its_site() -> None:
    found = relations.streaming(
        [ExternalLink(url="https://cr.example/", site=" Crunchyroll ", type="STREAMING")]
    )
    assert found == [ClaimedStreamingLink(site="Crunchyroll", url="https://cr.example/")]
    with pytest.raises(SourceError, match=r"externalLinks.site is None"):
        relations.streaming([ExternalLink(url="https://cr.example/", type="STREAMING")])


def test_an_unknown_kind_of_link_is_named() -> None:
    with pytest.raises(SourceError, match=r"externalLinks.type is 'TELEX'"):
        relations.external([ExternalLink(url="https://a.example/", type="TELEX")])
