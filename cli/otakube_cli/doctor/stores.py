# SPDX-License-Identifier: Apache-2.0
"""Checks of the stores: their credentials, the Services or hosts behind their addresses, and the bucket.

The values of Secrets are compared and handed to the bucket's own check; none is printed.
"""

import asyncio
import base64
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from otakube.masking import hide
from otakube_api.contract import STEP_CONFIG_MAP, STEP_SECRET, TEMPLATE
from otakube_cli.doctor.argo import TEMPLATES
from otakube_cli.doctor.diagnosis import Diagnosis, DiagnosisState, Installation, differs

TOKEN = "otakube-executor.service-account-token"  # noqa: S105 - the Secret's name
MONGODB, KEY_ID, KEY = "otakube_mongodb_uri", "otakube_s3_access_key_id", "otakube_s3_secret_access_key"
REDIS = "otakube_redis_url"
SCHEMES = {MONGODB: ("mongodb://", "mongodb+srv://"), REDIS: ("redis://", "rediss://")}
PATIENCE_SECONDS = 3.0
BUCKET_SECONDS = 60.0
PROGRAM = "from otakube.main import main; main()"
PORTS = {"mongodb": 27017, "redis": 6379, "rediss": 6379, "https": 443, "http": 80}


class StoreSettings(NamedTuple):
    """The settings of the steps, as the cluster has them; `secret` is named for messages."""

    plain: Mapping[str, str]
    secrets: Mapping[str, str]
    secret: str
    found: bool


async def read_settings(installation: Installation) -> StoreSettings:
    """Read ConfigMap and Secret; what is secret is hidden from every text from here on."""
    root = f"/api/v1/namespaces/{installation.namespace}"
    config = await installation.read(f"{root}/configmaps/{STEP_CONFIG_MAP}") or {}
    name = await _secret_name(installation)
    secret = await installation.read(f"{root}/secrets/{name}")
    data = ((secret or {}).get("data") or {}).items()
    values = {key: base64.b64decode(value).decode(errors="replace") for key, value in data}
    hide(values.values())
    return StoreSettings(config.get("data") or {}, values, name, secret is not None)


async def _secret_name(installation: Installation) -> str:
    """The Secret that the steps mount: its name is a value of the chart."""
    template = await installation.read(TEMPLATES.path(installation.namespace, TEMPLATE)) or {}
    for each in (template.get("spec") or {}).get("templates") or []:
        for volume in each.get("volumes") or []:
            if name := (volume.get("secret") or {}).get("secretName"):
                return str(name)
    return STEP_SECRET


async def secrets(installation: Installation) -> list[Diagnosis]:
    """Do the Secrets have the keys that the steps need, and can their values be right?"""
    settings = await read_settings(installation)
    check = f"Secret {settings.secret}"
    place = f"-n {installation.namespace}"
    cure = f"kubectl {place} create secret generic {settings.secret} with the keys of docs/install.md"
    if not settings.found:
        return [differs(check, "it is not there", cure), await _token(installation)]
    wrong = [text for key in (MONGODB, KEY_ID, KEY, REDIS) if (text := fault(key, settings.secrets.get(key)))]
    further = [
        key for key, value in settings.secrets.items() if key not in SCHEMES and value != value.strip()
    ]
    wrong += [f"{key} begins or ends with a blank or a line break" for key in further]
    cure = f"kubectl {place} edit secret {settings.secret}: correct these keys"
    own = differs(check, "; ".join(wrong), cure) if wrong else Diagnosis(check)
    return [own, await _token(installation)]


def fault(key: str, value: str | None) -> str:
    """Complaint about one key; "" if it may be right. Redis may be left out."""
    if not value:
        return "" if key == REDIS and value is None else f"{key} is {'missing' if value is None else 'empty'}"
    if value != value.strip():
        return f"{key} begins or ends with a blank or a line break"
    if key in SCHEMES and not value.startswith(SCHEMES[key]):
        return f"{key} must begin with {' or '.join(SCHEMES[key])}"
    return ""


async def _token(installation: Installation) -> Diagnosis:
    check = f"Secret {TOKEN}"
    body = await installation.read(f"/api/v1/namespaces/{installation.namespace}/secrets/{TOKEN}")
    if body is not None and (body.get("data") or {}).get("token"):
        return Diagnosis(check)
    cure = (
        f"helm upgrade --install otakube charts/otakube -n {installation.namespace} writes it; its token is "
        "the work of kube-controller-manager"
    )
    return differs(check, "it has no token: pods of steps cannot report their outputs", cure)


async def stores(installation: Installation) -> list[Diagnosis]:
    """Is there something behind the address of each store?"""
    settings = await read_settings(installation)
    urls = {
        "MongoDB": settings.secrets.get(MONGODB, ""),
        "Qdrant": settings.plain.get("OTAKUBE_QDRANT_URL", ""),
        "S3": settings.plain.get("OTAKUBE_S3_ENDPOINT", ""),
        "Redis": settings.secrets.get(REDIS, ""),
    }
    return list(await asyncio.gather(*(_store(installation, name, url) for name, url in urls.items())))


async def _store(installation: Installation, name: str, url: str) -> Diagnosis:
    check = f"store {name}"
    if not url:
        optional = {"Redis": "without it each pod keeps its own rate budgets", "S3": "AWS itself"}
        state = DiagnosisState.SKIPPED if name in optional else DiagnosisState.DIFFERS
        return Diagnosis(check, state, f"no address: {optional.get(name, 'the settings name none')}")
    host, port = address(url)
    if not host:
        return Diagnosis(
            check, DiagnosisState.SKIPPED, "its address names several hosts, or none that can be looked up"
        )
    service = await _service(installation, host)
    if service is None:
        return await _external(installation, check, host, port)
    return await _behind(installation, check, service, port)


