# SPDX-License-Identifier: Apache-2.0
"""The anime that is meant, and the cases in which nobody can say."""

from datetime import date

import pytest

from otakube.domain.matching.decision import ACCEPT, CONSIDER
from otakube.domain.matching.resolution import resolve
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import Quarter, Season
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

MAL, ANILIST, KITSU, OFFICIAL = Provider.JIKAN, Provider.ANILIST, Provider.KITSU, Provider.MYANIMELIST


def test_the_same_anime_at_three_providers_is_one_candidate() -> None:
    found = [
        said(MAL, 1),
        said(ANILIST, 7, same_as=["https://myanimelist.net/anime/1"], title="Mushi-Shi"),
        said(KITSU, 9, title="MUSHISHI"),
    ]
    chosen = resolve("mushishi", found).chosen
    assert chosen is not None
    assert len(chosen.described) == 3


def test_a_sequel_does_not_make_its_prequel_ambiguous() -> None:
    first, second = said(number=1), said(number=2, title="Mushishi 2nd Season", aired_from=date(2014, 4, 5))
    assert (chosen := resolve("Mushishi", [second, first]).chosen)
    assert chosen.described == (first,)
    assert (chosen := resolve("Mushishi Season 2", [first, second]).chosen)
    assert chosen.described == (second,)


def test_two_of_one_name_are_ambiguous() -> None:
    found = [said(number=1), said(number=2, aired_from=date(2024, 1, 1), episode_count=12)]
    resolution = resolve("Mushishi", found)
    assert resolution.chosen is None
    assert {one.described[0].source_url for one in resolution.candidates} == {one.source_url for one in found}


def test_a_misspelt_title_is_for_a_person_to_decide() -> None:
    resolution = resolve("Musishi", [said()])
    assert resolution.chosen is None
    assert resolution.doubtful is not None
    assert CONSIDER <= resolution.doubtful.score < ACCEPT


def test_a_season_that_nobody_has_is_for_a_person_to_decide() -> None:
    resolution = resolve("Mushishi Zoku", [said()])
    assert resolution.chosen is None
    assert resolution.doubtful is not None


def test_nobody_is_asked_about_what_is_sure() -> None:
    assert resolve("Mushishi", [said()]).doubtful is None


def test_a_year_in_the_title_tells_namesakes_apart() -> None:
    first, second = said(number=1), said(number=2, aired_from=date(2019, 4, 6))
    for title in ("Mushishi (2019)", "Mushishi 2019"):
        assert (chosen := resolve(title, [first, second]).chosen)
        assert chosen.described == (second,)


def test_a_form_in_the_title_tells_namesakes_apart() -> None:
    first, film = said(number=1), said(number=2, title="Mushishi Movie", type=AnimeType.MOVIE)
    assert (chosen := resolve("Mushishi the Movie", [first, film]).chosen)
    assert chosen.described == (film,)
    assert (chosen := resolve("Mushishi", [first, film]).chosen)
    assert chosen.described == (first,)


def test_the_anime_of_that_very_title_comes_before_one_that_is_also_called_so() -> None:
    first, other = said(number=1), said(number=2, title="Bug Master", synonyms=["Mushishi"])
    assert (chosen := resolve("Mushishi", [other, first]).chosen)
    assert chosen.described == (first,)


def test_a_mark_tells_a_sequel_from_its_prequel_where_nothing_else_does() -> None:
    first, second = said(number=1, title="Gintama"), said(number=2, title="Gintama°")
    assert (chosen := resolve("Gintama°", [first, second]).chosen)
    assert chosen.described == (second,)
    assert (chosen := resolve("gintama", [first, second]).chosen)
    assert chosen.described == (first,)


def test_rows_of_jikan_and_the_official_api_of_one_page_are_one_anime() -> None:
    rows = [said(MAL, 1, title="Mushishi"), said(OFFICIAL, 1, title="蟲師")]
    assert (chosen := resolve("Mushishi", rows).chosen)
    assert len(chosen.described) == 2
    assert chosen.source_urls == ["https://myanimelist.net/anime/1"]


def test_a_title_like_none_has_no_candidates() -> None:
    assert resolve("Cowboy Bebop", [said()]).candidates == ()


def test_a_synonym_counts_as_much_as_the_title() -> None:
    assert resolve("The Bug Master", [said(synonyms=["The Bug-Master"])]).chosen is not None


