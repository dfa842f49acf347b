# SPDX-License-Identifier: Apache-2.0
"""Whose earlier words stay, and why others' do not."""

from datetime import timedelta
from typing import Any

import pytest

from golden import a_provenance, a_record, an_entry, an_episode
from lock_builders import DECISION
from otakube.domain.licences.terms import LICENCES
from otakube.domain.locks.effects import RunLocks
from otakube.domain.locks.lock import Different
from otakube.domain.merge.carry import CarryTerms, absent_providers, carry_over
from otakube.domain.record.claims import ConvertedRecord, PartFault
from otakube.domain.record.golden import GoldenRecord, RowProvenance
from otakube_api.contract import Provider, SourceReason
from unit.otakube.domain.claimed import NOW, by, said

ANILIST, JIKAN, KITSU = Provider.ANILIST, Provider.JIKAN, Provider.KITSU
PAGE = "https://anilist.co/anime/1"


def live(**changes: Any) -> GoldenRecord:
    """A record in AniList's words alone."""
    mine = a_provenance(losing=[])
    episode = an_episode(
        1, providers=[ANILIST], provenance=RowProvenance(said={"title": ANILIST}, confidence=0.7)
    )
    usual = {
        "entry": an_entry(provenance={"title": mine, "type": mine, "status": mine}),
        "episodes": [episode],
        "attributions": [by(ANILIST, source_url=PAGE)],
    }
    return a_record(**usual | changes)


def answer(provider: Provider = JIKAN, **changes: Any) -> ConvertedRecord:
    about = said(provider, **changes.pop("about", {}))
    usual: dict[str, Any] = {
        "provider": provider, "source_url": about.source_url, "fetched_at": NOW, "stale": False,
        "metadata": about, "episodes": [], "relationships": None, "statistics": None, "characters": [],
        "staff": [], "missing": {}, "unreadable": {},
    }  # fmt: skip
    return ConvertedRecord(**usual | changes)


def terms(**changes: Any) -> CarryTerms:
    usual = {"licences": LICENCES, "locks": RunLocks(), "now": NOW + timedelta(days=1)}
    return CarryTerms(**usual | changes)


def test_the_words_of_one_who_is_away_stay_with_their_time() -> None:
    carried = carry_over({JIKAN: answer()}, [ANILIST], live(), terms())
    record = carried.records[ANILIST]
    assert (record.stale, record.fetched_at, record.source_url) == (True, NOW, PAGE)
    assert [one.title for one in record.episodes or []] == ["The Ice Opens"]
    assert carried.refused == {}


@pytest.mark.parametrize(
    ("failures", "absent"),
    [
        ([("AniList", "Unavailable")], {ANILIST: "Unavailable"}),
        ([("AniList", "Implausible")], {ANILIST: "Implausible"}),
        ([("AniList", "SwitchedOff")], {ANILIST: "SwitchedOff"}),
        ([("AniList", "NotFound")], {}),
        ([("AniList", "Unavailable"), ("AniList", "NotFound")], {}),
        ([("Jikan", "Unavailable")], {}),
    ],
    ids=["away", "ignored", "off", "has no such anime", "left to another entry", "a part of an answer"],
)
def test_who_answered_is_not_absent(failures: list[tuple[str, str]], absent: dict[Provider, str]) -> None:
    failed = [{"provider": provider, "reason": reason} for provider, reason in failures]
    assert absent_providers(failed, [JIKAN]) == absent


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"now": NOW + timedelta(days=91)}, "its licence let it be kept until 2027-02-18"),
        (
            {"licences": {**LICENCES, ANILIST: LICENCES[ANILIST]._replace(storable=False)}},
            "its licence lets nothing be stored",
        ),
        (
            {"locks": RunLocks(locks=[Different(pages=[PAGE, said(JIKAN).source_url], **DECISION)])},
            f"a merge lock says that {PAGE} shows another anime",
        ),
        ({"locks": RunLocks(others=[PAGE])}, f"a merge lock says that {PAGE} shows another anime"),
    ],
    ids=["licence over", "not storable", "locked apart", "another entry's"],
)
def test_what_may_not_stay_is_refused_with_the_reason(changes: dict[str, Any], why: str) -> None:
    carried = carry_over({JIKAN: answer()}, [ANILIST], live(), terms(**changes))
    assert ANILIST not in carried.records
    assert carried.refused == {ANILIST: why}


def test_words_about_a_page_that_the_others_have_left_do_not_stay() -> None:
    moved = answer(about={"same_as": ["https://anilist.co/anime/2"]})
    carried = carry_over({JIKAN: moved}, [ANILIST], live(), terms())
    assert carried.refused == {
        ANILIST: f"it spoke of {PAGE}, and the others link to https://anilist.co/anime/2"
    }


def test_a_record_that_does_not_note_whose_words_it_holds_gives_none_back() -> None:
    old = live(entry=an_entry(provenance={}))
    carried = carry_over({JIKAN: answer()}, [ANILIST], old, terms())
    assert carried.refused == {ANILIST: "the live version does not note which words are its own"}


@pytest.mark.parametrize(("reason", "stays"), [("Unavailable", True), ("NotFound", False)])
def test_a_part_that_was_not_answered_is_filled_and_the_rest_is_new(reason: str, stays: bool) -> None:
    fault = PartFault(reason=SourceReason(reason), message="no")
    fresh = answer(ANILIST, about={"title": "Tide"}, missing={"episodes": fault})
    carried = carry_over({ANILIST: fresh}, [], live(), terms())
    assert carried.records[ANILIST].metadata.title == "Tide"
    assert bool(carried.records[ANILIST].episodes) is stays
    assert carried.earlier == ({ANILIST: frozenset({"episodes"})} if stays else {})


def test_a_new_entry_has_nothing_to_carry() -> None:
    carried = carry_over({JIKAN: answer()}, [ANILIST, KITSU], None, terms())
    assert list(carried.records) == [JIKAN]
    assert carried.refused == {}
