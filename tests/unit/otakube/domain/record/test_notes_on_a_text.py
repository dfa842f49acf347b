# SPDX-License-Identifier: Apache-2.0
"""Notes on who wrote a text leave it; sentences of the story that read alike stay."""

import pytest

from otakube.domain.record.prose import read_prose

STORY = "A girl waits at a station."


@pytest.mark.parametrize(
    "sentence",
    [
        "(Written by the author of Kino's Journey)",
        "(Written by the author of X.)",
        "[Written by the author of Baccano!]",
        "(Written by a former soldier)",
        "(Written by an unknown hand)",
        "(Adapted from the novel by Kouhei Kadono)",
        "(Adapted from his own novel)",
        "(Adapted from a web novel)",
        "(Translated from the ancient tongue)",
        "(Written by one of the survivors)",
        "(Written by her father)",
        "(Edited by the creator of FLCL)",
        "(Written by someone who died)",
        "\u2014 written by the last of his line",
        "(Adapted from the manga of the same name, written by Clamp)",
        "(Written by another girl)",
    ],
)
@pytest.mark.parametrize("form", ["{} {}", "{}\n\n{}", "{} {} Then it rains.", "{}\n{}"])
def test_a_sentence_of_the_story_stays(sentence: str, form: str) -> None:
    text = form.format(STORY, sentence)
    found = read_prose(text)
    assert (found.text, found.credit) == (text, None)


def test_a_writer_within_a_sentence_stays() -> None:
    for text in (
        "In this parody (written by Saki Nakagawa), the titans go to school.",
        "He finds a letter (written by Umi) and reads it.",
        "She owns a book [Edited by Ren Aizawa] that nobody reads.",
        "A diary (Written by Mio) is found. It is empty.",
    ):
        assert read_prose(text) == (text, None, None)


@pytest.mark.parametrize(
    ("note", "credit"),
    [
        ("[Written by MAL Rewrite]", "Written by MAL Rewrite"),
        ("(Written by ANN)", "Written by ANN"),
        ("[Written by MAL Rewrite]\n\nNote: all 13 episodes were shown early.", "Written by MAL Rewrite"),
        ("(Written by Kadokawa, edited)", "Written by Kadokawa, edited"),
        ("(Adapted from the official site)", "Adapted from the official site"),
        ("(Translated from the publisher's website)", "Translated from the publisher's website"),
        ("(Edited from the Japanese press release)", "Edited from the Japanese press release"),
        ("(Written by the AniDB team)", "Written by the AniDB team"),
        ("(Source: ANN)", "Source: ANN"),
        ("(Source: the author of X)", "Source: the author of X"),
        (
            "(Source: Crunchyroll, edited)\n(Written by MAL Rewrite)",
            "Source: Crunchyroll, edited; Written by MAL Rewrite",
        ),
        ("\u2014 Written by Mio Hanasaki", "Written by Mio Hanasaki"),
        ("[Adapted from ANN].", "Adapted from ANN"),
        ("*(Rewritten by X)*", "Rewritten by X"),
    ],
)
def test_a_note_behind_the_text_is_its_credit(note: str, credit: str) -> None:
    found = read_prose(f"{STORY}\n\n{note}")
    assert found.credit == credit
    assert found.text is not None
    assert found.text.startswith(STORY)
    assert credit.split(";")[0] not in found.text