def hit(number: int, title: str, year: int | None = 2010, **fields: object) -> Metadata:
    """A row of MyAnimeList's search."""
    return said(MAL, number, title=title, aired_from=year and date(year, 4, 5), **fields)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("Mushoku Tensei III: Isekai", ["Mushoku Tensei: Isekai", "Mushoku Tensei II: Isekai"]),
        ("mushoku tensei iii isekai", ["Mushoku Tensei II: Isekai"]),
        ("Kizumonogatari II: Nekketsu-hen", ["Kizumonogatari I: Tekketsu-hen"]),
        ("OverlordⅣ", ["Overlord III", "Overlord"]),
        ("Lupin the Third", ["Lupin", "Lupin II"]),
        ("蟲師 弐ノ章", ["蟲師", "蟲師 第三期"]),
        ("Mushishi Zweite Staffel", ["Mushishi"]),
        ("Mushishi: The Final", ["Mushishi", "Mushishi 2"]),
        ("Mushishi 2nd Cour", ["Mushishi"]),
    ],
)
def test_a_numeral_in_any_notation_is_not_passed_over(asked: str, titles: list[str]) -> None:
    found = [hit(number, title, 2010 + number) for number, title in enumerate(titles, 1)]
    assert resolve(asked, found).chosen is None


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("Mushoku Tensei Season 3: Isekai", "Mushoku Tensei III: Isekai"),
        ("Overlord2", "Overlord II"),
        ("Lupin III", "Lupin the Third"),
        ("蟲師 第弐期", "蟲師 2nd Season"),
        ("Mushishi 2. Staffel", "Mushishi Second Season"),
        ("SPY×FAMILY", "SPY x FAMILY"),
        ("Hunter x Hunter", "HUNTER×HUNTER"),
        ("Tokyo Ghoul Root A", "Tokyo Ghoul √A"),
        ("Ranma 1/2", "Ranma ½"),
        ("Ｋ－ＯＮ！！", "K-On!!"),
        ("Lucky★Star", "Lucky☆Star"),
        ("ﾗｷ☆ｽﾀ", "ラキ☆スタ"),
        ("Coeur", "Cœur"),
        ("Your Name", "Your Name."),
        ("3×3 Eyes", "3x3 Eyes"),
        ("妖狐×僕SS", "妖狐x僕SS"),
        ("銀魂゜", "銀魂°"),
    ],
)
def test_other_ways_to_write_one_title_are_accepted(asked: str, title: str) -> None:
    found = hit(1, title)
    assert (chosen := resolve(asked, [found]).chosen)
    assert chosen.described == (found,)


DIFFER_BY_A_SIGN = [
    ("K-On!!", "K-On!"), ("K-On", "K-On!"), ("Gintama", "Gintama°"), ("Gintama°", "Gintama"),
    ("Gintama'", "Gintama"), ("Yuru Camp", "Yuru Camp△"), ("Love♡", "Love"), ("Nisekoi:", "Nisekoi"),
    ("Usagi desu ka??", "Usagi desu ka?"),
]  # fmt: skip
LETTER_APART = [("Tokyo Ghoul √A", "Tokyo Ghoul"), ("Tokyo Ghoul", "Tokyo Ghoul √A"), ("Ranma", "Ranma ½")]


@pytest.mark.parametrize(("asked", "title"), [*DIFFER_BY_A_SIGN, *LETTER_APART])
def test_a_lone_hit_that_differs_by_a_sign_is_not_accepted(asked: str, title: str) -> None:
    assert resolve(asked, [hit(1, title)]).chosen is None


@pytest.mark.parametrize(("asked", "title"), DIFFER_BY_A_SIGN)
def test_a_sign_is_passed_over_where_year_or_type_agrees(asked: str, title: str) -> None:
    found = [hit(1, title)]
    assert resolve(asked, found, year=2010).chosen is not None
    assert resolve(asked, found, kind=AnimeType.TV).chosen is not None
    assert resolve(asked, [hit(1, title, None)], year=2010).chosen is None  # unknown is no agreement


def test_a_stop_that_was_written_is_not_passed_over_where_no_page_has_it() -> None:
    found = [hit(1, "Gintama")]
    resolution = resolve("Gintama.", found)
    assert resolution.chosen is None
    assert resolution.doubtful is not None
    assert resolve("Gintama.", found, year=2010).chosen is not None
    assert resolve("Gintama.", [hit(1, "Gintama", synonyms=["Gintama."])]).chosen is not None


