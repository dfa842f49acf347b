# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from golden import NOW, a_character, a_provenance, a_record, an_entry, an_episode
from otakube.domain.publish.passages import CHUNKS_LIMIT, chunks, passages_of, shorten, title_block
from otakube.domain.record.golden import Attribution, RowProvenance
from otakube_api.contract import Provider


def words(text: str) -> int:
    """A count that a reader can check."""
    return len(text.split())


def test_a_record_gives_title_synopsis_characters_and_episodes() -> None:
    found = [(kind, number) for kind, number, _ in passages_of(a_record(), count=words, limit=100)]
    assert found == [("title", 0), ("synopsis", 0), ("character", 0), ("episode", 0)]


def test_the_title_block_names_each_title_once_and_the_facts() -> None:
    assert title_block(an_entry()) == (
        "Frozen Tide / 凍る潮 / Kooru Shio\nTV. Winter 2024. Adventure, Drama. Studio Kelp"
    )


def test_a_character_without_a_description_has_no_text_and_shifts_no_number() -> None:
    record = a_record(characters=[a_character(1, description=None), a_character(2)], episodes=[])
    assert [p.number for p in passages_of(record, count=words, limit=100) if p.kind == "character"] == [1]


def test_an_episode_that_only_counts_has_no_text() -> None:
    record = a_record(episodes=[an_episode(1, title="Episode 1", synopsis=None)])
    assert not [p for p in passages_of(record, count=words, limit=100) if p.kind == "episode"]


def test_an_entry_without_a_synopsis_has_a_title_still() -> None:
    record = a_record(entry=an_entry(synopsis=None), episodes=[], characters=[])
    assert [p.kind for p in passages_of(record, count=words, limit=100)] == ["title"]


def test_a_synopsis_is_cut_at_sentence_ends() -> None:
    assert chunks("One two three. Four five. Six seven eight.", count=words, limit=5) == [
        "One two three. Four five.",
        "Six seven eight.",
    ]


def test_japanese_sentences_end_without_a_space() -> None:
    assert chunks("海は凍る。彼女は渡る。", count=len, limit=6) == ["海は凍る。", "彼女は渡る。"]


def test_an_endless_synopsis_is_bounded() -> None:
    record = a_record(entry=an_entry(synopsis="word " * 4000), episodes=[], characters=[])
    passages = passages_of(record, count=words, limit=10)
    assert sum(p.kind == "synopsis" for p in passages) == CHUNKS_LIMIT


@given(st.text(max_size=400), st.integers(1, 30))
def test_no_passage_exceeds_the_limit_and_no_word_is_lost(text: str, limit: int) -> None:
    packed = chunks(text, count=len, limit=limit)
    assert all(0 < len(passage) <= limit for passage in packed)
    assert "".join("".join(packed).split()) == "".join(text.split())


@given(st.text(max_size=200), st.integers(1, 30))
def test_a_shortened_text_is_a_fitting_beginning(text: str, limit: int) -> None:
    head = shorten(text, count=len, limit=limit)
    assert text.startswith(head)
    assert len(head) <= limit


def test_what_readers_may_not_see_is_not_embedded_and_shifts_no_number() -> None:
    planet = Provider.ANIME_PLANET
    theirs = RowProvenance(said={"name": planet, "description": planet}, confidence=0.7)
    secret = a_provenance(provider=planet, publishable=False)
    record = a_record(
        entry=an_entry(provenance={"synopsis": secret}),
        characters=[a_character(1, provenance=theirs), a_character(2)],
        attributions=[
            Attribution(
                provider=planet, source_url="https://x.test", fetched_at=NOW, licence="", publishable=False
            )
        ],
    )
    found = [(p.kind, p.number) for p in passages_of(record, count=words, limit=100)]
    assert found == [("title", 0), ("character", 1), ("episode", 0)]
    hidden = a_record(entry=an_entry(provenance={"title": secret}))
    assert passages_of(hidden, count=words, limit=100) == []
