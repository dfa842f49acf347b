# SPDX-License-Identifier: Apache-2.0
"""Server, credentials and namespace of a context, as kubectl finds them, or of a pod's account."""

import base64
import binascii
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otakube_cli.errors import ConsoleError

Body = Mapping[str, Any]

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
KUBECONFIG = "KUBECONFIG"
DEFAULT_FILE = "~/.kube/config"

FILES = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}
"""Fields that name files, which count from the folder of their kubeconfig."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Everything that a connection needs to know; PEM texts are bytes, absent ones are empty."""

    server: str
    namespace: str = ""
    """The context's own; empty where it names none."""
    authority: bytes = b""
    insecure: bool = False
    server_name: str = ""
    proxy: str = ""
    certificate: bytes = b""
    key: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    token_file: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    impersonate: Sequence[tuple[str, str]] = ()
    """Headers; one name may come twice."""
    plugin: Body | None = field(default=None, repr=False)
    """The `exec` section: a program that prints credentials."""


class LoginError(ConsoleError):
    """No cluster can be named; the message says what is missing in which file."""


def find_login(*, kubeconfig: str, context: str, environment: Mapping[str, str] = os.environ) -> Login:
    """The login of a context; in a pod without a kubeconfig, that of its ServiceAccount."""
    paths = kubeconfig_paths(kubeconfig, environment)
    present = [path for path in paths if path.is_file()]
    if present:
        merged = merge([(path, read_file(path)) for path in present])
        return resolve(merged, context, source=", ".join(map(str, present)))
    if kubeconfig:
        raise LoginError(f"--kubeconfig {kubeconfig}: there is no such file")
    if environment.get("KUBERNETES_SERVICE_HOST"):
        return account_login(environment)
    raise LoginError(
        f"there is no kubeconfig: {KUBECONFIG} names none and {DEFAULT_FILE} is not there. For the local "
        'cluster: eval "$(otakube cluster env)"'
    )


def kubeconfig_paths(kubeconfig: str, environment: Mapping[str, str]) -> list[Path]:
    """The files in the order in which they count."""
    listed = kubeconfig or environment.get(KUBECONFIG) or DEFAULT_FILE
    parts = [kubeconfig] if kubeconfig else listed.split(os.pathsep)
    return [Path(part).expanduser() for part in parts if part]


def read_file(path: Path) -> Body:
    """One kubeconfig; LoginError if it is none."""
    import yaml

    try:
        body = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise LoginError(f"{path} cannot be read: {error}") from error
    if body is None:
        return {}
    if not isinstance(body, Mapping):
        raise LoginError(f"{path} is no kubeconfig: it must be a mapping")
    return body


def merge(files: Iterable[tuple[Path, Body]]) -> dict[str, Any]:
    """One kubeconfig out of several: the first file that says something counts."""
    merged: dict[str, Any] = {"current-context": "", "clusters": {}, "users": {}, "contexts": {}}
    for path, body in files:
        merged["current-context"] = merged["current-context"] or str(body.get("current-context") or "")
        for section in ("clusters", "users", "contexts"):
            for name, entry in _named(path, section, body.get(section)):
                merged[section].setdefault(name, _with_paths(path.parent, section, entry))
    return merged