def test_a_sequel_is_not_accepted_by_an_official_name_that_its_prequel_shares() -> None:
    later = hit(2, "Kagerou Nikki Part 2", 2019, title_english="Diary of Haze")
    assert resolve("Diary of Haze", [later]).chosen is None
    assert resolve("Diary of Haze", [later], year=2019).chosen is not None
    first = hit(1, "Kagerou Nikki", 2018, title_english="Diary of Haze")
    assert (chosen := resolve("Diary of Haze", [later, first]).chosen)
    assert chosen.described == (first,)
    film = hit(3, "Umi Movie 2: Nami", 2019, title_english="Sea: The Wave", type=AnimeType.MOVIE)
    assert resolve("Sea: The Wave", [film]).chosen is not None


def test_a_sign_that_a_linked_page_writes_as_asked_is_no_difference() -> None:
    linked = said(ANILIST, 7, title="Gintama 4", same_as=["https://myanimelist.net/anime/1"])
    other = linked.model_copy(update={"synonyms": ["Gintama"]})
    assert resolve("Gintama", [hit(1, "Gintama°", 2005), linked]).chosen is None
    assert resolve(
        "Gintama", [hit(1, "Gintama°", 2005), other.model_copy(update={"title": "Gintama"})]
    ).chosen


@pytest.mark.parametrize(
    ("asked", "first", "later"),
    [
        ("Aldnoah.Zero (2015)", ("Aldnoah.Zero", 2014), ("Aldnoah.Zero Part 2", 2015)),
        ("Aldnoah.Zero 2015", ("Aldnoah.Zero", 2014), ("Aldnoah.Zero Part 2", 2015)),
        ("Berserk (2017)", ("Berserk", 2016), ("Berserk 2nd Season", 2017)),
        ("Haikyuu!! (2015)", ("Haikyuu!!", 2014), ("Haikyuu!! Second Season", 2015)),
    ],
)
def test_a_year_in_the_title_names_the_part_of_that_year(
    asked: str, first: tuple[str, int], later: tuple[str, int]
) -> None:
    one, other = hit(1, *first), hit(2, *later)
    assert (chosen := resolve(asked, [one, other]).chosen)
    assert chosen.described == (other,)
    assert resolve(asked, [one]).chosen is None


def test_a_year_that_one_member_of_a_group_lacks_is_that_of_the_others() -> None:
    found = [hit(1, "Haikyuu!!", 2014), said(KITSU, 5, title="Haikyuu!!", aired_from=None)]
    assert len(resolve("Haikyuu!!", found, year=2014).candidates[0].described) == 2
    assert resolve("Haikyuu!!", found, year=2014).chosen is not None
    assert resolve("Haikyuu!!", found, year=2015).candidates == ()


def test_a_year_that_nobody_knows_is_for_a_person() -> None:
    resolution = resolve("Haikyuu!!", [hit(1, "Haikyuu!!", None)], year=2015)
    assert resolution.chosen is None
    assert resolution.doubtful is not None


def test_what_begins_at_the_turn_of_a_year_is_of_both() -> None:
    found = [hit(1, "Mushishi", None).model_copy(update={"aired_from": date(2014, 12, 28)})]
    assert resolve("Mushishi", found, year=2015).chosen is not None
    assert resolve("Mushishi (2014)", found).chosen is not None
    season = hit(1, "Mushishi", None, season=Season(quarter=Quarter.WINTER, year=2015))
    assert resolve("Mushishi (2015)", [season]).chosen is not None


MUSIC, OVA, TV = (
    hit(1, "Black Rock Shooter", 2009, type=AnimeType.MUSIC),
    hit(2, "Black★Rock Shooter", 2010, type=AnimeType.OVA),
    hit(3, "Black★Rock Shooter (TV)", 2012),
)


def test_a_music_video_never_wins_by_its_name_alone() -> None:
    assert resolve("Black Rock Shooter", [MUSIC, OVA, TV]).chosen is None
    assert resolve("Black Rock Shooter", [MUSIC]).chosen is None
    assert resolve("Black Rock Shooter", [MUSIC, hit(4, "Black Rock Shooter", 2012)]).chosen is None


def test_a_trailer_or_commercial_never_wins_by_a_name_that_it_shares() -> None:
    for title in ("Black Rock Shooter PV", "Black Rock Shooter CM", "Black Rock Shooter: Trailer"):
        trailer = hit(5, title, type=AnimeType.SPECIAL, synonyms=["Black Rock Shooter"])
        assert resolve("Black Rock Shooter", [trailer]).chosen is None
        assert resolve(title, [trailer]).chosen is not None


