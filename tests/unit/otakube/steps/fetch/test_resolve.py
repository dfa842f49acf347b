# SPDX-License-Identifier: Apache-2.0
"""Ids that follow from the pages that a person names."""

import pytest

from otakube.errors import Fatal
from otakube.steps.fetch.resolve import ids_of
from otakube_api.contract import Provider

FIRST, OTHER = "https://myanimelist.net/anime/70102", "https://myanimelist.net/anime/72440"


def test_two_anime_of_one_site_are_refused_instead_of_one_being_passed_over() -> None:
    with pytest.raises(Fatal, match=f"{FIRST} and {OTHER} are two anime"):
        ids_of([FIRST, "https://anilist.co/anime/210233", OTHER], strict=True)


def test_one_anime_may_be_named_twice() -> None:
    assert ids_of([FIRST, f"{FIRST}/Aoi_Tori"], strict=True) == {Provider.JIKAN: "70102"}
