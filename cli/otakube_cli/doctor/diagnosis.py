# SPDX-License-Identifier: Apache-2.0
"""Findings of the doctor: one check with its outcome and its cure."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from otakube_cli.cluster import Cluster
from otakube_cli.errors import Refused
from otakube_cli.kube.answers import Body

NOT_FOUND, FORBIDDEN = 404, 403


class DiagnosisState(StrEnum):
    """Outcomes of one check."""

    OK = "Ok"
    DIFFERS = "Differs"  # the cure says what to do
    FORBIDDEN = "Forbidden"  # your login lacks the right that is named
    SKIPPED = "Skipped"  # it cannot be looked at from this machine; no fault


SOUND = (DiagnosisState.OK, DiagnosisState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One check with its outcome."""

    check: str
    state: DiagnosisState = DiagnosisState.OK
    message: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The installation that is looked at."""

    cluster: Cluster
    argo_namespace: str
    argo_config: str

    @property
    def namespace(self) -> str:
        """The namespace of the chart."""
        return self.cluster.namespace

    async def read(self, path: str, **query: str) -> Body | None:
        """An object, or a list; None if it is not there."""
        try:
            return await self.cluster.read(path, **query)
        except Refused as error:
            if error.status != NOT_FOUND:
                raise
            return None

    async def items(self, path: str, **query: str) -> list[Body]:
        """The objects of a list; none if there is no such kind."""
        found: list[Any] = (await self.read(path, **query) or {}).get("items", [])
        return found


Check = Callable[[Installation], Awaitable[list[Diagnosis]]]
"""One look at an installation."""


def differs(check: str, message: str, cure: str) -> Diagnosis:
    """A finding that a person must act on."""
    return Diagnosis(check, DiagnosisState.DIFFERS, message, cure)
