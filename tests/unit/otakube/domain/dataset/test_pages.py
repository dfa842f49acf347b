# SPDX-License-Identifier: Apache-2.0
"""One page in two spellings is one page."""

import pytest

from otakube.domain.dataset.pages import page_of, site_of
from otakube.domain.record.pages import identify
from otakube_api.providers import SITES, Site


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://kitsu.io/anime/12", "https://kitsu.app/anime/12"),
        ("http://myanimelist.net/anime/1", "https://myanimelist.net/anime/1/Cowboy_Bebop"),
        ("https://www.livechart.me/anime/3", "http://livechart.me/anime/3/"),
        ("https://Notify.moe/anime/Ff1bpKmmR", "https://notify.moe/anime/Ff1bpKmmR#top"),
    ],
)
def test_two_spellings_of_a_page_are_one(one: str, other: str) -> None:
    assert page_of(one) == page_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://anidb.net/anime/1", "https://anidb.net/anime/11"),
        ("https://notify.moe/anime/Ff1bpKmmR", "https://notify.moe/anime/ff1bpkmmr"),
        ("https://simkl.com/anime?id=1", "https://simkl.com/anime?id=2"),
        ("https://anilist.co/anime/1", "https://myanimelist.net/anime/1"),
    ],
)
def test_two_pages_stay_two(one: str, other: str) -> None:
    assert page_of(one) != page_of(other)


@pytest.mark.parametrize("site", SITES.values(), ids=lambda site: site.canonical)
def test_a_canonical_address_is_that_of_the_record(site: Site) -> None:
    for name in ("1", "12-ab") if site.named else ("1", "907"):
        page = identify(site.canonical + name)
        assert page is not None
        assert page_of(site.canonical + name) == page.url


@pytest.mark.parametrize("url", ["https://[::1/anime/1", "https://x.example/%zz", "https:///x"])
def test_an_address_that_is_none_is_still_compared(url: str) -> None:
    assert page_of(url)


def test_pages_are_counted_by_host() -> None:
    pages = [
        "https://kitsu.io/anime/1",
        "https://www.anime-planet.com/anime/x",
        "https://simkl.com/anime/2",
    ]
    assert [site_of(page_of(one)) for one in pages] == ["kitsu.app", "anime-planet.com", "simkl.com"]
