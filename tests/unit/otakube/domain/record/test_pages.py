# SPDX-License-Identifier: Apache-2.0
"""Addresses of anime pages."""

import pytest

from otakube.domain.record.pages import Page, identify
from otakube_api.contract import Provider


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://myanimelist.net/anime/457/Mushishi", Page(Provider.JIKAN, "457")),
        ("http://www.myanimelist.net/anime/457", Page(Provider.JIKAN, "457")),
        ("https://api.jikan.moe/v4/anime/457/full", Page(Provider.JIKAN, "457")),
        ("https://anilist.co/anime/457/", Page(Provider.ANILIST, "457")),
        ("https://kitsu.io/anime/1376?x=1", Page(Provider.KITSU, "1376")),
        ("https://kitsu.app/anime/death-note", Page(Provider.KITSU, "death-note")),
    ],
)
def test_the_page_of_an_anime_is_recognised(url: str, expected: Page) -> None:
    assert identify(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://myanimelist.net/manga/457",
        "https://myanimelist.net.example/anime/457",
        "https://example/https://anilist.co/anime/1",
        "ftp://anilist.co/anime/1",
        "https://anilist.co/anime/0",
        "https://anilist.co/anime/12345678901",
        "https://anilist.co/anime/1\nx",
        "",
    ],
)
def test_another_address_is_not(url: str) -> None:
    assert identify(url) is None


def test_a_page_names_itself_in_one_way() -> None:
    assert Page(Provider.JIKAN, "457").url == "https://myanimelist.net/anime/457"
