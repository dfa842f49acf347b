# SPDX-License-Identifier: Apache-2.0
"""Prepare the bucket: create it, block public access, let answers, work and unfinished uploads expire.

Exit status: 0 the bucket is as needed, 1 something differs, 2 wrong usage, 65 bad settings, 75 it is away.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import boto3  # noqa: F401 - where it is missing, the command line says which extra brings it
import typer

from otakube.commands.exits import failure_exits
from otakube.commands.output import Output, OutputFormat, print_table, show
from otakube.errors import Fatal
from otakube_api.contract import FailureReason

if TYPE_CHECKING:
    from otakube.maintenance.bucket import SettingReport
    from otakube.maintenance.lifecycle import NeededRule
    from otakube.ports.bucket import BucketAdministration

DIFFERENT = 1
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


Name = Annotated[str | None, typer.Option("--bucket", help="Its name; default OTAKUBE_S3_BUCKET or otakube.")]
Endpoint = Annotated[str | None, typer.Option(help='Server; "" is AWS itself. Default: OTAKUBE_S3_ENDPOINT.')]
Region = Annotated[str | None, typer.Option(help="Region; default OTAKUBE_S3_REGION or us-east-1.")]


@app.callback()
def bucket() -> None:
    """Prepare the bucket: create it, block public access, let answers, work and unfinished uploads expire.

    Credentials are those of the steps (otakube_s3_access_key_id and otakube_s3_secret_access_key in
    OTAKUBE_SECRETS_DIR); without them boto3 looks where `aws` does: AWS_PROFILE, AWS_ACCESS_KEY_ID, SSO.

    Exit status: 0 as needed, 1 something differs, 2 wrong usage, 65 bad settings, 75 the server is away.
    """


@app.command()
def init(
    name: Name = None,
    endpoint: Endpoint = None,
    region: Region = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be set, change nothing.")
    ] = False,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Create the bucket where it is missing, and set what differs. Run again, it changes nothing.

    Lifecycle rules of others stay as they are. What the server does not support is reported.

    Example: otakube bucket init --bucket otakube --endpoint https://s3.example.com

    Example: AWS_PROFILE=admin otakube bucket init --bucket otakube --endpoint "" --region eu-central-1
    """
    from otakube.maintenance.bucket import initialize, inspect

    with failure_exits():
        administration, needed = _opened(name, endpoint, region)
        reports = (inspect if dry_run else initialize)(administration, needed)
    _finish(reports, output)


@app.command()
def check(
    name: Name = None,
    endpoint: Endpoint = None,
    region: Region = None,
    output: Output = OutputFormat.TABLE,
) -> None:
    """Compare the bucket with what Otakube needs: what differs, and the cure. Changes nothing.

    Example: otakube bucket check -o json
    """
    from otakube.maintenance.bucket import inspect

    with failure_exits():
        reports = inspect(*_opened(name, endpoint, region))
    _finish(reports, output)


def _opened(
    name: str | None, endpoint: str | None, region: str | None
) -> "tuple[BucketAdministration, list[NeededRule]]":
    """The bucket of the settings, changed by the options; Fatal names the setting that is wrong."""
    from otakube.adapters.stores.s3.administration import S3BucketAdministration
    from otakube.domain.licences.terms import agreed
    from otakube.maintenance.lifecycle import needed_rules
    from otakube.settings import load

    given = {"s3_bucket": name, "s3_endpoint": endpoint, "s3_region": region}
    try:
        settings = load()
    except ValueError as error:
        raise Fatal(FailureReason.SETTINGS_INVALID, str(error)) from error
    changes = {key: value for key, value in given.items() if value is not None}
    licences = agreed(settings.agreements)
    return S3BucketAdministration(settings.model_copy(update=changes)), needed_rules(licences.values())


def _finish(reports: "Sequence[SettingReport]", output: OutputFormat) -> None:
    """Print the reports; the exit status says whether all is acceptable."""
    from otakube.maintenance.bucket import ACCEPTABLE

    rows = [asdict(report) for report in reports]
    columns = ("state", "setting", "detail", "cure")
    show(
        rows,
        output,
        table=lambda: print_table(columns, [[row[column] for column in columns] for row in rows]),
    )
    raise typer.Exit(0 if all(report.state in ACCEPTABLE for report in reports) else DIFFERENT)