def address(url: str) -> tuple[str, int]:
    """Host and port of a URL; no host for a list of several."""
    if url.startswith("mongodb+srv://") or "," in url.partition("://")[2].partition("/")[0]:
        return "", 0
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", 0


class StoreService(NamedTuple):
    """A Service of the cluster, that may not be there."""

    name: str
    namespace: str
    address: str
    ports: tuple[int, ...]
    found: bool


async def _service(installation: Installation, host: str) -> StoreService | None:
    """The Service that a host names; None for a host outside."""
    parts = host.split(".")
    named = len(parts) == 1 or parts[2:3] == ["svc"]
    if (not named and len(parts) != 2) or host == "localhost" or host.replace(".", "").isdigit():
        return None
    name, namespace = parts[0], (parts[1] if len(parts) > 1 else installation.namespace)
    body = await installation.read(f"/api/v1/namespaces/{namespace}/services/{name}")
    if body is None:
        return StoreService(name, namespace, "", (), found=False) if named else None
    spec = body["spec"]
    ports = tuple(each["port"] for each in spec.get("ports") or [])
    return StoreService(name, namespace, str(spec.get("clusterIP") or ""), ports, found=True)


async def _behind(installation: Installation, check: str, service: StoreService, port: int) -> Diagnosis:
    label, place = f"Service {service.namespace}/{service.name}", f"-n {service.namespace}"
    if not service.found:
        return differs(
            check, f"there is no {label}", "correct the address in the chart's values or the Secret"
        )
    if port not in service.ports:
        listed = ", ".join(map(str, service.ports))
        return differs(check, f"{label} has port {listed}, the address says {port}", "correct the address")
    slices = await installation.items(
        f"/apis/discovery.k8s.io/v1/namespaces/{service.namespace}/endpointslices",
        labelSelector=f"kubernetes.io/service-name={service.name}",
    )
    ready = [each for body in slices for each in body.get("endpoints") or [] if _is_ready(each)]
    if not ready:
        cure = f"kubectl {place} get pods, and `kubectl {place} describe service {service.name}`"
        return differs(check, f"no pod behind {label} is ready", cure)
    return Diagnosis(check)


def _is_ready(endpoint: Mapping[str, object]) -> bool:
    conditions = endpoint.get("conditions")
    return not isinstance(conditions, Mapping) or conditions.get("ready") is not False


async def _external(installation: Installation, check: str, host: str, port: int) -> Diagnosis:
    if await answers(host, port):
        return Diagnosis(check)
    message = f"{host}:{port} does not answer this machine; pods may reach it all the same"
    return Diagnosis(
        check, DiagnosisState.SKIPPED, message, f"otakube status -n {installation.namespace}: what runs say"
    )


async def answers(host: str, port: int) -> bool:
    """True if something accepts a connection."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def bucket(installation: Installation) -> list[Diagnosis]:
    """Is the bucket as needed? `otakube bucket check` says so, with the cluster's own settings."""
    check, settings = "bucket", await read_settings(installation)
    cure = "otakube bucket check, from a machine that reaches the server"
    if find_spec("boto3") is None:
        return [Diagnosis(check, DiagnosisState.SKIPPED, "the extra `bucket` is not installed here", cure)]
    if any(fault(key, settings.secrets.get(key)) for key in (KEY_ID, KEY)):
        return [
            Diagnosis(check, DiagnosisState.SKIPPED, "its credentials are faulty, as another finding says")
        ]
    endpoint = settings.plain.get("OTAKUBE_S3_ENDPOINT", "")
    host, port = address(endpoint)
    service = await _service(installation, host) if host else None
    if service is not None and service.found:
        endpoint, host = endpoint.replace(host, service.address, 1), service.address
    if host and not await answers(host, port):
        return [Diagnosis(check, DiagnosisState.SKIPPED, f"{host}:{port} does not answer this machine", cure)]
    return await asyncio.to_thread(_bucket_check, settings, endpoint)


def _bucket_check(settings: StoreSettings, endpoint: str) -> list[Diagnosis]:
    """Run the bucket's check as a process, with the secrets as files of its own."""
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        for key in (KEY_ID, KEY):
            path = Path(folder) / key
            path.touch(mode=0o600)
            path.write_text(settings.secrets.get(key, ""))
        own = {name: value for name, value in os.environ.items() if not name.startswith(("OTAKUBE_", "AWS_"))}
        done = subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-c", PROGRAM, "bucket", "check", "--output=json", f"--endpoint={endpoint}"],
            env={**own, **settings.plain, "OTAKUBE_SECRETS_DIR": folder},
            capture_output=True,
            text=True,
            timeout=BUCKET_SECONDS,
            check=False,
        )
    try:
        rows = json.loads(done.stdout)
    except ValueError:
        words = done.stderr.strip() or f"status {done.returncode}"
        return [differs("bucket", words, "correct the S3 credentials and the endpoint")]
    return [_of_row(row) for row in rows]


def _of_row(row: Mapping[str, str]) -> Diagnosis:
    check = f"bucket: {row['setting']}"
    if row["state"] in ("Ok", "Changed", "Unsupported"):
        return Diagnosis(check)
    state = DiagnosisState.FORBIDDEN if row["state"] == "Forbidden" else DiagnosisState.DIFFERS
    return Diagnosis(check, state, row["detail"], row["cure"] or "otakube bucket init")
