# SPDX-License-Identifier: Apache-2.0
"""Write a support bundle: what an installation says of itself, with nothing secret in it."""

import asyncio
import base64
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from otakube.commands.output import TABLE, Printer
from otakube.masking import HIDDEN, hide, masked
from otakube_api.contract import STEP_CONFIG_MAP
from otakube_cli import version
from otakube_cli.cluster import (
    CRON_WORKFLOWS,
    ENRICHMENTS,
    EVENTS,
    PODS,
    RESTORES,
    SCHEDULES,
    SYNCS,
    WORKFLOWS,
    Cluster,
    Resource,
)
from otakube_cli.command import application, cluster_command
from otakube_cli.doctor import examine
from otakube_cli.errors import ConsoleError
from otakube_cli.kube.answers import a_list, as_shown
from otakube_cli.kube.login import LoginError

LOG_LINES, LOG_BYTES = "2000", str(2 * 2**20)
SECRETS = Resource("v1", "secrets", "secret")
LISTED = (
    ENRICHMENTS,
    SCHEDULES,
    SYNCS,
    RESTORES,
    WORKFLOWS,
    CRON_WORKFLOWS,
    PODS,
    EVENTS,
    version.DEPLOYMENTS,
)
SUSPICIOUS = re.compile(r"secret|token|password|api_?key|credential|client_?id", re.IGNORECASE)
"""Names of settings whose values stay out, wherever somebody put them."""

Value = Any  # of JSON
app = application(no_args_is_help=False)

File = Annotated[Path | None, typer.Option("--file", help="Default: otakube-report-TIME.tar.gz.")]


@cluster_command(app)
async def report(cluster: Cluster, *, file: File = None, out: Printer = TABLE) -> None:
    """Write a support bundle: what an installation says of itself, with nothing secret in it.

    A tar.gz with versions, the doctor's findings, enrichments, schedules, syncs, restores, workflows, pods,
    Events, Deployments, the steps' settings, the keys of Secrets and the ends of the logs; manifest.json
    lists them.
    Of Secrets there are names and keys alone; their values are taken out of every text, where your login may
    read them. Titles and notes of reviewers are in it: look through it before you give it away.

    Examples:

    \b
      otakube report
      otakube report --file /tmp/otakube.tar.gz
    """
    now = datetime.now(UTC)
    target = file or Path(f"otakube-report-{now:%Y%m%d-%H%M%S}.tar.gz")
    parts = await gather(cluster)
    try:
        target.write_bytes(packed(parts, now=now, namespace=cluster.namespace))
    except OSError as error:
        raise ConsoleError(f"--file {target}: {error.strerror}") from error
    written = {"file": str(target), "parts": sorted(parts)}
    out.show(written, table=lambda: print(f"{target}: {len(parts)} parts; look through it first"))


async def gather(cluster: Cluster) -> dict[str, str]:
    """Every part by its name in the bundle; one that could not be had says why."""
    keys = await secret_keys(cluster)  # first: from here on their values are hidden
    wanted: dict[str, Callable[[], Awaitable[Value]]] = {
        "versions.json": lambda: version.cluster_versions(cluster),
        "doctor.json": lambda: _findings(cluster),
        "settings.json": lambda: _settings(cluster),
        **{f"{one.plural}.json": _lister(cluster, one) for one in LISTED},
    }
    names = list(wanted)
    found = await asyncio.gather(*(_tried(wanted[name]) for name in names))
    parts = dict(zip(names, found, strict=True))
    logs = await _logs(cluster, parts["pods.json"])
    whole = {"client.json": {"version": version.own_version()}, "secrets.json": keys, **parts}
    texts = {name: text_of(value) for name, value in whole.items()}
    return texts | {name: masked(log) for name, log in logs.items()}


async def secret_keys(cluster: Cluster) -> Value:
    """Names and keys of the Secrets; their values are hidden from every text from here on."""
    found = await _tried(lambda: cluster.list_all(SECRETS))
    if not isinstance(found, list):
        return found
    values = [value for body in found for value in (body.get("data") or {}).values()]
    decoded = [base64.b64decode(value).decode(errors="replace") for value in values]
    hide([*values, *decoded, *(line for text in decoded for line in text.splitlines())])
    return {body["metadata"]["name"]: sorted(body.get("data") or {}) for body in found}


def _lister(cluster: Cluster, resource: Resource) -> Callable[[], Awaitable[Value]]:
    async def listed() -> Value:
        return a_list(map(as_shown, await cluster.list_all(resource)))

    return listed


async def _findings(cluster: Cluster) -> Value:
    return [asdict(finding) for finding in await examine(cluster)]


async def _settings(cluster: Cluster) -> Value:
    body = await cluster.read(f"/api/v1/namespaces/{cluster.namespace}/configmaps/{STEP_CONFIG_MAP}")
    return body.get("data") or {}


async def _tried(part: Callable[[], Awaitable[Value]]) -> Value:
    try:
        return await part()
    except LoginError:
        raise
    except ConsoleError as error:
        return {"error": str(error)}


async def _logs(cluster: Cluster, pods: Value) -> dict[str, str]:
    """The end of each container's log."""
    found: dict[str, str] = {}
    for pod in pods.get("items", []):
        name = pod["metadata"]["name"]
        for container in pod["spec"]["containers"]:
            path = f"{PODS.path(cluster.namespace, name)}/log"
            query = {"container": container["name"], "tailLines": LOG_LINES, "limitBytes": LOG_BYTES}
            try:
                found[f"logs/{name}/{container['name']}.log"] = await cluster.text(path, **query)
            except ConsoleError as error:
                found[f"logs/{name}/{container['name']}.log"] = str(error)
    return found


def text_of(value: Value) -> str:
    """JSON without what is, or is named as, a secret."""
    return masked(json.dumps(without_secrets(value), indent=2, ensure_ascii=False, default=str)) + "\n"


def without_secrets(value: Value) -> Value:
    """The value without texts whose names call them secret; an environment has the name beside the value."""
    if isinstance(value, Mapping):
        named = str(value.get("name", ""))
        return {
            key: HIDDEN if _secret(named if key == "value" else key, each) else without_secrets(each)
            for key, each in value.items()
            if key != "kubectl.kubernetes.io/last-applied-configuration"
        }
    return [without_secrets(each) for each in value] if isinstance(value, list) else value


def _secret(name: str, value: Value) -> bool:
    """True of a text under such a name; the name of a Secret itself is none."""
    named = name != "secretName" and SUSPICIOUS.search(name) is not None
    return named and isinstance(value, str) and bool(value)


def packed(parts: Mapping[str, str], *, now: datetime, namespace: str) -> bytes:
    """The bundle: its parts and the manifest, in one folder."""
    contents = {name: text.encode() for name, text in sorted(parts.items())}
    listed = {name: _described(body) for name, body in contents.items()}
    manifest = {"made": now.isoformat(timespec="seconds"), "namespace": namespace, "parts": listed}
    contents["manifest.json"] = json.dumps(manifest, indent=2).encode() + b"\n"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, body in contents.items():
            entry = tarfile.TarInfo(f"otakube-report/{name}")
            entry.size, entry.mtime, entry.mode = len(body), int(now.timestamp()), 0o600
            archive.addfile(entry, io.BytesIO(body))
    return buffer.getvalue()


def _described(body: bytes) -> dict[str, object]:
    return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
