# SPDX-License-Identifier: Apache-2.0
"""Votes on one field: stated before derived, exact before rounded, known before unknown."""

from datetime import date
from typing import Any

import pytest

from otakube.domain.merge.fields import merge_metadata
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus, Exactness, Quarter, Season, SourceMaterial
from otakube_api.contract import AnimeType, Provider
from unit.otakube.adapters.providers.small_answers import EVERY, page, record, small, xml
from unit.otakube.domain.claimed import claimants, said

JIKAN, MAL, ANILIST, KITSU = Provider.JIKAN, Provider.MYANIMELIST, Provider.ANILIST, Provider.KITSU
ANIDB, SCHEDULE, PLANET = Provider.ANIDB, Provider.ANIMESCHEDULE, Provider.ANIME_PLANET
DERIVED, ROUNDED, YEAR, MONTH = Exactness.DERIVED, Exactness.ROUNDED, Exactness.YEAR, Exactness.MONTH
SPRING, WINTER = Season(year=2010, quarter=Quarter.SPRING), Season(year=2010, quarter=Quarter.WINTER)
FALL = Season(year=2009, quarter=Quarter.FALL)
UNKNOWN, TV, ONA, SPECIAL = AnimeType.UNKNOWN, AnimeType.TV, AnimeType.ONA, AnimeType.SPECIAL
D = date


def claims(field: str, words: dict[Provider, Any]) -> dict[Provider, Metadata]:
    found = {}
    for provider, word in words.items():
        value, exactness = word if isinstance(word, tuple) else (word, None)
        found[provider] = said(
            provider, **{field: value, "exactness": {field: exactness} if exactness else {}}
        )
    return found


@pytest.mark.parametrize(
    ("field", "words", "value", "backers"),
    [
        ("season", {JIKAN: SPRING, KITSU: (WINTER, DERIVED), ANIDB: (WINTER, DERIVED)}, SPRING, {JIKAN}),
        (
            "season",
            {SCHEDULE: SPRING, KITSU: (WINTER, DERIVED), ANIDB: (WINTER, DERIVED)},
            SPRING,
            {SCHEDULE},
        ),
        (
            "season",
            {
                JIKAN: SPRING,
                ANILIST: FALL,
                SCHEDULE: FALL,
                KITSU: (SPRING, DERIVED),
                ANIDB: (SPRING, DERIVED),
            },
            FALL,
            {ANILIST, SCHEDULE},
        ),
        ("season", {JIKAN: SPRING, ANILIST: FALL, KITSU: (FALL, DERIVED)}, FALL, {ANILIST, KITSU}),
        ("season", {KITSU: (WINTER, DERIVED)}, WINTER, {KITSU}),
        (
            "status",
            {
                ANILIST: AnimeStatus.ONGOING,
                ANIDB: (AnimeStatus.FINISHED, DERIVED),
                PLANET: (AnimeStatus.FINISHED, DERIVED),
            },
            AnimeStatus.ONGOING,
            {ANILIST},
        ),
        (
            "status",
            {JIKAN: AnimeStatus.UNKNOWN, MAL: AnimeStatus.UNKNOWN, PLANET: (AnimeStatus.FINISHED, DERIVED)},
            AnimeStatus.FINISHED,
            {PLANET},
        ),
        (
            "status",
            {JIKAN: AnimeStatus.UNKNOWN, ANILIST: AnimeStatus.UNKNOWN, KITSU: AnimeStatus.UPCOMING},
            AnimeStatus.UPCOMING,
            {KITSU},
        ),
        ("type", {JIKAN: UNKNOWN, ANILIST: UNKNOWN, KITSU: UNKNOWN, PLANET: ONA}, ONA, {PLANET}),
        ("type", {JIKAN: TV, ANILIST: ONA, KITSU: UNKNOWN, ANIDB: UNKNOWN}, TV, {JIKAN}),
        ("type", {JIKAN: UNKNOWN, MAL: ONA, ANILIST: UNKNOWN}, ONA, {MAL}),
        ("type", {JIKAN: TV, MAL: ONA, ANILIST: ONA}, TV, {JIKAN}),
        (
            "duration_seconds",
            {JIKAN: 30, ANILIST: (60, ROUNDED), KITSU: (60, ROUNDED)},
            30,
            {JIKAN, ANILIST, KITSU},
        ),
        (
            "duration_seconds",
            {MAL: 1435, JIKAN: (1380, ROUNDED), ANILIST: (1440, ROUNDED), KITSU: (1440, ROUNDED)},
            1435,
            {MAL, ANILIST, KITSU},
        ),
        (
            "duration_seconds",
            {MAL: 1421, JIKAN: (1380, ROUNDED), ANILIST: (1440, ROUNDED), KITSU: (1440, ROUNDED)},
            1421,
            {MAL, ANILIST, KITSU},
        ),
        (
            "duration_seconds",
            {JIKAN: (1380, ROUNDED), ANILIST: (1440, ROUNDED), KITSU: (1500, ROUNDED)},
            1440,
            {ANILIST},
        ),
        (
            "duration_seconds",
            {JIKAN: (5400, ROUNDED), ANILIST: (1440, ROUNDED), KITSU: (1440, ROUNDED)},
            1440,
            {ANILIST, KITSU},
        ),
        (
            "aired_from",
            {
                JIKAN: (D(2010, 1, 1), YEAR),
                KITSU: (D(2010, 1, 1), YEAR),
                ANIDB: (D(2010, 4, 1), MONTH),
                ANILIST: D(2010, 4, 5),
            },
            D(2010, 4, 5),
            {ANILIST, JIKAN, KITSU, ANIDB},
        ),
        (
            "aired_from",
            {JIKAN: (D(2010, 1, 1), YEAR), KITSU: (D(2010, 1, 1), YEAR), ANIDB: (D(2011, 4, 1), MONTH)},
            D(2011, 4, 1),
            {ANIDB},
        ),
        (
            "aired_from",
            {JIKAN: (D(2010, 4, 1), MONTH), ANILIST: (D(2010, 4, 1), MONTH), KITSU: D(2010, 5, 2)},
            D(2010, 5, 2),
            {KITSU},
        ),
        (
            "aired_from",
            {JIKAN: D(2010, 4, 4), ANILIST: D(2010, 4, 5), KITSU: D(2010, 4, 5), ANIDB: D(2010, 4, 11)},
            D(2010, 4, 4),
            {JIKAN, ANILIST, KITSU},
        ),
        (
            "aired_from",
            {JIKAN: D(2010, 3, 31), ANILIST: (D(2010, 4, 1), MONTH)},
            D(2010, 3, 31),
            {JIKAN, ANILIST},
        ),
        (
            "aired_to",
            {JIKAN: (D(2011, 1, 1), YEAR), ANILIST: D(2010, 12, 31)},
            D(2010, 12, 31),
            {ANILIST, JIKAN},
        ),
        ("episode_count", {JIKAN: None, ANILIST: 12, KITSU: 13, ANIDB: 13}, 13, {KITSU, ANIDB}),
        ("episode_count", {JIKAN: None, KITSU: 24}, 24, {KITSU}),
        (
            "source_material",
            {JIKAN: SourceMaterial.OTHER, ANILIST: SourceMaterial.OTHER},
            SourceMaterial.OTHER,
            {JIKAN, ANILIST},
        ),
    ],
)
def test_whoever_knows_it_best_decides_and_whoever_agrees_backs_it(
    field: str, words: dict[Provider, Any], value: Any, backers: set[Provider]
) -> None:
    found = merge_metadata(claims(field, words), claimants())[field]
    assert (found.value, set(found.provenance.providers)) == (value, backers)


