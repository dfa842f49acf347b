# SPDX-License-Identifier: Apache-2.0
"""Permissions of providers to keep and to publish."""

import re
from datetime import timedelta
from typing import Any

import pytest

from otakube.domain.licences.terms import LICENCES, Agreement, agreed
from otakube.domain.merge.fields import permission
from otakube.settings import Settings
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import NOW, by

JIKAN, ANILIST, PLANET = Provider.JIKAN, Provider.ANILIST, Provider.ANIME_PLANET


def test_every_provider_has_a_row() -> None:
    assert LICENCES.keys() == set(Provider)


def test_an_agreement_replaces_what_it_names_and_nothing_else() -> None:
    licences = agreed({ANILIST: Agreement(retention_days=0), PLANET: Agreement(publishable=True)})
    assert licences[ANILIST] == LICENCES[ANILIST]._replace(retention=None)
    assert licences[PLANET] == LICENCES[PLANET]._replace(publishable=True)
    assert licences[JIKAN] == LICENCES[JIKAN]
    kitsu = agreed({Provider.KITSU: Agreement(retention_days=7, storable=False)})[Provider.KITSU]
    assert (kitsu.retention, kitsu.storable) == (timedelta(7), False)


@pytest.mark.parametrize(
    ("providers", "words"),
    [
        ({"Anilist": {}}, "providers.Anilist"),
        ({"anilist": {"licence": {"retention_days": -1}}}, "providers.anilist.licence.retention_days"),
        ({"anilist": {"licence": {"retention_days": True}}}, "providers.anilist.licence.retention_days"),
        ({"anilist": {"licence": {"retention_days": 10**12}}}, "providers.anilist.licence.retention_days"),
        ({"anilist": {"licence": {"publishable": 1}}}, "providers.anilist.licence.publishable"),
        ({"anilist": {"licence": {"forever": True}}}, "providers.anilist.licence.forever"),
    ],
)
def test_a_wrong_agreement_is_named(providers: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        Settings.model_validate({"providers": providers})


def test_a_value_lasts_as_long_as_one_who_says_it_allows() -> None:
    assert permission([by(ANILIST), by(JIKAN)]) == (True, None)
    assert permission([by(ANILIST), by(Provider.ANIMESCHEDULE)]) == (True, NOW + timedelta(days=90))
    assert permission([by(PLANET), by(ANILIST)]) == (True, NOW + timedelta(days=90))
    assert permission([by(PLANET)]) == (False, NOW + timedelta(days=30))
