# SPDX-License-Identifier: Apache-2.0
"""docs/install.md works as printed: kubectl and helm, on an API server with nothing but Argo's types."""

from pathlib import Path

from control_plane import running_control_plane
from doc_blocks import Needs, blocks_that_need
from doc_shell import copied, terminal
from otakube_cluster import binaries, settings

ARGO_KINDS = ("workflows", "workflowtemplates", "cronworkflows")
[BLOCKS] = blocks_that_need(Needs.API_SERVER).values()


def programs(folder: Path, kubernetes: Path) -> Path:
    """A folder with kubectl and helm."""
    folder.mkdir()
    kubectl = folder / "kubectl"
    kubectl.write_text(f'#!/bin/sh\nexec {kubernetes} kubectl "$@"\n')
    kubectl.chmod(0o755)
    (folder / "helm").symlink_to(binaries.program("helm", settings.load().cache))
    return folder


def test_the_installation_works_as_printed(kubernetes_binary: Path, tmp_path: Path) -> None:
    (tmp_path / "plane").mkdir()
    argo = binaries.built(binaries.ARGO_WORKFLOWS, settings.load().cache)
    with running_control_plane(tmp_path / "plane", kubernetes_binary) as plane:
        plane.apply(*(argo / f"crds/argoproj.io_{kind}.yaml" for kind in ARGO_KINDS))
        assert plane.kubectl("create", "namespace", "argo").returncode == 0
        assert not plane.kubectl("-n", "argo", "create", "configmap", "workflow-controller-configmap").stderr
        path = programs(tmp_path / "bin", kubernetes_binary)
        with terminal(tmp_path, copied(tmp_path), KUBECONFIG=str(plane.kubeconfig)) as shell:
            shell.paste(f"PATH={path}:$PATH\n")
            for block in BLOCKS:
                shell.run(block)
        releases = plane.kubectl("-n", "otakube", "get", "secret", "-l", "owner=helm", "-o", "name").stdout
        assert "otakube-crds" in releases
        restricted = plane.kubectl("-n", "argo", "get", "configmap", "-o", "yaml").stdout
        assert "templateReferencing: Secure" in restricted
        assert plane.kubectl("-n", "otakube", "get", "deployment", "otakube-operator").returncode == 0
