# SPDX-License-Identifier: Apache-2.0
"""The staff of an anime, of several providers as one list."""

from otakube.domain.merge.people import merge_staff
from otakube.domain.record.claims import Staff
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU


def test_positions_of_one_person_are_united() -> None:
    said = {
        JIKAN: [
            Staff(name="Nagahama, Hiroshi", positions=["Director"]),
            Staff(name="Nagahama, Hiroshi", positions=["Script"]),
        ],
        ANILIST: [
            Staff(name="Hiroshi Nagahama", name_native="長濵博史", positions=["director", "Storyboard"])
        ],
        KITSU: [Staff(name="H. N.", name_native="長濵 博史", positions=["Music"])],
    }
    merged = merge_staff(said, claimants())
    [person] = merged
    assert person.name == "Hiroshi Nagahama"
    assert person.positions == ["director", "Storyboard", "Script", "Music"]
    assert person.providers == [ANILIST, JIKAN, KITSU]
    assert person.provenance is not None
    assert person.provenance.shares["positions"] == [[ANILIST, JIKAN], [ANILIST], [JIKAN], [KITSU]]


def test_namesakes_with_other_native_names_stay_two() -> None:
    said = {
        ANILIST: [Staff(name="Ken Ito", name_native="伊藤健"), Staff(name="Ken Ito", name_native="伊東謙")]
    }
    assert len(merge_staff(said, claimants())) == 2
