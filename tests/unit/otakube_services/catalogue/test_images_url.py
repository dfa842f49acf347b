# SPDX-License-Identifier: Apache-2.0
"""The public address of the images in an answer about an entry, and in its tag."""

from golden import NOW, a_record
from otakube.domain.record import handover
from otakube.ports.catalogue import LiveEntry
from otakube_services.catalogue.answers import CatalogueAnime, tag_of

RECORD = a_record(1)
LIVE = LiveEntry(
    entry_id=RECORD.entry.id, version=1, commit_key="k", digest=handover.digest(RECORD), model="m",
    record=RECORD, committed_at=NOW,
)  # fmt: skip


def test_an_answer_has_it_only_where_there_is_one() -> None:
    assert CatalogueAnime.of(LIVE, RECORD, [], None, "https://a.example").images_url == "https://a.example"
    assert CatalogueAnime.of(LIVE, RECORD, [], None).images_url is None


def test_another_one_is_another_tag() -> None:
    bases = ("", "https://a.example", "https://b.example")
    assert len({tag_of(LIVE, [], None, base) for base in bases}) == len(bases)
