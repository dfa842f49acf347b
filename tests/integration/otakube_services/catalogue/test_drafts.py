# SPDX-License-Identifier: Apache-2.0
"""Drafts over the internal port: all that a reviewer decides on."""

import pytest

from golden import NOW, a_character, a_record
from otakube.adapters.stores.s3.objects import S3Objects
from otakube.domain.record.handover import FetchSummary
from otakube_api.contract import Provider
from served_catalogue import Catalogue, ask_internally, record_of


async def test_a_draft_shows_what_a_reviewer_decides_on(catalogue: Catalogue) -> None:
    record = a_record(characters=[a_character(1)])
    objects = S3Objects(catalogue.settings)
    await objects.put("work/uid-9/2-1/golden.json", record.model_dump_json().encode())
    draft = ask_internally(catalogue, "/drafts/uid-9/2/1")
    assert draft["explanation"]["title"] == "Frozen Tide"
    assert draft["explanation"]["version"] is None
    assert (draft["episodes"], draft["characters"]) == (1, 1)
    assert draft["compared_with"] is None


@pytest.mark.usefixtures("published")
async def test_a_draft_says_which_live_version_it_was_compared_with_and_which_is_live_now(
    catalogue: Catalogue,
) -> None:
    draft, objects = record_of(0), S3Objects(catalogue.settings)
    await objects.put("work/uid-60/1-1/golden.json", draft.model_dump_json().encode())
    summary = FetchSummary(
        entry_id=draft.entry.id,
        title=draft.entry.titles.main,
        existing=True,
        live_version=7,
        answered=[Provider.JIKAN],
        failed=[],
        agreement={},
        fetched_at=NOW,
    )
    await objects.put("work/uid-60/1-1/fetch/summary.json", summary.model_dump_json().encode())
    seen = ask_internally(catalogue, "/drafts/uid-60/1/1")
    assert (seen["compared_with"], seen["live_version"]) == (7, 1)
