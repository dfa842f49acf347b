# SPDX-License-Identifier: Apache-2.0
"""Print the versions of this command line and of what the cluster runs, and how they differ."""

import importlib.metadata
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from otakube.commands.output import NoHeaders, Output, OutputFormat, Printer, print_facts
from otakube_cli.cluster import Cluster, Resource
from otakube_cli.command import Context, Kubeconfig, Namespace, application, run, to_stderr
from otakube_cli.errors import Refused

DEPLOYMENTS = Resource("apps/v1", "deployments", "deployment")
CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/animeenrichments.otakube.dev"
VERSION_LABEL = "app.kubernetes.io/version"

app = application(no_args_is_help=False)


@app.command()
def version(
    *,
    client: Annotated[
        bool, typer.Option("--client", help="That of this command line alone; no cluster is asked.")
    ] = False,
    output: Output = OutputFormat.TABLE,
    no_headers: NoHeaders = False,
    kubeconfig: Kubeconfig = "",
    context: Context = "",
    namespace: Namespace = "",
) -> None:
    """Print the versions of this command line and of what the cluster runs, and how they differ.

    Examples:

    \b
      otakube version
      otakube version --client -o json
    """
    out = Printer(output, headers=not no_headers)
    if client:
        _show({"client": own_version()}, out)
        return

    async def ask(cluster: Cluster) -> None:
        _show({"client": own_version()} | await cluster_versions(cluster), out)

    run(ask, kubeconfig=kubeconfig, context=context, namespace=namespace)


def _show(found: Mapping[str, str], out: Printer) -> None:
    out.show(found, table=lambda: print_facts("otakube", found.items()))
    for line in differences(found):
        to_stderr(f"WARNING: {line}")


def own_version() -> str:
    """The version of this distribution."""
    return importlib.metadata.version("otakube")


async def cluster_versions(cluster: Cluster) -> dict[str, str]:
    """Versions by what has them; one that may not be read says why."""
    deployments = [("operator", "otakube-operator"), ("catalogue", "otakube-catalogue")]
    found = {name: await _deployed(cluster, deployment) for name, deployment in deployments}
    found["crds"] = await _labelled(cluster, CRD_PATH)
    found["kubernetes"] = str((await cluster.read("/version"))["gitVersion"])
    return found


def differences(found: Mapping[str, str]) -> list[str]:
    """A sentence for each part whose version is not the client's."""
    parts = ("operator", "catalogue", "crds")
    own = found["client"]
    return [
        f"{part} {found[part]} and client {own} differ: upgrade the one that is behind, the CRDs first"
        for part in parts
        if found.get(part, "")[:1].isdigit() and found[part] != own
    ]


async def _deployed(cluster: Cluster, name: str) -> str:
    return await _labelled(cluster, DEPLOYMENTS.path(cluster.namespace, name))


async def _labelled(cluster: Cluster, path: str) -> str:
    try:
        body: Mapping[str, Any] = await cluster.read(path)
    except Refused as error:
        return {403: "unknown: no right to read it", 404: "not installed"}.get(error.status, str(error))
    return str(body["metadata"].get("labels", {}).get(VERSION_LABEL, "unknown: no label"))
