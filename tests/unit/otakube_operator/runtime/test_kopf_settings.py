# SPDX-License-Identifier: Apache-2.0
"""The effect of kopf's settings."""

from random import Random

import kopf

from operator_builders import body
from otakube_api import labels
from otakube_operator.runtime.kopf_settings import kopf_settings


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
