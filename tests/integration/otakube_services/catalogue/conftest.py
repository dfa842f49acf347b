# SPDX-License-Identifier: Apache-2.0
"""The catalogue that the tests of a module ask, and its six entries."""

import asyncio
from collections.abc import Iterator

import pytest

from catalogue_process import running_catalogue
from otakube.adapters.embedding import text_embedder
from otakube.ports.embedding import TextEmbedder
from served_catalogue import IMAGES_URL, PLACE, STORIES, Catalogue, publish, record_of
from stores import Stores


@pytest.fixture(scope="module")
def embedder() -> TextEmbedder:
    return text_embedder("minilm")


@pytest.fixture(scope="module")
def catalogue(
    stores: Stores, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Catalogue]:
    """One catalogue a module, with stores that have nothing yet."""
    place = dict.fromkeys(PLACE, request.module.__name__.rpartition(".")[2].replace("_", "-"))
    place["image_base_url"] = IMAGES_URL
    folder = tmp_path_factory.mktemp("catalogue")
    with running_catalogue(folder, stores.environment(folder / "secrets", **place)) as process:
        yield Catalogue(process.client, process.internal, stores.settings(**place), process.log)


@pytest.fixture(scope="module")
def published(catalogue: Catalogue, embedder: TextEmbedder) -> None:
    async def publish_all() -> None:
        for number in range(len(STORIES)):
            await publish(catalogue.settings, embedder, record_of(number))

    asyncio.run(publish_all())
