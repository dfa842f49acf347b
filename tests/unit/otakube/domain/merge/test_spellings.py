# SPDX-License-Identifier: Apache-2.0
"""People in two spellings are one, by romanisation and variant characters, and that is told."""

import pytest

from otakube.domain.merge.characters import merge_characters
from otakube.domain.merge.languages import language_key
from otakube.domain.merge.people import merge_staff
from otakube.domain.merge.stages import characters_stage
from otakube.domain.record.claims import Character, Staff
from otakube.domain.record.golden import VoiceActor
from otakube.domain.record.ids import derived_id
from otakube.domain.record.variants import folded
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
ENTRY = derived_id("ani", "one")
Named = tuple[str, str | None]


def merged(*people: Named) -> tuple[int, list[str]]:
    """How many people these are, one a provider, and what is told of it."""
    said = {
        provider: [Staff(name=name, name_native=native)]
        for provider, (name, native) in zip((ANILIST, JIKAN, KITSU), people, strict=False)
    }
    told: list[str] = []
    return len(merge_staff(said, claimants(), told.append)), told


@pytest.mark.parametrize(
    "people",
    [
        [("Satoru Gojou", None), ("Satoru Gojo", None), ("Gojō Satoru", None)],
        [("Tooru Hagakure", None), ("Hagakure, Toru", None)],
        [("Shion Wakayama", "若山詩音"), ("Ruoshan Shiyin", "若山诗音")],
        [("Takahiro Sakurai", "櫻井孝宏"), ("T. S.", "樱井孝宏")],
        [("Youko Hikasa", "日笠陽子"), ("Yoko Hikasa", None)],
        [("Jun'ichi Suwabe", None), ("Junichi Suwabe", None)],
        [("Shinnosuke Tachibana", None), ("Sinnosuke Tatibana", None)],
        [("Ohno Satoshi", None), ("Satoshi Oono", None)],
        [("Tohru Honda", None), ("Tooru Honda", None)],
        [("Shin-ichiro Miki", None), ("Shinichirou Miki", None)],
        [("Ken`ichi Suzumura", None), ("Kenichi Suzumura", None)],
        [("Itou Shizuka", None), ("Shizuka Itoh", None)],
        [("Saori Hayami", "早見沙織"), ("Zaojian Shazhi", "早见沙织")],
        [("Nana Mizuki", "水樹奈々"), ("Shuishu Nainai", "水树奈奈")],
        [("Ryou", None), ("Ryo", None), ("Ryō", None)],
        [("Shou", None), ("Sho", None)],
        [("Matcha", None), ("Maccha", None)],
        [("Kicchou Yamada", None), ("Yamada Kitchou", None), ("Kittyou Yamada", None)],
        [("Jun'ichi", None), ("Junnichi", None), ("Junichi", None)],
        [("Ken'ichi", None), ("Kennichi", None)],
        [("Shun'ya Sugi", None), ("Sugi Shunnya", None)],
        [("Inouye Kikuko", None), ("Kikuko Inoue", None)],
        [("Ueda Hajime", None), ("Hajime Uyeda", None)],
        [("Oh Sadaharu", None), ("Sadaharu Ou", None)],
        [("Ko Ootani", None), ("Kou Otani", None)],
        [("Fujiwara Keiji", None), ("Keizi Huziwara", None)],
        [("Gunma Hiroshi", None), ("Hiroshi Gumma", None)],
        [("Chigasaki Aoi", "茅ヶ崎葵"), ("A. C.", "茅ケ崎葵")],
        [("Maaya Sakamoto", None), ("Maya Sakamoto", None)],
    ],
)
def test_two_spellings_are_one_person_and_it_is_told(people: list[Named]) -> None:
    count, told = merged(*people)
    assert (count, bool(told)) == (1, True), told
    assert "by spelling alone" in told[0]


@pytest.mark.parametrize(
    "people",
    [
        [("Yuki Ono", "小野友樹"), ("Yuuki Oono", "大野勇気")],
        [("Rei", None), ("Rey", None)],
        [("Ko", None), ("Kou", None)],
        [("Jean-Pierre Polnareff", None), ("Jeanpierre Polnareff", None)],
        [("Kenji Ito", None), ("Kenta Ito", None)],
        [("Mao Ichimichi", "市道真央"), ("M. A. O", "麻央")],
        [("Shinnosuke", None), ("Shinosuke", None)],
        [("Konno Miki", None), ("Miki Kono", None)],
        [("Anna", None), ("Ana", None)],
        [("Hanna Mizuki", None), ("Hana Mizuki", None)],
        [("Masaaki", None), ("Masaki", None)],
        [("Ken", None), ("Keen", None)],
        [("Red", None), ("Reed", None)],
        [("God", None), ("Good", None)],
        [("Doug", None), ("Dog", None)],
        [("Louis", None), ("Lois", None)],
        [("Reika", None), ("Rika", None)],
        [("Issei", None), ("Isei", None)],
        [("Ichirou", None), ("Jirou", None)],
        [("Luka", None), ("Ruka", None)],
    ],
)
def test_two_people_stay_two(people: list[Named]) -> None:
    assert merged(*people) == (2, [])


