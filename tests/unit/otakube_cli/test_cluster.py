# SPDX-License-Identifier: Apache-2.0
"""Asking a cluster for one object."""

import asyncio
from typing import Any

import pytest

from otakube_cli.cluster import ENRICHMENTS, Cluster
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.transport import unreachable

NOBODY: Any = None


@pytest.mark.parametrize("name", ["", "..", "a/b", "Tide", "tide?x", "-tide"])
def test_a_name_that_no_object_has_is_refused_before_it_becomes_another_address(name: str) -> None:
    with pytest.raises(ConsoleError, match="is no name of an object") as refused:
        asyncio.run(Cluster(NOBODY, "otakube").get(ENRICHMENTS, name))
    assert refused.value.code == 2


def test_an_api_server_that_does_not_answer_is_named_without_user_and_password() -> None:
    words = str(unreachable("https://ilse:hidden@cluster.example:6443", TimeoutError("late")))
    assert words.startswith("the API server at https://***@cluster.example:6443 does not answer: late")
