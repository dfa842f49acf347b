# SPDX-License-Identifier: Apache-2.0
"""A shell's way to the cluster: its kubeconfig, and kubectl, helm and argo as programs."""

import shlex
from pathlib import Path

from otakube_cluster import binaries
from otakube_cluster.settings import Settings

# Name on the PATH -> the program it links to; a link called kubectl is kubectl.
LINKS = {"kubectl": "kubernetes", "helm": "helm", "argo": "argo", "versitygw": "versitygw"}


def link_programs(settings: Settings) -> Path:
    """The folder with the links, made anew."""
    folder = settings.data / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in LINKS.items():
        scratch = folder / f".{name}"
        scratch.unlink(missing_ok=True)
        scratch.symlink_to(binaries.program(program, settings.cache))
        scratch.replace(folder / name)
    return folder


def shell_lines(settings: Settings) -> str:
    """Lines for `eval`."""
    folder = link_programs(settings)
    kubeconfig, path = shlex.quote(str(settings.kubeconfig)), shlex.quote(str(folder))
    return f"export KUBECONFIG={kubeconfig}\nexport PATH={path}:$PATH"
