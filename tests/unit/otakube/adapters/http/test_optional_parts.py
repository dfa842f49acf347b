# SPDX-License-Identifier: Apache-2.0
"""Parts beside the anime: whole, or missing with the reason."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from otakube.adapters.http.optional_parts import all_optional, optional
from otakube.errors import SourceError
from otakube.ports.providers import Answer, Missing
from otakube_api.contract import SourceReason

ANSWER = Answer(url="https://x/1", fetched_at=datetime.now(UTC), body={})


async def answered() -> Answer:
    return ANSWER


async def paged() -> Mapping[str, Answer]:
    return {"episodes/1": ANSWER, "episodes/2": ANSWER}


async def refused() -> Answer:
    raise SourceError(SourceReason.REFUSED, "x was refused (403)")


async def broken() -> Answer:
    raise KeyError("data")


async def test_one_answer_is_a_part() -> None:
    assert await optional("staff", answered()) == ({"staff": ANSWER}, {})


async def test_pages_keep_their_names() -> None:
    found = await optional("episodes", paged())
    assert (list(found.answers), found.missing) == (["episodes/1", "episodes/2"], {})


async def test_what_failed_is_missing_with_its_reason() -> None:
    found = await optional("staff", refused())
    assert found == ({}, {"staff": Missing(reason="Refused", message="x was refused (403)")})


async def test_a_fault_of_ours_is_no_missing_part() -> None:
    with pytest.raises(KeyError):
        await optional("staff", broken())


async def test_one_missing_part_leaves_the_others() -> None:
    found = await all_optional({"staff": refused, "characters": answered, "episodes": paged})
    assert list(found.answers) == ["characters", "episodes/1", "episodes/2"]
    assert list(found.missing) == ["staff"]