def test_one_spelling_is_told_to_nobody() -> None:
    assert merged(("Satoru Gojou", "五条悟"), ("Gojou, Satoru", None)) == (1, [])


def test_a_spelling_that_fits_two_people_joins_neither() -> None:
    namesakes = [
        Staff(name="Youko Ono", name_native="小野陽子"),
        Staff(name="Yoko Oono", name_native="大野洋子"),
    ]
    said = {ANILIST: namesakes, JIKAN: [Staff(name="Youko Oono")]}
    assert len(merge_staff(said, claimants())) == 3


def test_characters_of_two_spellings_are_one_and_the_stage_says_so() -> None:
    said = {
        ANILIST: [Character(name="Tooru Honda", role="Main")],
        JIKAN: [Character(name="Toru Honda", role="Main")],
    }
    assert len(merge_characters(ENTRY, said, claimants())) == 1
    stage = characters_stage(ENTRY, said, {}, claimants())
    assert stage.findings == [
        "'Tooru Honda' and 'Toru Honda' of Jikan are taken for one person, by spelling alone"
    ]


@pytest.mark.parametrize(
    ("language", "key"),
    [
        ("Portuguese (BR)", "portuguese"), ("Portuguese", "portuguese"), ("Brazilian", "portuguese"),
        ("pt_BR", "portuguese"), ("pt-BR", "portuguese"), ("br", "portuguese"), ("Japanese", "japanese"),
        ("jp", "japanese"), ("Spanish (Latin America)", "spanish"), ("Spanish (Castilian)", "spanish"),
        ("en", "english"),
        ("Mandarin", "chinese"), ("Tagalog", "tagalog"), ("(X)", "x"), ("jpn", "japanese"),
        ("日本語", "japanese"), ("Español", "spanish"), ("deu", "german"), ("ko-KR", "korean"),
        ("Canadian French", "french"), ("Mandarin Chinese", "chinese"), ("European Portuguese", "portuguese"),
        ("es-419", "spanish"), ("Cantonese", "cantonese"), ("German/Deutsch", "german"),
        ("Klingon", "klingon"), ("Tiếng Việt", "vietnamese"),
        ("Português", "portuguese"), ("Русский", "russian"),
        ("Arabic", "arabic"), ("ar", "arabic"), ("th", "thai"), ("zh-TW", "chinese"),
    ],
)  # fmt: skip
def test_a_language_is_one_whatever_its_region_and_name(language: str, key: str) -> None:
    assert language_key(language) == key


def test_a_voice_does_not_double_by_language_or_spelling() -> None:
    voices = [
        [
            VoiceActor(name="Wendel Bezerra", language="Portuguese (BR)"),
            VoiceActor(name="Yuuichi Nakamura", language="Japanese"),
        ],
        [
            VoiceActor(name="Wendel Bezerra", language="Portuguese"),
            VoiceActor(name="Nakamura, Yuichi", language="Japanese"),
        ],
    ]
    said = {
        provider: [Character(name="Goku", role="Main", voice_actors=actors)]
        for provider, actors in zip((ANILIST, JIKAN), voices, strict=True)
    }
    [character] = merge_characters(ENTRY, said, claimants())
    assert len(character.voice_actors) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("斎藤", "齋藤"), ("渡辺", "渡邉"), ("桜", "樱"), ("龍", "竜"), ("𠮷田", "吉田"), ("高橋", "髙桥"),
        ("早見", "早见"), ("茅野愛衣", "茅野爱衣"), ("釘宮理恵", "钉宫理惠"), ("佐々木", "佐佐木"),
        ("鬼頭", "鬼头"), ("諏訪部順一", "诹访部顺一"), ("種田", "种田"), ("聯", "联"),
    ],
)  # fmt: skip
def test_variant_characters_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("太", "大"), ("未", "末"), ("土", "士"), ("連", "聯"), ("後", "俊")]
)
def test_other_characters_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)
