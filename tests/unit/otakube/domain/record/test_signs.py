# SPDX-License-Identifier: Apache-2.0
"""Signs that are letters, and signs that tell sequels apart."""

import pytest

from otakube.domain.record.signs import ends_with_stop, lettered, signs
from otakube.domain.record.text import comparable


@pytest.mark.parametrize(
    ("sign", "letters"),
    [
        ("SPY×FAMILY", "spy x family"),
        ("Hunter✕Hunter", "hunter x hunter"),
        ("ﾊﾝﾀｰ×ﾊﾝﾀｰ", "ハンター x ハンター"),
        ("Tokyo Ghoul √A", "tokyo ghoul root a"),
        ("∀ Gundam", "turn a gundam"),
        ("Cœur d'Æther", "coeur d aether"),
        ("ﬁnal", "final"),
        ("ＦＵＬＬ　ＷＩＤＴＨ", "full width"),
        ("ｱｲﾄﾞﾙ", "アイドル"),
        ("OverlordⅢ", "overlord iii"),
        ("Overlord②", "overlord 2"),
        ("THE iDOLM@STER", "the idolmaster"),
        ("A$AP", "asap"),
        ("Brand™", "brand"),
        ("Ranma ½", "ranma 1 2"),
    ],
)
def test_a_sign_that_is_a_letter_is_written_as_one(sign: str, letters: str) -> None:
    assert comparable(lettered(sign)) == letters
    assert signs(sign) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("K-ON！！", "K-On!!"),
        ("K-On‼", "K-On!!"),
        ("Lucky★Star", "Lucky☆Star"),
        ("Lucky＊Star", "Lucky☆Star"),
        ("Love♥", "Love ♡"),
        ("Love❤️", "Love♡"),
        ("Yuru Yuri♬", "Yuru Yuri♪"),
        ("Gintamaº", "Gintama°"),
        ("Gintama˚", "Gintama°"),
        ("Gintama’", "Gintama'"),
        ("Gintama′", "Gintama'"),
        ("What?!", "What!?"),
        ("What⁉", "What!?"),
        ("Yuru Camp∆", "Yuru Camp△"),
    ],
)
def test_forms_of_one_sign_are_equal(one: str, other: str) -> None:
    assert signs(one) == signs(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("K-On!", "K-On!!"),
        ("Gintama", "Gintama°"),
        ("Gintama", "Gintama'"),
        ("Dog Days'", "Dog Days''"),
        ("Working!!", "Working'!!"),
        ("Nisekoi", "Nisekoi:"),
        ("Yuru Camp", "Yuru Camp△"),
        ("Gochuumon wa Usagi desu ka?", "Gochuumon wa Usagi desu ka??"),
        ("Dies Irae", "Dies Irae+"),
        ("Dog Days' 2nd Season", "Dog Days 2nd Season"),
    ],
)
def test_another_sign_or_number_of_signs_is_told(one: str, other: str) -> None:
    assert signs(one) != signs(other)


@pytest.mark.parametrize(
    "title",
    ["Girls' Last Tour", "JoJo's Adventure", "'Quoted' Words", "<Infinite Dendrogram>",
     "Fate/Zero: A - B ~ C", "Mahou Shoujo~", "A=B", "Kimi no Na wa.", "T.A.O.",
     "Café (TV) [2019]", "「かぎ」・なかぐろ"],
)  # fmt: skip
def test_punctuation_is_no_sign(title: str) -> None:
    assert signs(title) == ""


def test_a_stop_at_the_end_is_told_apart_from_signs() -> None:
    assert ends_with_stop("Gintama. ")
    assert ends_with_stop("君の名は。")
    assert not ends_with_stop("Gintama")
