# SPDX-License-Identifier: Apache-2.0
"""The small parts at the operator's edges: pace, patches, settings, Events, cache, watch progress, logs."""

import itertools
import json
import logging
from pathlib import Path
from random import Random
from typing import Any

import kopf
import pytest

from operator_builders import KEY, NOW, UID, body, enrichment, planned, run_of, workflow
from otakube_api import labels
from otakube_api.contract import Failure, FailureReason
from otakube_operator.enrichment.observed import Results, Unreadable
from otakube_operator.enrichment.progress import WatchProgress
from otakube_operator.enrichment.status import describe_unreadable, merge_patch
from otakube_operator.runtime.events import event_body
from otakube_operator.runtime.kopf_settings import kopf_settings
from otakube_operator.runtime.logs import JsonLines
from otakube_operator.runtime.rate_limit import WriteRateLimiter
from otakube_operator.runtime.store import Store, read_enrichment
from otakube_operator.settings import SettingsError, read_settings


def test_a_burst_is_free_and_what_follows_keeps_the_rate() -> None:
    pace = WriteRateLimiter(at_once=1, rate=50, burst=3, clock=lambda: 0.0)
    assert [pace.take() for _ in range(6)] == [0, 0, 0, 1 / 50, 2 / 50, 3 / 50]


def test_credit_comes_back_with_time_up_to_the_burst() -> None:
    times = itertools.chain([0.0, 0.0, 0.0, 1000.0], itertools.repeat(1000.0))
    pace = WriteRateLimiter(at_once=1, rate=1, burst=2, clock=lambda: next(times))
    assert [pace.take() for _ in range(5)] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({}, {}, {}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {}, {"a": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}),
        ({}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_a_merge_patch_turns_one_into_the_other(before: Any, after: Any, patch: Any) -> None:
    assert merge_patch(before, after) == patch


def test_settings_come_from_the_environment() -> None:
    settings = read_settings(
        {"OTAKUBE_OPERATOR_NAMESPACES": "a, b", "OTAKUBE_OPERATOR_GPU": "true", "HOME": "/"}
    )
    assert (settings.namespaces, settings.gpu, settings.workers) == (("a", "b"), True, 16)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("WORKERS", "0", "greater than or equal to 1"),
        ("WORKER", "3", "is not a setting"),
        ("GPU", "maybe", "boolean"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"OTAKUBE_OPERATOR_{name}.*{words}"):
        read_settings({f"OTAKUBE_OPERATOR_{name}": text})


def test_kopf_retries_a_request_for_more_than_five_minutes_each_time_anew() -> None:
    backoffs = kopf_settings(Random(1)).networking.error_backoffs
    assert not isinstance(backoffs, int | float)
    assert sum(backoffs) > 300
    assert sum(backoffs) > 300  # iterating twice is iterating anew
    assert list(backoffs) != list(backoffs)  # jitter


def test_kopf_stores_nothing_and_owns_no_finalizer_of_ours() -> None:
    settings = kopf_settings(Random(1))
    patch = kopf.Patch()
    seen = kopf.Body(kopf.RawBody(body()))  # type: ignore[typeddict-item]  # a dict of the right shape
    settings.persistence.diffbase_storage.store(body=seen, patch=patch, essence=kopf.BodyEssence())
    settings.persistence.progress_storage.purge(body=seen, patch=patch, key="any")
    assert not patch
    assert settings.persistence.finalizer != labels.FINALIZER


def test_kopf_watches_no_namespaces_and_crds_posts_nothing_and_needs_no_peer() -> None:
    settings = kopf_settings(Random(1))
    assert settings.scanning.disabled
    assert not settings.posting.enabled
    assert settings.peering.standalone
    assert (settings.watching.server_timeout, settings.watching.inactivity_timeout) == (600, 70)
    assert (settings.networking.request_timeout, settings.networking.connect_timeout) == (60, 10)


def test_an_event_bears_the_conditions_reason_and_one_name_a_transition() -> None:
    seen = enrichment()
    failure = Results(failure=Failure(FailureReason.ANIME_UNKNOWN, "gone"))
    conditions = planned(seen, run_of(seen, phase="Failed", results=failure)).status.conditions
    first, again = (event_body(seen, conditions[0], host="h") for _ in range(2))
    assert first == again
    assert (first["type"], first["reason"]) == ("Warning", "AnimeUnknown")
    assert first["involvedObject"]["uid"] == UID


def test_an_event_of_a_long_name_and_message_is_admitted() -> None:
    seen = enrichment()
    [condition, *_] = planned(seen).status.conditions
    made = event_body(seen, condition.model_copy(update={"message": "x" * 4096}), host="h")
    assert len(made["message"]) == 1024


def test_the_cache_ignores_what_is_older_than_what_it_knows() -> None:
    cache = Store()
    newer = body(generation=2)
    newer["metadata"]["resourceVersion"] = "12"
    assert cache.put_enrichment(newer)
    assert not cache.put_enrichment(body())
    assert not cache.put_enrichment(newer)
    assert not cache.drop_enrichment(body())
    seen = cache.enrichment(KEY)
    assert seen is not None
    assert seen.generation == 2


def test_the_cache_tells_only_what_matters_to_a_plan() -> None:
    cache, first, touched = Store(), workflow(), workflow()
    touched["metadata"]["resourceVersion"] = "10"
    assert cache.put_run(first)
    assert not cache.put_run(touched)
    ended = workflow(phase="Failed")
    ended["metadata"]["resourceVersion"] = "11"
    assert cache.put_run(ended)


def test_a_full_list_takes_away_what_vanished_but_not_what_came_after_it() -> None:
    cache = Store()
    cache.put_enrichment(body())
    cache.put_run(workflow())
    cache.drop_absent(version="8", namespace=None, names=set(), run_uids=set())
    assert (cache.known(), len(cache.runs(UID))) == ([], 1)  # versions 7 and 9


def test_a_spec_that_cannot_be_read_stalls_with_the_field() -> None:
    seen = read_enrichment(body(mode="Sideways"))
    assert isinstance(seen, Unreadable)
    conditions = describe_unreadable(seen, NOW).conditions
    assert {(each.type, each.reason) for each in conditions} == {
        ("Ready", "SpecInvalid"),
        ("Stalled", "SpecInvalid"),
    }
    assert "spec.mode" in conditions[0].message


def test_a_status_that_cannot_be_read_counts_as_none() -> None:
    seen = read_enrichment(body(status={"observedGeneration": "spoilt"}))
    assert seen.status.observed_generation is None


def test_the_age_of_a_watch_is_that_of_its_most_silent_stream() -> None:
    times = iter([0.0, 10.0, 20.0, 100.0])
    progress = WatchProgress(clock=lambda: next(times))
    progress.note("/apis/argoproj.io/v1alpha1/namespaces/a/workflows")
    progress.note("/apis/argoproj.io/v1alpha1/namespaces/b/workflows")
    assert progress.ages() == {"animeenrichments": 100.0, "workflows": 90.0}


def test_a_log_line_holds_named_extras_only() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "told", (), None)
    record.key, record.token = "a/b", "secret"
    line = json.loads(JsonLines().format(record))
    assert line["key"] == "a/b"
    assert "secret" not in json.dumps(line)


def test_only_one_module_bears_kopfs_decorators() -> None:
    folder = Path(read_settings.__code__.co_filename).parent
    bearers = {path.name for path in folder.glob("*.py") if "@kopf." in path.read_text()}
    assert bearers == {"handlers.py"}
