# SPDX-License-Identifier: Apache-2.0
"""Namesakes are told apart by year and type, and by nothing else."""

from datetime import date

from otakube.domain.matching.resolution import resolve
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import AnimeStatus
from otakube_api.contract import AnimeType

OLD = Metadata(
    source_url="https://myanimelist.net/anime/1",
    title="Blue Bird",
    type=AnimeType.TV,
    status=AnimeStatus.FINISHED,
    aired_from=date(2012, 4, 1),
)
NEW = OLD.model_copy(
    update={
        "source_url": "https://myanimelist.net/anime/2",
        "type": AnimeType.MOVIE,
        "aired_from": date(2024, 4, 1),
    }
)


def test_a_title_alone_does_not_choose_between_namesakes() -> None:
    resolution = resolve("Blue Bird", [OLD, NEW])
    assert resolution.chosen is None
    assert len(resolution.candidates) == 2


def test_a_year_chooses() -> None:
    chosen = resolve("Blue Bird", [OLD, NEW], year=2024).chosen
    assert chosen is not None
    assert chosen.described == (NEW,)


def test_a_type_chooses() -> None:
    chosen = resolve("Blue Bird", [OLD, NEW], kind=AnimeType.TV).chosen
    assert chosen is not None
    assert chosen.described == (OLD,)


def test_a_year_that_fits_none_chooses_none() -> None:
    assert resolve("Blue Bird", [OLD, NEW], year=1999).candidates == ()