def resolve(merged: Body, context: str, *, source: str) -> Login:
    """The login of the context that is asked for, or is current."""
    name = context or merged["current-context"]
    if not name:
        raise LoginError(f"{source}: no current-context; choose one with --context")
    chosen = _entry(merged, "contexts", name, source)
    cluster = _entry(merged, "clusters", str(chosen.get("cluster") or ""), source)
    user = _entry(merged, "users", str(chosen["user"]), source) if chosen.get("user") else {}
    if provider := user.get("auth-provider"):
        raise LoginError(
            f"user of context {name!r} in {source}: auth-provider {dict(provider).get('name')!r} is not "
            "supported; configure its exec plugin instead"
        )
    server = str(cluster.get("server") or "")
    if not server.startswith(("https://", "http://")):
        raise LoginError(f"cluster of context {name!r} in {source}: server {server!r} is no URL")
    return Login(
        server=server.rstrip("/"),
        namespace=str(chosen.get("namespace") or ""),
        authority=_pem(cluster, "certificate-authority", source),
        insecure=bool(cluster.get("insecure-skip-tls-verify")),
        server_name=str(cluster.get("tls-server-name") or ""),
        proxy=str(cluster.get("proxy-url") or ""),
        certificate=_pem(user, "client-certificate", source),
        key=_pem(user, "client-key", source),
        token=str(user.get("token") or ""),
        token_file=str(user.get("tokenFile") or ""),
        user=str(user.get("username") or ""),
        password=str(user.get("password") or ""),
        impersonate=_impersonation(user),
        plugin=user.get("exec"),
    )


def account_login(environment: Mapping[str, str], folder: Path = ACCOUNT) -> Login:
    """The login of the pod that this process runs in."""
    host = environment["KUBERNETES_SERVICE_HOST"]
    port = environment.get("KUBERNETES_SERVICE_PORT") or "443"
    try:
        return Login(
            server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
            namespace=(folder / "namespace").read_text().strip(),
            authority=(folder / "ca.crt").read_bytes(),
            token_file=str(folder / "token"),
        )
    except OSError as error:
        raise LoginError(f"this pod has no ServiceAccount token: {error}") from error


def _named(path: Path, section: str, entries: object) -> Iterable[tuple[str, Body]]:
    """Entries by name; kubectl writes each as {name, cluster|user|context}."""
    if not isinstance(entries or [], Sequence) or isinstance(entries, str):
        raise LoginError(f"{path}: {section} must be a list")
    for entry in entries or []:  # type: ignore[attr-defined]  # a sequence, as was looked at above
        if not isinstance(entry, Mapping) or not isinstance(entry.get(section[:-1]) or {}, Mapping):
            raise LoginError(f"{path}: an entry of {section} is no mapping")
        yield str(entry.get("name") or ""), entry.get(section[:-1]) or {}


def _with_paths(folder: Path, section: str, entry: Body) -> dict[str, Any]:
    """The entry with its files' paths counted from the kubeconfig's folder."""
    paths = {key: str(folder / str(entry[key])) for key in FILES.get(section, ()) if entry.get(key)}
    plugin = entry.get("exec")
    if isinstance(plugin, Mapping) and "/" in str(plugin.get("command") or ""):
        paths["exec"] = {**plugin, "command": str(folder / str(plugin["command"]))}  # type: ignore[assignment]  # beside texts
    return {**entry, **paths}


def _entry(merged: Body, section: str, name: str, source: str) -> Body:
    entries: Body = merged[section]
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise LoginError(f"{source}: there is no {section[:-1]} {name!r}; there are: {known}")
    entry: Body = entries[name]
    return entry


def _pem(entry: Body, name: str, source: str) -> bytes:
    """The data if it is inside, else the file's."""
    if data := entry.get(f"{name}-data"):
        try:
            return base64.b64decode(str(data), validate=True)
        except binascii.Error as error:
            raise LoginError(f"{source}: {name}-data is no base64") from error
    if not entry.get(name):
        return b""
    try:
        return Path(str(entry[name])).read_bytes()
    except OSError as error:
        raise LoginError(f"{source}: {name} cannot be read: {error}") from error


def _impersonation(user: Body) -> list[tuple[str, str]]:
    extra = user.get("as-user-extra") or {}
    pairs = [
        ("Impersonate-User", user.get("as")),
        ("Impersonate-Uid", user.get("as-uid")),
        *(("Impersonate-Group", group) for group in user.get("as-groups") or []),
        *((f"Impersonate-Extra-{key}", value) for key, values in extra.items() for value in values),
    ]
    return [(header, str(value)) for header, value in pairs if value]
