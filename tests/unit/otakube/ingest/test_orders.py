# SPDX-License-Identifier: Apache-2.0
"""Images as people name them, and the orders that come of it."""

from datetime import UTC, datetime

import pytest

from otakube.errors import Fatal
from otakube.ingest.orders import Subject, new_order, read_subject
from otakube.settings import load

DIGEST, BASE = "a" * 64, "https://cdn.example.org/anime"
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [DIGEST, f"images/{DIGEST}.png", f"{BASE}/images/{DIGEST}.jpg"],
    ids=["hash", "key", "our own URL"],
)
def test_an_image_is_named_by_its_content(text: str) -> None:
    assert read_subject(text, BASE) == Subject(sha256=DIGEST)


def test_any_other_url_is_where_it_came_from() -> None:
    url = f"https://elsewhere.example/images/{DIGEST}.jpg"
    assert read_subject(url, BASE) == Subject(url=url)


@pytest.mark.parametrize("text", ["", "poster", DIGEST[:63], "ftp://a/b.png", "https://a/b c.png"])
def test_what_names_no_image_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(Fatal, match="give its SHA-256"):
        read_subject(text, BASE)


def test_an_order_without_a_reason_is_refused() -> None:
    with pytest.raises(Fatal, match="--reason is empty"):
        new_order(DIGEST, [], reason=" ", by="ada", now=NOW)


def test_readers_are_sent_to_https_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTAKUBE_IMAGE_BASE_URL", f"{BASE}/")
    assert load().image_base_url == BASE
    monkeypatch.setenv("OTAKUBE_IMAGE_BASE_URL", "http://127.0.0.1:7070/otakube")
    assert load().image_base_url == "http://127.0.0.1:7070/otakube"
    monkeypatch.setenv("OTAKUBE_IMAGE_BASE_URL", "http://cdn.example.org")
    with pytest.raises(ValueError, match="image_base_url: is http: readers are sent there"):
        load()
