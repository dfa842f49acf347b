# SPDX-License-Identifier: Apache-2.0
"""Programs that print credentials, run for real."""

import json
import sys
from typing import Any

import pytest

from otakube_cli.kube.login import Login, LoginError
from otakube_cli.kube.plugin import with_plugin


def through(script: str, **plugin: Any) -> Login:
    command = {
        "command": sys.executable,
        "args": ["-c", script],
        "apiVersion": "client.authentication.k8s.io/v1",
    }
    return with_plugin(Login(server="https://here.example", authority=b"PEM", plugin=command | plugin))


def test_a_program_gives_its_token_and_sees_the_cluster_and_its_own_environment() -> None:
    script = (
        "import json, os; info = json.loads(os.environ['KUBERNETES_EXEC_INFO'])\n"
        "words = [info['kind'], info['spec']['cluster']['server'], os.environ['PROFILE']]\n"
        "print(json.dumps({'status': {'token': ' '.join(words)}}))"
    )
    login = through(script, provideClusterInfo=True, env=[{"name": "PROFILE", "value": "admin"}])
    assert login.token == "ExecCredential https://here.example admin"


def test_a_program_may_give_a_certificate_instead() -> None:
    status = {"clientCertificateData": "CERTIFICATE", "clientKeyData": "KEY"}
    login = through(f"print({json.dumps({'status': status})!r})")
    assert (login.certificate, login.key, login.token) == (b"CERTIFICATE", b"KEY", "")


@pytest.mark.parametrize(
    ("script", "words"),
    [("import sys; sys.exit(3)", "ended with status 3"), ("print('hello')", "printed no ExecCredential")],
)
def test_a_program_that_gives_nothing_is_named(script: str, words: str) -> None:
    with pytest.raises(LoginError, match=words):
        through(script)


def test_a_program_that_is_not_there_is_named_with_its_hint() -> None:
    with pytest.raises(LoginError, match=r"'no-such-login'.*Install it from example\.org"):
        through("", command="no-such-login", installHint="Install it from example.org")
