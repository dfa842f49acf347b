# SPDX-License-Identifier: Apache-2.0
"""Credentials that a program prints, as kubeconfigs of clouds have it (client.authentication.k8s.io)."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from otakube_cli.kube.login import Login, LoginError

TIMEOUT_SECONDS = 300  # a person may have to log in in a browser


def with_plugin(login: Login) -> Login:
    """Run the login's program, and take its token or certificate over; without one, the login as it is."""
    if login.plugin is None:
        return login
    status = run(login, login.plugin)
    return replace(
        login,
        plugin=None,
        token=str(status.get("token") or login.token),
        certificate=str(status.get("clientCertificateData") or "").encode() or login.certificate,
        key=str(status.get("clientKeyData") or "").encode() or login.key,
    )


def run(login: Login, plugin: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `status` that the program prints; LoginError says what went wrong, with its own words."""
    command = [str(plugin.get("command") or ""), *(str(word) for word in plugin.get("args") or [])]
    extra = {str(pair["name"]): str(pair["value"]) for pair in plugin.get("env") or []}
    environment = {**os.environ, **extra}
    interactive = plugin.get("interactiveMode") != "Never" and sys.stdin is not None and sys.stdin.isatty()
    try:
        done = subprocess.run(  # noqa: S603 - the person's own kubeconfig names the program
            command,
            env=environment | {"KUBERNETES_EXEC_INFO": json.dumps(_info(login, plugin, interactive))},
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        hint = str(plugin.get("installHint") or "").strip()
        raise LoginError(f"credential plugin {command[0]!r}: {error}. {hint}".strip()) from error
    if done.returncode:
        raise LoginError(f"credential plugin {command[0]!r} ended with status {done.returncode}")
    try:
        status = json.loads(done.stdout)["status"]
    except (ValueError, KeyError, TypeError) as error:
        raise LoginError(f"credential plugin {command[0]!r} printed no ExecCredential") from error
    return status if isinstance(status, Mapping) else {}


def _info(login: Login, plugin: Mapping[str, Any], interactive: bool) -> dict[str, Any]:
    """The request, as the program reads it."""
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.get("provideClusterInfo"):
        authority = base64.b64encode(login.authority).decode()
        spec["cluster"] = {
            "server": login.server,
            "certificate-authority-data": authority,
            "insecure-skip-tls-verify": login.insecure,
            "tls-server-name": login.server_name,
        }
    version = str(plugin.get("apiVersion") or "client.authentication.k8s.io/v1")
    return {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
