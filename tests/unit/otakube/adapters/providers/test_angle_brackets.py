# SPDX-License-Identifier: Apache-2.0
"""Words in angle brackets are names: every provider's titles and texts keep them."""

import pytest

from otakube.adapters.providers.anidb.titles import index_titles
from otakube_api.contract import Provider
from unit.otakube.adapters.providers.small_answers import EVERY, record, small, xml

BRACKETED = ["<Infinite Dendrogram>", "<harmony/>", "Kyoto <Mirror> Days", "<Time> & <Code>", "<<Ai>>"]
PROSE = {
    Provider.JIKAN: "synopsis",
    Provider.MYANIMELIST: "synopsis",
    Provider.ANILIST: "description",
    Provider.KITSU: "synopsis",
    Provider.ANIDB: "description",
    Provider.ANIMESCHEDULE: "description",
    Provider.ANIME_PLANET: "description",
}


@pytest.mark.parametrize("provider", list(EVERY))
@pytest.mark.parametrize("title", BRACKETED)
def test_a_title_in_angle_brackets_is_kept_as_it_is_written(provider: Provider, title: str) -> None:
    assert EVERY[provider].metadata(small(provider, title)).title == title


@pytest.mark.parametrize("provider", list(EVERY))
def test_of_a_text_only_real_tags_go(provider: Provider) -> None:
    raw = small(provider, **{PROSE[provider]: "He enters <i>the</i> <Infinite Dendrogram> as <<Ray>>."})
    assert EVERY[provider].metadata(raw).synopsis == "He enters the <Infinite Dendrogram> as <<Ray>>."


@pytest.mark.parametrize("title", BRACKETED)
def test_a_title_in_angle_brackets_is_found_in_the_dump(title: str) -> None:
    dump = xml(title).replace('<anime id="7"><titles>', '<animetitles><anime aid="7">')
    found = index_titles(dump.replace("</titles>", "").replace("</anime>", "</anime></animetitles>"))
    assert [one.title for one in found.search(title)] == [title]


@pytest.mark.parametrize("kind", ["relatedanime", "similaranime"])
def test_a_related_title_in_angle_brackets_is_kept(kind: str) -> None:
    row = '<anime id="8" type="Sequel" approval="1">&lt;harmony/&gt;</anime>'
    found = EVERY[Provider.ANIDB].relationships(
        record(Provider.ANIDB, xml("Kasa no Eki", f"<{kind}>{row}</{kind}>"))
    )
    assert [one.title for one in [*found.relations, *found.recommendations]] == ["<harmony/>"]
