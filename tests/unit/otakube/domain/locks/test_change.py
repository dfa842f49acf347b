# SPDX-License-Identifier: Apache-2.0
"""A change of the locks on its way through a workflow's parameter."""

import gzip
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lock_builders import any_lock, same
from otakube.domain.locks import change
from otakube.domain.locks.change import PAYLOAD_LIMIT, LockChange, pack, split_to_payloads, unpack
from otakube.domain.locks.lock import Lock


@given(st.lists(any_lock(), max_size=5), st.lists(st.text(max_size=30), max_size=5))
def test_a_change_arrives_as_it_was_sent(locks: list[Lock], ids: list[str]) -> None:
    change = LockChange(set=locks, remove=ids)
    assert unpack(pack(change)) == change


def test_a_payload_is_the_same_each_time_and_nothing_that_argo_evaluates() -> None:
    change = LockChange(set=[same(1, 2, note="{{workflow.name}}")])
    assert pack(change) == pack(change)
    assert "{" not in pack(change)


def test_many_locks_are_sent_in_parts_that_fit_and_none_is_lost() -> None:
    locks = [same(n, n * 7 + 1, note=f"seen in chapter {n * 7919 % 10007}") for n in range(1, 6000)]
    parts = list(split_to_payloads(locks))
    assert len(parts) > 1
    assert all(len(payload) <= PAYLOAD_LIMIT for _, payload in parts)
    assert [lock for _, payload in parts for lock in unpack(payload).set] == locks
    assert [count for count, _ in parts] == [len(unpack(payload).set) for _, payload in parts]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("not base64", "no base64 of gzip"),
        ("ä", "no base64 of gzip"),
        (b64encode(b"plain").decode(), "no base64 of gzip"),
        (b64encode(gzip.compress(b"{}", mtime=0)[:-4]).decode(), "no base64 of gzip"),
        (b64encode(gzip.compress(b"[]", mtime=0)).decode(), "Input should be an object"),
        (b64encode(gzip.compress(b'{"add":[]}', mtime=0)).decode(), "Extra inputs"),
        (b64encode(gzip.compress(b'{"set":[{"kind":"Same"}]}', mtime=0)).decode(), "pages"),
    ],
)
def test_what_is_no_change_is_refused(payload: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpack(payload)


def test_a_payload_that_bursts_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "UNPACKED_LIMIT_BYTES", 1000)
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        unpack(b64encode(gzip.compress(b" " * 100_000)).decode())
