# SPDX-License-Identifier: Apache-2.0
"""The stand-in's command line: options, each also an environment variable."""

from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn

from otakube_services.upstream.app import create
from otakube_services.upstream.catalogue import load
from otakube_services.upstream.room import World

app = typer.Typer(add_completion=False)

EXAMPLES = """
Examples:

  python -m otakube_services.upstream --port 8080

  curl 'http://127.0.0.1:8080/jikan/v4/anime?q=hoshi'
"""


@app.command(epilog=EXAMPLES)
def serve(
    host: Annotated[str, typer.Option(envvar="OTAKUBE_UPSTREAM_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="OTAKUBE_UPSTREAM_PORT")] = 8080,
    public_url: Annotated[str | None, typer.Option(envvar="OTAKUBE_UPSTREAM_PUBLIC_URL")] = None,
) -> None:
    """Serve invented anime behind the API shapes of Jikan v4, AniList and Kitsu."""
    world = World(load(datetime.now(UTC).date()), lambda: datetime.now(UTC), public_url)
    uvicorn.run(create(world), host=host, port=port, log_level="info", access_log=False)
