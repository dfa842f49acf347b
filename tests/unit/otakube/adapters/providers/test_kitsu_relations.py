# SPDX-License-Identifier: Apache-2.0
"""Related works and streams of Kitsu in our words."""

import pytest

from otakube.adapters.providers.kitsu import convert
from otakube.domain.record.claims import ClaimedRelation, ClaimedStreamingLink
from otakube.errors import SourceError
from otakube.ports.providers import RawRecord
from unit.otakube.adapters.providers.kitsu_resources import Json, anime, raw, resource


def related_to(kind: str | None, other: Json) -> RawRecord:
    pointed = (other["type"], other["id"])
    edge = resource("mediaRelationships", "1", {"role": kind}, destination=pointed)
    return raw(anime(edge, other, related={"mediaRelationships": [("mediaRelationships", "1")]}))


SORA = resource("manga", "5", {"canonicalTitle": "Sora"})


def test_a_relation_leads_to_a_page() -> None:
    found = convert.relationships(related_to("parent_story", SORA)).relations
    assert found == [
        ClaimedRelation(kind="ParentStory", title="Sora", source_urls=["https://kitsu.app/manga/5"])
    ]


@pytest.mark.parametrize(
    ("kind", "other", "complaint"),
    [
        ("cousin", SORA, "mediaRelationships.role is 'cousin'"),
        (None, SORA, "mediaRelationships.role is None"),
        ("sequel", SORA | {"type": "opera"}, "type is 'opera'"),
        ("sequel", SORA | {"attributes": {}}, "canonicalTitle is None"),
        ("sequel", SORA | {"id": "5/../6"}, "manga.id is"),
    ],
)
def test_an_unknown_relation_is_named(kind: str | None, other: Json, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        convert.relationships(related_to(kind, other))


def test_a_relation_to_nowhere_is_left_out() -> None:
    edge = resource("mediaRelationships", "1", {"role": "sequel"}, destination=("anime", "gone"))
    body = anime(edge, related={"mediaRelationships": [("mediaRelationships", "1")]})
    assert convert.relationships(raw(body)).relations == []


@pytest.mark.parametrize(
    ("url", "site", "found"),
    [
        ("https://cr.example/", " Hulu ", [ClaimedStreamingLink(site="Hulu", url="https://cr.example/")]),
        ("javascript:alert(1)", "Hulu", []),
        (None, "Hulu", []),
        ("https://cr.example/", None, []),
    ],
)
def test_a_stream_has_an_address_and_a_site(
    url: str | None, site: str | None, found: list[ClaimedStreamingLink]
) -> None:
    links = [resource("streamingLinks", n, {"url": url}, streamer=("streamers", "9")) for n in ("1", "2")]
    streamer = resource("streamers", "9", {"siteName": site, "logo": None})
    body = anime(
        *links, streamer, related={"streamingLinks": [("streamingLinks", "1"), ("streamingLinks", "2")]}
    )
    assert convert.relationships(raw(body)).streaming == found


def test_a_stream_of_no_site_is_left_out() -> None:
    link = resource("streamingLinks", "1", {"url": "https://cr.example/"}, streamer=None)
    body = anime(link, related={"streamingLinks": [("streamingLinks", "1")]})
    assert convert.relationships(raw(body)).streaming == []


def test_kitsu_recommends_nothing() -> None:
    found = convert.relationships(raw())
    assert found.recommendations == found.external_links == []
