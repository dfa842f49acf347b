# SPDX-License-Identifier: Apache-2.0
"""One romanised name with two native names: one person with a finding, or two where a provider has both."""

from typing import Any

import pytest

from otakube.domain.merge.characters import merge_characters
from otakube.domain.merge.people import merge_staff
from otakube.domain.record.claims import Character, Staff
from otakube_api.contract import Provider
from unit.otakube.domain.claimed import claimants

JIKAN, ANILIST, KITSU = Provider.JIKAN, Provider.ANILIST, Provider.KITSU
Named = tuple[str, str | None]
KEN: Named = ("Ken Satou", "\u4f50\u85e4\u5065")
OTHER: Named = ("Ken Satou", "\u4f50\u85e4\u8ce2")
THIRD: Named = ("Ken Satou", "\u4f50\u85e4\u8b19")
BARE: Named = ("Satou, Ken", None)

CASES = [
    ({ANILIST: [KEN], KITSU: [KEN]}, 1, False),
    ({ANILIST: [KEN], KITSU: [OTHER]}, 1, True),
    ({ANILIST: [KEN], KITSU: [BARE]}, 1, False),
    ({ANILIST: [KEN], JIKAN: [BARE], KITSU: [OTHER]}, 1, True),
    ({ANILIST: [KEN, OTHER], KITSU: [OTHER, KEN]}, 2, False),
    ({ANILIST: [KEN, OTHER], KITSU: [OTHER]}, 2, False),
    ({ANILIST: [KEN], KITSU: [OTHER, KEN]}, 2, False),
    ({ANILIST: [KEN], KITSU: [OTHER, THIRD]}, 3, False),
    ({ANILIST: [KEN, OTHER], KITSU: [THIRD]}, 3, False),
    ({ANILIST: [KEN, OTHER], JIKAN: [BARE, BARE]}, 2, False),
    ({ANILIST: [KEN], KITSU: [("Ken Satou", "\u4f50\u85e4 \u5065")]}, 1, False),
    ({ANILIST: [KEN], KITSU: [("Ken Satou", "\u3055\u3068\u3046\u3051\u3093")]}, 1, False),
    ({ANILIST: [KEN], KITSU: [("Ken Satou", "\u5065")]}, 1, False),
    ({ANILIST: [("Ken", "\u5065")], KITSU: [("Ken", "\u8ce2")]}, 1, True),
    (
        {
            ANILIST: [("Shion Wakayama", "\u82e5\u5c71\u8a69\u97f3")],
            KITSU: [("Shion Wakayama", "\u82e5\u5c71\u8bd7\u97f3")],
        },
        1,
        False,
    ),
    ({ANILIST: [("Ken Satou", "\u4f50\u85e4\u5065")], KITSU: [("Ken Sato", "\u4f50\u85e4\u5065")]}, 1, False),
    ({ANILIST: [("Ken Satou", "\u4f50\u85e4\u5065")], KITSU: [("Ken Sato", "\u4f50\u85e4\u8ce2")]}, 2, False),
    (
        {ANILIST: [("Ken Satou", "\u4f50\u85e4\u5065")], KITSU: [("Kenji Satou", "\u4f50\u85e4\u5065")]},
        1,
        False,
    ),
    ({ANILIST: [("Mei", "\u6885")], KITSU: [("Mei", "Mei")]}, 1, False),
    (
        {ANILIST: [("Kim Min-jun", "\uae40\ubbfc\uc900")], KITSU: [("Kim Min-jun", "\u91d1\u65fb\u4fca")]},
        1,
        False,
    ),
]


@pytest.mark.parametrize(("said", "people", "told"), CASES)
def test_namesakes_are_one_with_a_finding_or_two(
    said: dict[Provider, list[Named]], people: int, told: bool
) -> None:
    staff: dict[Provider, Any] = {
        provider: [Staff(name=name, name_native=native, positions=["Director"]) for name, native in rows]
        for provider, rows in said.items()
    }
    drawn: dict[Provider, Any] = {
        provider: [Character(name=name, name_native=native, role="Main") for name, native in rows]
        for provider, rows in said.items()
    }
    heard: list[str] = []
    if BARE not in said.get(JIKAN, [])[1:]:  # a provider's rows of one person are one
        assert (len(merge_staff(staff, claimants(), heard.append)), bool(heard)) == (people, told)
    heard.clear()
    assert (len(merge_characters("e", drawn, claimants(), tell=heard.append)), bool(heard)) == (people, told)
