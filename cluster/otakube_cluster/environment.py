# SPDX-License-Identifier: Apache-2.0
"""A shell's way to the cluster: its kubeconfig, and kubectl, helm, argo and otakube as programs."""

import shlex
import sys
from pathlib import Path

from otakube_cluster import binaries
from otakube_cluster.settings import ClusterSettings

# Name on the PATH -> the program it links to; a link called kubectl is kubectl.
LINKS = {"kubectl": "kubernetes", "helm": "helm", "argo": "argo", "versitygw": "versitygw"}
OTAKUBE = Path(sys.executable).with_name("otakube")
"""This installation's own command, which is on nobody's PATH."""


def link_programs(settings: ClusterSettings) -> Path:
    """The folder with the links, made anew."""
    folder = settings.data / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    targets = {name: binaries.program(program, settings.cache) for name, program in LINKS.items()}
    for name, target in (targets | {"otakube": OTAKUBE}).items():
        scratch = folder / f".{name}"
        scratch.unlink(missing_ok=True)
        scratch.symlink_to(target)
        scratch.replace(folder / name)
    return folder


def shell_lines(settings: ClusterSettings) -> str:
    """Lines for `eval`."""
    folder = link_programs(settings)
    kubeconfig, path = shlex.quote(str(settings.kubeconfig)), shlex.quote(str(folder))
    return f"export KUBECONFIG={kubeconfig}\nexport PATH={path}:$PATH"
