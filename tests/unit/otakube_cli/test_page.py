# SPDX-License-Identifier: Apache-2.0
"""The page that a reviewer reads."""

import pytest

from otakube_cli.page import describe_comparison, print_review

DRAFT = {"explanation": {"fields": []}, "episodes": 12, "characters": 3, "images": []}


@pytest.mark.parametrize(
    ("compared_with", "live", "says"),
    [
        (None, None, "Compared with no version, as of a new entry"),
        (3, 3, "Compared with version 3"),
        (3, None, "Compared with version 3"),
        (3, 4, "Compared with version 3; version 4 went live since: a new run would compare with that one"),
        (None, 1, "Compared with no version, as of a new entry; version 1 went live since"),
    ],
    ids=["new", "as it is live", "documents away", "overtaken", "overtaken by the first"],
)
def test_a_reviewer_reads_what_the_record_was_compared_with(
    compared_with: int | None, live: int | None, says: str
) -> None:
    told = describe_comparison(compared_with, live)
    assert told.startswith(says)
    assert ("went live since" in told) is ("went live since" in says)


def test_a_catalogue_of_an_earlier_release_does_not_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    enrichment = {"metadata": {"name": "a"}}
    print_review(enrichment, {"state": "open"}, DRAFT)
    assert "Compared with" not in capsys.readouterr().out
    print_review(enrichment, {"state": "open"}, DRAFT | {"compared_with": 3, "live_version": 4})
    assert "Compared with version 3; version 4 went live since" in capsys.readouterr().out
