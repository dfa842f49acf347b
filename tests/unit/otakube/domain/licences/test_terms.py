# SPDX-License-Identifier: Apache-2.0
"""What providers let us keep and publish."""

import re
from datetime import timedelta
from typing import Any

import pytest

from otakube.domain.licences.terms import LICENCES, agreed
from otakube.domain.merge.fields import permission
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import NOW, by

JIKAN, ANILIST, PLANET = Provider.JIKAN, Provider.ANILIST, Provider.ANIME_PLANET


def test_every_provider_has_a_row() -> None:
    assert LICENCES.keys() == set(Provider)


def test_an_agreement_replaces_what_it_names_and_nothing_else() -> None:
    licences = agreed({"AniList": {"retention_days": 0}, "AnimePlanet": {"publishable": True}})
    assert licences[ANILIST] == LICENCES[ANILIST]._replace(retention=None)
    assert licences[PLANET] == LICENCES[PLANET]._replace(publishable=True)
    assert licences[JIKAN] == LICENCES[JIKAN]
    assert agreed({"Kitsu": {"retention_days": 7, "storable": False}})[Provider.KITSU].retention == timedelta(
        7
    )


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"Anilist": {}}, "'Anilist'; there are Jikan,"),
        ({"AniList": {"retention_days": -1}}, "licence_overrides.AniList.retention_days is -1"),
        ({"AniList": {"retention_days": True}}, "licence_overrides.AniList.retention_days is True"),
        (
            {"AniList": {"retention_days": 10**12}},
            "licence_overrides.AniList.retention_days is 1000000000000",
        ),
        ({"AniList": {"publishable": 1}}, "licence_overrides.AniList.publishable is 1"),
        ({"AniList": {"forever": True}}, "licence_overrides.AniList.forever is True"),
    ],
)
def test_a_wrong_agreement_is_named(overrides: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        agreed(overrides)


def test_a_value_lasts_as_long_as_one_who_says_it_allows() -> None:
    assert permission([by(ANILIST), by(JIKAN)]) == (True, None)
    assert permission([by(ANILIST), by(Provider.ANIMESCHEDULE)]) == (True, NOW + timedelta(days=90))
    assert permission([by(PLANET), by(ANILIST)]) == (True, NOW + timedelta(days=90))
    assert permission([by(PLANET)]) == (False, NOW + timedelta(days=30))
