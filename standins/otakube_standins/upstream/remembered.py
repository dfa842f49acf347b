# SPDX-License-Identifier: Apache-2.0
"""Values that are worked out of a catalogue once and used at every request."""

from collections.abc import Callable
from typing import TypeVar

from otakube_standins.upstream.catalogue import TitleCatalogue

Index = TypeVar("Index")
_KEPT = 4  # catalogues; a server has one, a test a few


def remembered(build: Callable[[TitleCatalogue], Index]) -> Callable[[TitleCatalogue], Index]:
    """`build`, once for each catalogue: told apart by identity, since comparing titles costs more."""
    known: list[tuple[TitleCatalogue, Index]] = []

    def index(catalogue: TitleCatalogue) -> Index:
        for one, built in known:
            if one is catalogue:
                return built
        known.append((catalogue, build(catalogue)))
        del known[:-_KEPT]
        return known[-1][1]

    return index
