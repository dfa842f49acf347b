# SPDX-License-Identifier: Apache-2.0
"""Kubeconfigs, read as kubectl reads them."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from otakube_cli.kube.login import Login, LoginError, account_login, find_login

PEM = base64.b64encode(b"PEM").decode()


def a_kubeconfig(name: str = "here", **user: Any) -> dict[str, Any]:
    """One context with its cluster and user, each of that name."""
    cluster = {"server": f"https://{name}.example:6443/", "certificate-authority-data": PEM}
    return {
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user or {"token": f"token-{name}"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": f"ns-{name}"}}],
    }


def written(folder: Path, body: Any, name: str = "config") -> str:
    path = folder / name
    path.write_text(body if isinstance(body, str) else yaml.safe_dump(body))
    return str(path)


def login(file: str, *, context: str = "") -> Login:
    return find_login(kubeconfig=file, context=context, environment={})


def test_a_context_names_server_credentials_and_namespace(tmp_path: Path) -> None:
    found = login(written(tmp_path, a_kubeconfig()))
    assert (found.server, found.token, found.namespace) == (
        "https://here.example:6443",
        "token-here",
        "ns-here",
    )
    assert found.authority == b"PEM"
    assert "token-here" not in repr(found)


def test_of_several_files_the_first_that_says_something_counts(tmp_path: Path) -> None:
    first, second = a_kubeconfig("first"), a_kubeconfig("second")
    second["contexts"] += [{"name": "first", "context": {"cluster": "second", "user": "second"}}]
    files = [written(tmp_path, first, "1"), str(tmp_path / "gone"), written(tmp_path, second, "2")]
    environment = {"KUBECONFIG": os.pathsep.join(files)}
    assert find_login(kubeconfig="", context="", environment=environment).token == "token-first"
    assert find_login(kubeconfig="", context="second", environment=environment).token == "token-second"


def test_paths_count_from_the_folder_of_their_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "user.pem").write_bytes(b"CERTIFICATE")
    body = a_kubeconfig(**{"client-certificate": "user.pem", "exec": {"command": "./login"}})
    found = login(written(tmp_path, body))
    assert found.certificate == b"CERTIFICATE"
    assert found.plugin == {"command": str(tmp_path / "login")}


def test_who_acts_as_another_sends_it_with_every_group(tmp_path: Path) -> None:
    user = {"token": "t", "as": "ilse", "as-groups": ["a", "b"], "as-user-extra": {"scopes": ["x"]}}
    assert login(written(tmp_path, a_kubeconfig(**user))).impersonate == [
        ("Impersonate-User", "ilse"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-scopes", "x"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"current-context": ""}, "no current-context; choose one with --context"),
        ({"current-context": "there"}, "there is no context 'there'; there are: here"),
        ({"clusters": []}, "there is no cluster 'here'; there are: none"),
        ({"clusters": [{"name": "here", "cluster": {"server": "here"}}]}, "server 'here' is no URL"),
        ({"contexts": "here"}, "contexts must be a list"),
        (
            {"users": [{"name": "here", "user": {"auth-provider": {"name": "oidc"}}}]},
            "its exec plugin instead",
        ),
        ({"users": [{"name": "here", "user": {"client-key": "gone"}}]}, "client-key cannot be read"),
        ({"users": [{"name": "here", "user": {"client-key-data": "?"}}]}, "client-key-data is no base64"),
    ],
)
def test_what_is_wrong_with_a_kubeconfig_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    file = written(tmp_path, a_kubeconfig() | change)
    with pytest.raises(LoginError, match=words) as refused:
        login(file)
    assert str(tmp_path) in str(refused.value)


@pytest.mark.parametrize("text", ["a: [", "- 1", "\x00"])
def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(LoginError, match="config"):
        login(written(tmp_path, text))


def test_without_any_kubeconfig_the_cure_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoginError, match=r"there is no such file"):
        login(str(tmp_path / "gone"))
    with pytest.raises(LoginError, match=r'eval "\$\(otakube cluster env\)"'):
        find_login(kubeconfig="", context="", environment={"KUBECONFIG": str(tmp_path / "gone")})


def test_a_pod_logs_in_with_its_own_account(tmp_path: Path) -> None:
    for name, text in (("namespace", "anime\n"), ("ca.crt", "PEM"), ("token", "t")):
        (tmp_path / name).write_text(text)
    environment = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}
    found = account_login(environment, tmp_path)
    assert (found.server, found.namespace) == ("https://[fd00::1]:6443", "anime")
    assert found.token_file == str(tmp_path / "token")
