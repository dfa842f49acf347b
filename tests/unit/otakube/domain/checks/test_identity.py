# SPDX-License-Identifier: Apache-2.0
"""Identity: all providers must describe one anime."""

from datetime import date

from otakube.domain.checks.identity import CONTRADICTS, doubt, doubtful, surely_another
from otakube.domain.matching.decision import ACCEPT
from otakube_api.contract import AnimeType, Provider
from unit.otakube.domain.claimed import said

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU


def test_providers_that_agree_are_sure() -> None:
    assert doubtful({one: said(one) for one in (JIKAN, ANILIST, KITSU)}, ()) == {}


def test_a_page_found_by_its_title_must_agree_beyond_doubt() -> None:
    other = said(KITSU, title="Mushishi Zoku", aired_from=date(2014, 4, 5), episode_count=10)
    found = doubtful({JIKAN: said(), KITSU: other}, ())
    assert list(found) == [KITSU]
    assert found[KITSU] < ACCEPT


def test_the_most_trusted_is_the_measure_and_never_in_doubt_itself() -> None:
    other = said(JIKAN, title="Something Else", aired_from=date(1999, 1, 1), episode_count=3)
    found = doubtful({JIKAN: other, ANILIST: said(ANILIST), KITSU: said(KITSU)}, ())
    assert set(found) == {ANILIST, KITSU}


def test_the_page_that_a_person_named_is_the_measure() -> None:
    named = said(KITSU, title="Something Else", aired_from=date(1999, 1, 1), episode_count=3)
    assert set(doubtful({JIKAN: said(), KITSU: named}, [KITSU])) == {JIKAN}


def test_linked_pages_may_differ_as_providers_do_but_not_in_everything() -> None:
    link = [said(JIKAN).source_url]
    near = said(KITSU, title="Mushishi: The Series", episode_count=13, same_as=link)
    far = said(KITSU, title="Kaidan Restaurant", aired_from=date(2009, 10, 13), same_as=link)
    assert doubtful({JIKAN: said(), KITSU: near}, ()) == {}
    assert doubtful({JIKAN: said(), KITSU: far}, ())[KITSU] < CONTRADICTS


def test_a_link_between_pages_whose_numbers_are_far_apart_is_a_finding() -> None:
    old = said(JIKAN, aired_from=date(2001, 4, 1), episode_count=64)

    def found(year: int, length: int) -> dict[Provider, float]:
        mapped = said(KITSU, aired_from=date(year, 4, 1), episode_count=length, same_as=[old.source_url])
        return doubtful({JIKAN: old, KITSU: mapped}, [JIKAN, KITSU])

    assert set(found(2021, 52)) == {KITSU}
    assert set(found(2009, 51)) == {KITSU}  # a remake of the same name
    assert found(2001, 52) == {}
    assert found(2002, 26) == {}


def test_a_link_from_a_film_to_a_series_is_a_finding() -> None:
    film = said(KITSU, type=AnimeType.MOVIE, episode_count=1, same_as=[said(JIKAN).source_url])
    assert set(doubtful({JIKAN: said(), KITSU: film}, ())) == {KITSU}


def test_an_ignored_provider_still_says_which_anime_is_meant() -> None:
    other = said(KITSU, title="Mushishi Zoku", aired_from=date(2014, 4, 5), episode_count=10)
    assert doubtful({KITSU: other}, ()) == {}
    assert set(doubtful({KITSU: other}, (), [said()])) == {KITSU}


def test_the_finding_names_the_page_to_compare() -> None:
    found = doubt(KITSU, said(KITSU, number=77), 0.81)
    assert found.message == "Kitsu's page https://kitsu.app/anime/77 may show another anime (agreement 0.81)"


def test_a_namesake_found_by_its_title_is_no_question_unless_somebody_links_it() -> None:
    remake = said(KITSU, aired_from=date(2024, 4, 5), episode_count=12)
    linked = said(KITSU, aired_from=date(2024, 4, 5), same_as=[said(JIKAN).source_url])
    assert surely_another(remake, 0.6, [said(JIKAN), remake])
    assert not surely_another(remake, 0.75, [said(JIKAN), remake])
    assert not surely_another(linked, 0.6, [said(JIKAN), linked])


def test_pages_that_a_person_named_must_resemble_each_other() -> None:
    remake = said(ANILIST, aired_from=date(2024, 4, 5), episode_count=12)
    backing = said(KITSU, aired_from=date(2024, 4, 5), episode_count=12)
    found = doubtful({JIKAN: said(), ANILIST: remake, KITSU: backing}, [JIKAN, ANILIST])
    assert set(found) == {ANILIST, KITSU}
    near = said(ANILIST, episode_count=13)
    assert doubtful({JIKAN: said(), ANILIST: near}, [JIKAN, ANILIST]) == {}
