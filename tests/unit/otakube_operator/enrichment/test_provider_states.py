# SPDX-License-Identifier: Apache-2.0
"""What a status says of each provider: an answer, that it has no such anime, or a failure."""

import pytest

from operator_builders import committed, condition, enrichment, fetched, imaged, planned, results_of, run_of


@pytest.mark.parametrize(
    ("failures", "states", "failed"),
    [
        ((), {}, None),
        ((("AniDB", "NotFound"),), {"AniDB": "NotListed"}, None),
        ((("AniDB", "NotFound"), ("AnimeSchedule", "NotFound")), {"AniDB": "NotListed"}, None),
        ((("AniDB", "Unavailable"),), {"AniDB": "Failed"}, "No answer from AniDB: Unavailable."),
        (
            (("AniDB", "NotFound"), ("AnimeSchedule", "RateLimited")),
            {"AniDB": "NotListed", "AnimeSchedule": "Failed"},
            "No answer from AnimeSchedule: RateLimited.",
        ),
        ((("Jikan", "NotFound"),), {"Jikan": "Answered"}, None),
        (
            (("Jikan", "Refused"), ("Jikan", "NotFound")),
            {"Jikan": "Failed"},
            "No answer from Jikan: Refused.",
        ),
    ],
    ids=[
        "all answer",
        "one lacks it",
        "two lack it",
        "one fails",
        "both",
        "a part",
        "a part failed, one lacks",
    ],
)
def test_a_provider_without_the_anime_has_answered(
    failures: tuple[tuple[str, str], ...], states: dict[str, str], failed: str | None
) -> None:
    seen = enrichment()
    results = results_of([fetched(*failures, answered=("Jikan",)), imaged(), committed()])
    made = planned(seen, run_of(seen, phase="Succeeded", results=results))
    found = {each.provider: each.state for each in made.status.sources}
    assert found == found | states
    messages = {each.type: each.message for each in made.status.conditions}
    assert messages.get("SourceFailed") == failed


def test_an_object_says_what_it_published_and_not_what_is_live_by_now() -> None:
    seen = enrichment()
    made = planned(seen, run_of(seen, phase="Succeeded", results=results_of([fetched(), committed()])))
    ready = next(each for each in made.status.conditions if each.type == "Ready")
    assert condition(made, "Ready") == ("True", "Published")
    assert ready.message.endswith(" went live.")
