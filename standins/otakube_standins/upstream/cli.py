# SPDX-License-Identifier: Apache-2.0
"""The stand-in's command line: options, each also an environment variable."""

import gc
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import TypeAdapter, ValidationError

from otakube_standins.upstream.app import create
from otakube_standins.upstream.catalogue import load
from otakube_standins.upstream.generated import generate
from otakube_standins.upstream.provider import World
from otakube_standins.upstream.settings import UpstreamSettings, read_faults

app = typer.Typer(add_completion=False, rich_markup_mode=None)

EXAMPLES = """
Examples:

\b
  # The real limits, reachable from this machine only
  python -m otakube_standins.upstream --port 8080
  curl 'http://127.0.0.1:8080/jikan/v4/anime?q=hoshi'

\b
  # In a cluster, without limits, with Kitsu down for everybody
  python -m otakube_standins.upstream --host 0.0.0.0 --public-url http://upstream.example:8080
    --unlimited --faults '[{"provider": "kitsu", "kind": "status", "status": 503}]'

\b
  # The next request for episodes at Jikan is refused once
  curl -X PUT http://127.0.0.1:8080/admin/faults -H 'Content-Type: application/json'
    -d '[{"provider": "jikan", "path": "/anime/*/episodes", "kind": "status", "status": 429,
          "retry_after": 2, "count": 1}]'
"""


def _option(name: str, help_text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(envvar=f"OTAKUBE_UPSTREAM_{name}", help=help_text)
    return option


@app.command(epilog=EXAMPLES)
def serve(
    host: Annotated[str, _option("HOST", "Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, _option("PORT", "Port to listen on.")] = 8080,
    public_url: Annotated[
        str, _option("PUBLIC_URL", "URL that answers name; default: the request's host.")
    ] = "",
    clock_scale: Annotated[float, _option("CLOCK_SCALE", "Seconds of the limits in one real second.")] = 1.0,
    generated: Annotated[
        int, _option("GENERATED", "Titles to invent beside the written ones, for benchmarks.")
    ] = 0,
    unlimited: Annotated[bool, _option("UNLIMITED", "No rate limits but those of --limits.")] = False,
    limits: Annotated[
        str, _option("LIMITS", 'JSON by provider: seconds to requests, as {"jikan": {"60": 30}}.')
    ] = "{}",
    faults: Annotated[str, _option("FAULTS", "JSON list of fault rules that always hold.")] = "[]",
) -> None:
    """Serve invented anime behind the providers' API shapes."""
    try:
        settings = UpstreamSettings(
            public_url=public_url or None, clock_scale=clock_scale, generated=generated, unlimited=unlimited,
            limits=TypeAdapter(Any).validate_json(limits), faults=read_faults(faults),
        )  # fmt: skip
    except ValidationError as error:
        raise typer.BadParameter(str(error)) from error
    catalogue = load(datetime.now(UTC).date(), generate(settings.generated))
    world = World(catalogue, _now, settings.public_url)
    app_of_world = create(world, settings)
    gc.freeze()  # the titles stay: collections would walk all of them and delay answers
    uvicorn.run(app_of_world, host=host, port=port, log_level="info", access_log=False)


def _now() -> datetime:
    return datetime.now(UTC)
