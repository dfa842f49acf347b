# SPDX-License-Identifier: Apache-2.0
"""Seasons, parts, forms and years in titles, in the notations of the catalogues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otakube.domain.matching.titles import FINAL, Name, interpretations, spelling, take_apart
from otakube.domain.record.text import LONGEST_NAME, comparable, sounding
from otakube_api.contract import AnimeType

MOVIE, OVA, ONA, SPECIAL, TV = (
    AnimeType.MOVIE, AnimeType.OVA, AnimeType.ONA, AnimeType.SPECIAL, AnimeType.TV,
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mushishi", Name("mushishi")),
        ("Mushishi 2nd Season", Name("mushishi", season=2)),
        ("Mushishi: Season 2", Name("mushishi", season=2)),
        ("Mushishi (Season 2)", Name("mushishi", season=2)),
        ("Mushishi Season2", Name("mushishi", season=2)),
        ("Mushishi Season II", Name("mushishi", season=2)),
        ("Mushishi Season Two", Name("mushishi", season=2)),
        ("Mushishi Second Season", Name("mushishi", season=2)),
        ("Mushishi: The Second Season", Name("mushishi", season=2)),
        ("Mushishi II", Name("mushishi", season=2)),
        ("Mushishi IV", Name("mushishi", season=4)),
        ("Mushishi S3", Name("mushishi", season=3)),
        ("Mushishi 3", Name("mushishi", season=3)),
        ("Mushishi 10th Season", Name("mushishi", season=10)),
        ("Season 2", Name("season", season=2)),
        ("Part 8", Name("part", season=8)),
        ("Second Season", Name("second season")),
        ("Season of Love", Name("season of love")),
        ("Initial D Fourth Stage", Name("initial d", season=4)),
        ("Yuru Camp△ SEASON 3", Name("yuru camp", season=3)),
        ("進撃の巨人 第2期", Name("進撃の巨人", season=2)),
        ("進撃の巨人2期", Name("進撃の巨人", season=2)),
        ("進撃の巨人 第二期", Name("進撃の巨人", season=2)),
        ("進撃の巨人 第２期", Name("進撃の巨人", season=2)),
        ("進撃の巨人 Season2", Name("進撃の巨人", season=2)),
        ("進撃の巨人 シーズン3", Name("進撃の巨人", season=3)),
        ("よふかしのうた セカンドシーズン", Name("よふかしのうた", season=2)),
        ("进击的巨人 第三季", Name("进击的巨人", season=3)),
        ("진격의 거인 2기", Name("진격의 거인", season=2)),
        ("Attack on Titan Staffel 2", Name("attack on titan", season=2)),
        ("L'Attaque des Titans Saison 2", Name("l attaque des titans", season=2)),
        ("Ataque a los Titanes Temporada 2", Name("ataque a los titanes", season=2)),
        ("Ataque a los Titanes 2a Temporada", Name("ataque a los titanes", season=2)),
        ("Атака титанов 2 сезон", Name("атака титанов", season=2)),
        ("夏目友人帳 続", Name("夏目友人帳", season=2)),
        ("続 夏目友人帳", Name("夏目友人帳", season=2)),
        ("蟲師 続章", Name("蟲師", season=2)),
        ("Zoku Natsume Yuujinchou", Name("natsume yuujinchou", season=2)),
        ("Mushishi Zoku Shou", Name("mushishi", season=2)),
        ("Mushishi The Final Season", Name("mushishi", season=FINAL)),
        ("Mushishi: Last Season", Name("mushishi", season=FINAL)),
        ("五等分の花嫁 最終季", Name("五等分の花嫁", season=FINAL)),
        ("進撃の巨人 ファイナルシーズン", Name("進撃の巨人", season=FINAL)),
        ("Mushishi Final Season Part 2", Name("mushishi", season=FINAL, part=2)),
        ("Mushishi 2nd Season Part 2", Name("mushishi", season=2, part=2)),
        ("Mushishi S2 Cour 2", Name("mushishi", season=2, part=2)),
        ("Mushishi Part II", Name("mushishi", part=2)),
        ("Mushishi Part Two", Name("mushishi", part=2)),
        ("Mushishi 2nd Part", Name("mushishi", part=2)),
        ("Mushishi 2nd Cour", Name("mushishi", part=2)),
        ("銀魂 第2クール", Name("銀魂", part=2)),
        ("銀魂 第二部", Name("銀魂", part=2)),
        ("ジョジョの奇妙な冒険 パート5", Name("ジョジョの奇妙な冒険", part=5)),
        ("アイカツ 後編", Name("アイカツ", part=2)),
        ("Rurouni Kenshin Kouhen", Name("rurouni kenshin", part=2)),
        ("Shingeki no Kyojin: The Final Season - Kanketsu-hen", Name("shingeki no kyojin", FINAL, FINAL)),
        (
            "JoJo no Kimyou na Bouken Part 6: Stone Ocean",
            Name("jojo no kimyou na bouken stone ocean", part=6),
        ),
        ("Mob Psycho 100", Name("mob psycho 100")),
        ("Mob Psycho 100 II", Name("mob psycho 100", season=2)),
        ("Mob Psycho 100 3rd Season", Name("mob psycho 100", season=3)),
        ("86", Name("86")),
        ("86 Part 2", Name("86", part=2)),
        ("86 2nd Season", Name("86", season=2)),
        ("Steins;Gate 0", Name("steins gate 0")),
        ("Area 88", Name("area 88")),
        ("Zom 100", Name("zom 100")),
        ("Kaiju No. 8", Name("kaiju no 8")),
        ("Kaiju No. 8 Season 2", Name("kaiju no 8", season=2)),
        ("Major 2nd", Name("major 2nd")),
        ("Major 2nd Season 2", Name("major 2nd", season=2)),
        ("Code Geass R2", Name("code geass r2")),
        ("X", Name("x")),
        ("V", Name("v")),
        ("!!", Name("")),
        ("Akira 1988", Name("akira 1988")),
        ("Mushishi the Movie", Name("mushishi", kind=MOVIE)),
        ("Mushishi: The Movie", Name("mushishi", kind=MOVIE)),
        ("Gekijouban Mushishi", Name("mushishi", kind=MOVIE)),
        ("Eiga Mushishi", Name("mushishi", kind=MOVIE)),
        ("劇場版 蟲師", Name("蟲師", kind=MOVIE)),
        ("Detective Conan Movie 21: Love Letter", Name("detective conan love letter", part=21, kind=MOVIE)),
        ("Naruto the Movie 2", Name("naruto", part=2, kind=MOVIE)),
        ("Hellsing OVA 3", Name("hellsing", part=3, kind=OVA)),
        ("Mushishi OAD", Name("mushishi", kind=OVA)),
        ("Mushishi (ONA)", Name("mushishi", kind=ONA)),
        ("Mushishi TV Special", Name("mushishi", kind=SPECIAL)),
        ("Mushishi Specials", Name("mushishi", kind=SPECIAL)),
        ("Fruits Basket (TV)", Name("fruits basket", kind=TV)),
        ("Tokyo (Music)", Name("tokyo", kind=AnimeType.MUSIC)),
        ("Special A", Name("special a")),
        ("Film Girl", Name("film girl")),
        ("OVA", Name("ova")),
        ("Fruits Basket (2019)", Name("fruits basket", year=2019)),
        ("Fruits Basket 2nd Season (2020)", Name("fruits basket", season=2, year=2020)),
        ("(2001)", Name("2001")),
        ("Mushoku Tensei III: Isekai", Name("mushoku tensei isekai", season=3)),
        ("mushoku tensei iii isekai", Name("mushoku tensei isekai", season=3)),
        ("Mushoku Tensei Ⅲ ~Isekai~", Name("mushoku tensei isekai", season=3)),
        ("Kizumonogatari I: Tekketsu-hen", Name("kizumonogatari tekketsu hen")),
        ("Overlord 3: Ruler", Name("overlord ruler", season=3)),
        ("Date A Live V - Ruler", Name("date a live ruler", season=5)),
        ("Overlord Ⅱ", Name("overlord", season=2)),
        ("OverlordⅣ", Name("overlord", season=4)),
        ("OverlordIV", Name("overlord", season=4)),
        ("Overlord２", Name("overlord", season=2)),
        ("Overlord2", Name("overlord", season=2)),
        ("K-On!2", Name("k on", season=2)),
        ("モブサイコ100III", Name("モブサイコ100", season=3)),
        ("蟲師II", Name("蟲師", season=2)),
        ("蟲師3", Name("蟲師", season=3)),
        ("충사2", Name("충사", season=2)),
        ("Final Fantasy XII", Name("final fantasy", season=12)),
        ("Lupin the Third", Name("lupin", season=3)),
        ("Lupin the 3rd: The Castle", Name("lupin the castle", season=3)),
        ("Mushishi Second", Name("mushishi", season=2)),
        ("Mushishi Ninth Season", Name("mushishi", season=9)),
        ("Mushishi Season Ten", Name("mushishi", season=10)),
        ("Mushishi Season 02", Name("mushishi", season=2)),
        ("Mushishi Zweite Staffel", Name("mushishi", season=2)),
        ("Mushishi 2. Staffel", Name("mushishi", season=2)),
        ("Mushishi Staffel zwei", Name("mushishi", season=2)),
        ("Mushishi Deuxième saison", Name("mushishi", season=2)),
        ("Mushishi 2ème saison", Name("mushishi", season=2)),
        ("Mushishi Segunda temporada", Name("mushishi", season=2)),
        ("Mushishi 2ª temporada", Name("mushishi", season=2)),
        ("Mushishi Temporada Final", Name("mushishi", season=FINAL)),
        ("Mushishi Terza stagione", Name("mushishi", season=3)),
        ("Mushishi 2-й сезон", Name("mushishi", season=2)),
        ("Mushishi второй сезон", Name("mushishi", season=2)),
        ("Mushishi ซีซั่น 2", Name("mushishi", season=2)),
        ("Mushishi الموسم الثاني", Name("mushishi", season=2)),
        ("충사 시즌 2", Name("충사", season=2)),
        ("충사 제2기", Name("충사", season=2)),
        ("蟲師 第十二期", Name("蟲師", season=12)),
        ("蟲師 第二シーズン", Name("蟲師", season=2)),
        ("蟲師 2ndシーズン", Name("蟲師", season=2)),
        ("蟲師 第弐期", Name("蟲師", season=2)),
        ("蟲師 弐ノ章", Name("蟲師", season=2)),
        ("蟲師 シーズンⅡ", Name("蟲師", season=2)),
        ("Fruits Basket: The Final", Name("fruits basket", season=FINAL)),
        ("蟲師 ファイナル", Name("蟲師", season=FINAL)),
        ("Mushishi: The Final Chapters", Name("mushishi", part=FINAL)),
        ("Mushishi 2nd Half", Name("mushishi", part=2)),
        ("蟲師 後半クール", Name("蟲師", part=2)),
        ("蟲師(2クール目)", Name("蟲師", part=2)),
        ("蟲師 第2章", Name("蟲師", part=2)),
        ("Mushishi (Saison 3) (VF)", Name("mushishi", season=3)),
        ("Mushishi Movie II: Foo", Name("mushishi foo", part=2, kind=MOVIE)),
        ("Mushishi: The 2nd Movie", Name("mushishi", part=2, kind=MOVIE)),
        ("Mushishi the Second Movie", Name("mushishi", part=2, kind=MOVIE)),
        ("Mushishi OVA2", Name("mushishi", part=2, kind=OVA)),
        ("Mushishi OVA 01: Foo", Name("mushishi foo", kind=OVA, numbered=True)),
        ("Mushishi Part 1", Name("mushishi", numbered=True)),
        ("Mushishi Season 2 Part 1", Name("mushishi", season=2)),
        ("Ranma ½", Name("ranma 1 2")),
        ("Ranma 1/2 2nd Season", Name("ranma 1 2", season=2)),
        ("Evangelion: 2.0", Name("evangelion 2 0")),
        ("Kaiju No. 8: Foo", Name("kaiju no 8 foo")),
        ("Mob Psycho 100: Foo", Name("mob psycho 100 foo")),
        ("Area 88: Foo", Name("area 88 foo")),
        ("Persona 5 the Animation", Name("persona 5 the animation")),
        ("Byousoku 5 Centimeter", Name("byousoku 5 centimeter")),
        ("The Third", Name("the third")),
        ("5 Centimeters per Second", Name("5 centimeters per second")),
        ("Tokyo Ghoul √A", Name("tokyo ghoul root a")),
        ("SPY×FAMILY Season 2", Name("spy x family", season=2)),
        ("Aldnoah.Zero（２０１５）", Name("aldnoah zero", year=2015)),
        ("Aldnoah.Zero (Fall 2015)", Name("aldnoah zero", year=2015)),
        ("Aldnoah.Zero (TV 2015)", Name("aldnoah zero", kind=TV, year=2015)),
        ("Aldnoah.Zero (2015 series)", Name("aldnoah zero series", year=2015)),
        ("Aldnoah.Zero 2015年版", Name("aldnoah zero", year=2015)),
    ],
)
def test_season_part_form_and_year_are_told_from_the_name(title: str, expected: Name) -> None:
    assert take_apart(title) == expected


def test_a_year_at_the_end_may_be_one_or_belong_to_the_name() -> None:
    assert interpretations("Hunter x Hunter 2011") == [
        Name("hunter x hunter 2011"),
        Name("hunter x hunter", year=2011),
    ]
    assert interpretations("Space Battleship Yamato 2199") == [Name("space battleship yamato 2199")]
    assert interpretations("1988") == [Name("1988")]


@given(st.text())
def test_a_comparable_form_is_its_own_comparable_form(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@given(st.text())
def test_a_name_holds_no_more_than_its_title(text: str) -> None:
    name = take_apart(text)
    assert len(name.text) <= len(spelling(text))
    assert bool(name.text) == bool(spelling(text))
    assert name.season >= 1
    assert name.part >= 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz 2xivs", max_size=60))
def test_case_says_nothing(text: str) -> None:
    assert take_apart(text.upper()) == take_apart(text)


@pytest.mark.parametrize(
    "text",
    ["season " * 20_000, "2nd " * 30_000, "(" * 100_000, "1" * 100_000, "e\u0301" * 50_000,
     "\u202e" * 100_000, "第" * 100_000, "a" + "\u0489" * 100_000],
)  # fmt: skip
def test_no_more_of_a_title_is_read_than_a_record_may_hold(text: str) -> None:
    assert len(take_apart(text).text) <= len(spelling(text[:LONGEST_NAME]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yōkai Watch", "Youkai Watch"),
        ("Yokai Watch", "Youkai Watch"),
        ("Kimi wo Aishita Juubei", "Kimi o Aishita Jūbei"),
        ("Karakurenai", "Kara Kurenai"),
        ("Sempai", "Senpai"),
        ("Syozyo Kakumei", "Shoujo Kakumei"),
        ("The Big Fish & Begonia", "Big Fish and Begonia"),
        ("Tuki ga Kirei", "Tsuki ga Kirei"),
    ],
)
def test_romanisations_sound_the_same(one: str, other: str) -> None:
    assert sounding(comparable(one)) == sounding(comparable(other))


@pytest.mark.parametrize(("one", "other"), [("T.A.O.", "TO"), ("Kimi", "Kami"), ("進撃", "進化")])
def test_other_names_do_not_sound_the_same(one: str, other: str) -> None:
    assert sounding(comparable(one)) != sounding(comparable(other))
