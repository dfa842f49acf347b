# SPDX-License-Identifier: Apache-2.0
"""Entries that a reader has already, over the network: HEAD, tags, and versions that go live."""

import httpx2
import pytest

from golden import an_id
from otakube.ports.embedding import TextEmbedder
from served_catalogue import Catalogue, publish, record_of

ENTRY = f"/animes/{an_id('ani', 2)}"
ROUTES = [
    ENTRY,
    "/animes?source=https://myanimelist.net/anime/90002",
    f"{ENTRY}/explain",
    f"{ENTRY}/explain/title",
]


def known(catalogue: Catalogue, path: str, tag: str) -> httpx2.Response:
    return catalogue.client.get(path, headers={"If-None-Match": tag})


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "path", [*ROUTES, f"{ENTRY}/relations", "/search?q=volleyball", "/animes/ani_x", "/no"]
)
def test_head_tells_what_get_would(catalogue: Catalogue, path: str) -> None:
    got, head = catalogue.client.get(path), catalogue.client.head(path)
    assert head.status_code == got.status_code
    for headers in (got.headers, head.headers):
        headers.pop("date")
    assert dict(head.headers) == dict(got.headers)
    assert head.content == b""
    assert int(head.headers["content-length"]) == len(got.content)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("path", ROUTES)
def test_a_tag_holds_as_long_as_its_version_is_live(catalogue: Catalogue, path: str) -> None:
    first = catalogue.client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = known(catalogue, path, first.headers["etag"])
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.usefixtures("published")
async def test_another_version_or_another_entry_has_another_tag(
    catalogue: Catalogue, embedder: TextEmbedder
) -> None:
    before = catalogue.client.get(ENTRY)
    other = catalogue.client.get(f"/animes/{an_id('ani', 1)}").headers["etag"]
    assert known(catalogue, ENTRY, other).status_code == 200
    await publish(catalogue.settings, embedder, record_of(2), version=2)
    after = known(catalogue, ENTRY, before.headers["etag"])
    assert (after.status_code, after.json()["version"]) == (200, 2)
    assert known(catalogue, ENTRY, f"{before.headers['etag']}, {after.headers['etag']}").status_code == 304


def test_a_field_that_is_not_there_is_404_whatever_the_reader_has(catalogue: Catalogue) -> None:
    answer = known(catalogue, f"{ENTRY}/explain/colour", "*")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
