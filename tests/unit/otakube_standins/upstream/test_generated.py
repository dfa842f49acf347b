# SPDX-License-Identifier: Apache-2.0
"""Generated titles: many, the same each time, and cheap to start and to serve."""

import time
from datetime import date

from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import InventedTitle, load, search
from otakube_standins.upstream.generated import FIRST, generate, written
from otakube_standins.upstream.provider import World
from otakube_standins.upstream.settings import UpstreamSettings
from upstream_app import NOW

TODAY = date(2026, 11, 20)


def test_the_same_titles_come_each_time_and_would_validate() -> None:
    titles = generate(200)
    assert titles == generate(200)
    assert [InventedTitle.model_validate(title.model_dump()) for title in titles] == titles


def test_their_ids_are_nobody_elses() -> None:
    catalogue = load(TODAY, generate(50))
    assert len({title.ids.myanimelist for title in catalogue.titles}) == len(catalogue.titles)
    assert all(title.ids.myanimelist < FIRST for title in written(catalogue).titles)
    assert [title.key for title in search(catalogue.titles, "Generated Story 7")][:1] == ["generated-7"]


def test_thirty_thousand_are_no_reason_to_wait() -> None:
    started = time.process_time()
    create(World(load(TODAY, generate(30_000)), lambda: NOW), UpstreamSettings(generated=30_000))
    assert time.process_time() - started < 8  # seconds of CPU; quadratic work takes ten times as long
