# SPDX-License-Identifier: Apache-2.0
"""Names of objects for the shell's completion: those of the chosen context and namespace."""

import asyncio

import typer

from otakube_cli.cluster import ENRICHMENTS, RESTORES, SCHEDULES, SYNCS, WORKFLOWS, Resource
from otakube_cli.connection import connected
from otakube_cli.errors import ConsoleError

PATIENCE_SECONDS = 5.0


def complete_enrichments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of AnimeEnrichments that begin so."""
    return _complete(ctx, ENRICHMENTS, incomplete)


def complete_schedules(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of EpisodeSchedules that begin so."""
    return _complete(ctx, SCHEDULES, incomplete)


def complete_syncs(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of DatasetSyncs that begin so."""
    return _complete(ctx, SYNCS, incomplete)


def complete_restores(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of CatalogRestores that begin so."""
    return _complete(ctx, RESTORES, incomplete)


def complete_workflows(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of Workflows that begin so."""
    return _complete(ctx, WORKFLOWS, incomplete)


def _complete(ctx: typer.Context, resource: Resource, incomplete: str) -> list[str]:
    login = {option: ctx.params.get(option) or "" for option in ("kubeconfig", "context", "namespace")}
    try:
        names = asyncio.run(_names(resource, **login))
    except (ConsoleError, TimeoutError):  # a shell that completes has no place for a complaint
        return []
    given = set(ctx.params.get("names") or [])
    return [name for name in names if name.startswith(incomplete) and name not in given]


async def _names(resource: Resource, **login: str) -> list[str]:
    async with asyncio.timeout(PATIENCE_SECONDS), connected(**login) as cluster:
        return await cluster.names(resource)