def test_type_or_year_decides_between_namesakes() -> None:
    def chosen(**told: object) -> tuple[Metadata, ...]:
        best = resolve("Black Rock Shooter", [MUSIC, OVA, TV], **told).chosen  # type: ignore[arg-type]  # cases
        return best.described if best else ()

    assert chosen(kind=AnimeType.TV) == chosen(year=2012) == (TV,)
    assert chosen(kind=AnimeType.OVA) == chosen(year=2010) == (OVA,)
    assert chosen(kind=AnimeType.MUSIC) == chosen(year=2009) == (MUSIC,)


def test_a_form_without_its_number_may_be_any_of_them() -> None:
    def ova(number: int) -> Metadata:
        synonyms = [f"Detective Conan OVA {number}"]
        title = f"Detective Conan OVA {number:02}: Foo"
        return hit(number, title, 2000 + number, type=AnimeType.OVA, synonyms=synonyms)

    rows = [ova(number) for number in range(1, 12)]
    assert resolve("Detective Conan OVA", rows).chosen is None
    assert resolve("Detective Conan OVA", rows[:1]).chosen is None
    assert resolve("Detective Conan", rows[2:3], kind=AnimeType.OVA).chosen is None
    assert (chosen := resolve("Detective Conan OVA", rows, year=2003).chosen)
    assert chosen.described == (rows[2],)
    assert (chosen := resolve("Detective Conan OVA 3", rows).chosen)
    assert chosen.described == (rows[2],)


def test_a_film_without_its_number_may_be_any_of_them() -> None:
    found = [hit(1, "Mushishi Movie 1", type=AnimeType.MOVIE)]
    assert resolve("Mushishi the Movie", found).chosen is None
    assert resolve("Mushishi the Movie", found, year=2010).chosen is not None


def test_a_number_that_only_the_main_title_says_is_not_passed_over() -> None:
    found = [hit(2, "Mushishi 2nd Season", synonyms=["Mushishi"])]
    assert resolve("Mushishi", found).chosen is None
    assert resolve("Mushishi", found, year=2010).chosen is not None
    assert resolve("Diebuster", [hit(2, "Gunbuster 2", synonyms=["Diebuster"])]).chosen is not None


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("小林さんちのメイドラゴンS", "小林さんちのメイドラゴン"),
        ("異世界魔王と召喚少女の奴隷魔術Ω", "異世界魔王と召喚少女の奴隷魔術"),
        ("新幹線変形ロボ シンカリオンZ THE ANIMATION", "新幹線変形ロボ シンカリオン THE ANIMATION"),
        ("Dropkick on My Devil!! X", "Drop Kick on My Devil!!"),
        ("Masamune-kun no Revenge R", "Masamunekun no Revenge"),
        ("異世界魔王と召喚少女の奴隷魔術 新章", "異世界魔王と召喚少女の奴隷魔術"),
    ],
)
def test_a_letter_or_word_more_is_another_season_and_no_slip(asked: str, title: str) -> None:
    assert resolve(asked, [hit(1, title)]).chosen is None
    assert resolve(title, [hit(1, asked)]).chosen is None


def test_a_remake_that_is_also_called_by_the_bare_name_is_a_namesake() -> None:
    old = hit(1, "Shaman King", 2001)
    for marked in ("Shaman King (2021)", "Shaman King (TV)", "Shaman King (ONA)"):
        new = hit(2, marked, 2021, synonyms=["SHAMAN KING"])
        assert resolve("Shaman King", [old, new]).chosen is None
        assert (chosen := resolve("Shaman King", [old, new], year=2001).chosen)
        assert chosen.described == (old,)


def test_a_sequel_that_alone_lists_the_name_in_another_script_is_not_accepted() -> None:
    sequel = hit(2, "Megami no Café Terrace 2nd Season", synonyms=["女神のカフェテラス"])
    assert resolve("女神のカフェテラス", [sequel]).chosen is None


def test_a_page_of_all_films_is_not_taken_for_one_of_several() -> None:
    every = hit(1, "Gekijouban Haikyuu!!", type=AnimeType.MOVIE)
    third = hit(3, "Haikyuu!! Movie 3: Sainou to Sense", type=AnimeType.MOVIE)
    assert resolve("Haikyuu!! Movie", [every]).chosen is not None
    assert resolve("Haikyuu!! Movie", [every, third]).chosen is None


@pytest.mark.parametrize("marker", ["(VF)", "(English Dub)", "[Sub]", "(Voix Japonaises)"])
def test_the_language_of_a_stream_says_nothing_of_the_anime(marker: str) -> None:
    assert resolve(f"Mushishi Season 2 {marker}", [hit(2, "Mushishi 2nd Season")]).chosen is not None