@pytest.mark.parametrize(
    ("raw", "field", "exactness"),
    [
        (small(JIKAN, duration="24 min per ep"), "duration_seconds", ROUNDED),
        (small(JIKAN, duration="30 sec per ep"), "duration_seconds", None),
        (small(JIKAN, duration="1 hr per ep"), "duration_seconds", ROUNDED),
        (small(JIKAN, duration="1 min 30 sec"), "duration_seconds", None),
        (small(MAL, average_episode_duration=1435), "duration_seconds", None),
        (small(ANILIST, duration=1), "duration_seconds", ROUNDED),
        (small(KITSU, episodeLength=24), "duration_seconds", ROUNDED),
        (small(SCHEDULE, lengthMin=24), "duration_seconds", ROUNDED),
        (
            record(PLANET, page("A", '<span class="type">TV (12 eps x 24 min)</span>')),
            "duration_seconds",
            ROUNDED,
        ),
        (
            record(PLANET, page("A", '<span class="type">TV (12 eps x 30 sec)</span>')),
            "duration_seconds",
            None,
        ),
        (small(KITSU, startDate="2010-03-31", subtype="TV"), "season", DERIVED),
        (
            record(ANIDB, xml("A", "<type>TV Series</type><startdate>2010-03-31</startdate>")),
            "season",
            DERIVED,
        ),
        (record(ANIDB, xml("A", "<startdate>2010-03-31</startdate>")), "status", DERIVED),
        (record(PLANET, page("A", '<span class="iconYear">2010 - 2011</span>')), "status", DERIVED),
    ],
)
def test_every_provider_s_value_is_marked_as_it_is_known(raw: Any, field: str, exactness: Any) -> None:
    assert EVERY[raw.provider].metadata(raw).exactness.get(field) == exactness


@pytest.mark.parametrize("spoken", [60, 120, 1380])
def test_an_exact_length_is_backed_by_one_rounded_up_or_down(spoken: int) -> None:
    words = {MAL: spoken + 25, ANILIST: (spoken, ROUNDED), KITSU: (spoken + 60, ROUNDED)}
    found = merge_metadata(claims("duration_seconds", words), claimants())["duration_seconds"]
    assert (found.value, found.provenance.losing) == (spoken + 25, [])
