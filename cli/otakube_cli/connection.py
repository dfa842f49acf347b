# SPDX-License-Identifier: Apache-2.0
"""The way from the options of a command to its cluster."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property

from otakube_cli.cluster import NAMESPACE, Cluster
from otakube_cli.kube.login import Login, find_login
from otakube_cli.kube.transport import Transport


class NamedCluster(Cluster):
    """A cluster that is looked for when it is first asked: what is wrong with a call is said without one."""

    def __init__(self, find: Callable[[], Login], namespace: str) -> None:
        self._find = find
        self._given = namespace

    @cached_property
    def _login(self) -> Login:
        return self._find()

    @cached_property
    def _transport(self) -> Transport:  # type: ignore[override]  # mypy knows no attribute that is made late
        return Transport(self._login)

    @cached_property
    def namespace(self) -> str:  # type: ignore[override]  # as above
        """The namespace that is given, else the context's."""
        return self._given or self._login.namespace or NAMESPACE

    def close(self) -> None:
        """Close the connections, if there are any."""
        if "_transport" in vars(self):
            self._transport.close()


@asynccontextmanager
async def connected(*, kubeconfig: str, context: str, namespace: str) -> AsyncIterator[Cluster]:
    """Log in as kubectl would, as soon as the cluster is asked."""
    cluster = NamedCluster(lambda: find_login(kubeconfig=kubeconfig, context=context), namespace)
    try:
        yield cluster
    finally:
        cluster.close()
