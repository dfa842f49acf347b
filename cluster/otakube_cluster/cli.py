# SPDX-License-Identifier: Apache-2.0
"""Start, stop and look into a real one-node Kubernetes from packages."""

import json
import subprocess
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from otakube_cluster import binaries, builds, cluster, environment, images, node, preflight
from otakube_cluster import status as cluster_status
from otakube_cluster.errors import ClusterError
from otakube_cluster.progress import StepTimer
from otakube_cluster.settings import ClusterSettings, load

errors = Console(stderr=True)


class Sentences(TyperGroup):
    """Ends a command that cannot go on with a sentence instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ClusterError as error:
            errors.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            errors.print(
                "Interrupted. `otakube cluster up` goes on from here; `otakube cluster down` removes it."
            )
            raise typer.Exit(130) from None


EXAMPLES = """Examples:

`otakube cluster up` starts it, or repairs it after a crash

`eval "$(otakube cluster env)"; kubectl get pods -A` looks inside

`otakube cluster build-image otakube-steps` brings a changed image into it

`OTAKUBE_CLUSTER_NAME=second otakube cluster up` stands a second one beside it

`otakube cluster down --purge` removes everything"""

app = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    help="A real one-node Kubernetes cluster from packages.",
    epilog=EXAMPLES,
    rich_markup_mode="markdown",
)
Name = Annotated[str | None, typer.Option("--name", help="Name of the cluster (OTAKUBE_CLUSTER_NAME).")]
Output = Annotated[str, typer.Option("--output", "-o", help="text or json.")]


def _settings(name: str | None, egress: bool | None = None, audit: bool | None = None) -> ClusterSettings:
    return load(name=name, egress=egress, audit=audit)


@app.command()
def up(
    name: Name = None,
    egress: Annotated[
        bool | None, typer.Option("--egress/--no-egress", help="Let pods reach the network.")
    ] = None,
    audit: Annotated[
        bool | None, typer.Option("--audit/--no-audit", help="Write the API server's audit log.")
    ] = None,
) -> None:
    """Start the cluster, or whatever of it does not run."""
    settings = _settings(name, egress, audit)
    progress = StepTimer(errors)
    cluster.up(settings, progress)
    errors.print(f"The cluster {settings.name} is ready after {progress.elapsed():.0f} s.", highlight=False)
    errors.print(f"export KUBECONFIG={settings.kubeconfig}", highlight=False, soft_wrap=True)
    if (reason := cluster_status.argo_page(settings)) is not None:
        words = f"Argo's web page is empty: {reason}. Once that is mended, `otakube cluster up` builds it."
        errors.print(words, highlight=False, markup=False, soft_wrap=True)


@app.command()
def down(
    name: Name = None,
    purge: Annotated[bool, typer.Option("--purge", help="Remove the cluster's data too.")] = False,
) -> None:
    """Stop the cluster; nothing of it stays behind."""
    cluster.down(_settings(name), StepTimer(errors), purge=purge)


@app.command()
def status(name: Name = None, output: Output = "text") -> None:
    """Say what runs; exit code 1 when something does not."""
    report = cluster_status.report(_settings(name))
    print(json.dumps(report, indent=2) if output == "json" else cluster_status.text(report))
    raise typer.Exit(0 if report["running"] else 1)


@app.command()
def kubeconfig(name: Name = None) -> None:
    """Print the path of the administrator's kubeconfig."""
    print(_settings(name).kubeconfig)


@app.command()
def load_image(archives: list[Path], name: Name = None, output: Output = "text") -> None:
    """Bring docker or OCI archives into the cluster's store."""
    settings = _settings(name)
    preflight.require_root()
    node.require_running(settings)
    brought = [tag for archive in archives for tag in images.load_archive(settings, archive)]
    print(json.dumps(brought) if output == "json" else "\n".join(brought))


@app.command()
def build_image(
    names: Annotated[list[str] | None, typer.Argument(help="Images of the list; all without a name.")] = None,
    list_file: Annotated[Path, typer.Option("--list", help="The list of images.")] = Path(
        "images/images.yaml"
    ),
    context: Annotated[Path, typer.Option("--context", help="Build context.")] = Path(),
    name: Name = None,
) -> None:
    """Build images and bring them into the cluster; unchanged ones are skipped."""
    settings = _settings(name)
    preflight.require_root()
    node.require_running(settings)
    progress = StepTimer(errors)
    builder = builds.Builder(settings, context.absolute())
    rows = builds.chosen(builds.rows(list_file), names or [])
    changed = [row.name for row in rows if builder.bring(row, progress)]
    errors.print(
        f"{len(changed)} of {len(rows)} images were new, {progress.elapsed():.0f} s.", highlight=False
    )


@app.command()
def env(name: Name = None) -> None:
    """Print shell lines for KUBECONFIG and a PATH with kubectl, helm, argo and otakube, for `eval`."""
    print(environment.shell_lines(_settings(name)))


@app.command()
def logs(
    component: Annotated[str, typer.Argument(help="etcd, kube-apiserver, kubelet, containerd, …")],
    name: Name = None,
    lines: Annotated[int, typer.Option("--lines", "-n")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
) -> None:
    """Show the log of one daemon."""
    folder = _settings(name).data / "logs"
    log = folder / f"{component}.log"
    if not log.is_file():
        components = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
        raise ClusterError(f"There is no log of {component!r}; there are: {components}.")
    subprocess.run(["tail", "-n", str(lines), *(["-F"] if follow else []), str(log)], check=False)


@app.command()
def program(which: Annotated[str, typer.Argument(help="helm, argo, kubernetes, versitygw, …")]) -> None:
    """Print the path of a built program, building it if need be."""
    print(binaries.program(which, load().cache))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def kubectl(context: typer.Context) -> None:
    """Run the cluster's own kubectl."""
    settings = load()
    binary = binaries.program("kubernetes", settings.cache)
    command = [str(binary), "kubectl", "--kubeconfig", str(settings.kubeconfig), *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)
