# SPDX-License-Identifier: Apache-2.0
"""The type of the fixture `load`."""

from typing import Protocol

from otakube_cluster.settings import ClusterSettings


class Load(Protocol):
    """Settings of an environment that holds these variables and no others of ours."""

    def __call__(self, environment: dict[str, str], **flags: str | bool | None) -> ClusterSettings: ...
