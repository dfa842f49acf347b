# SPDX-License-Identifier: Apache-2.0
"""Images without a registry: a program packed alone, and archives brought into the cluster's store."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from otakube_cluster.commands import run
from otakube_cluster.errors import ClusterError
from otakube_cluster.runtime import PAUSE_IMAGE, socket
from otakube_cluster.settings import ClusterSettings

NAMESPACE = "k8s.io"
NOBODY = 65532


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramImage:
    """An image that holds static programs and nothing else."""

    tag: str
    programs: tuple[Path, ...]
    entrypoint: tuple[str, ...]
    environment: Mapping[str, str]


def program_images(node: Path, coredns: Path, argo: Path, versions: tuple[str, str]) -> list[ProgramImage]:
    """The cluster's own images, from the folders of the built programs."""
    path = {"PATH": "/bin"}

    def image(tag: str, program: Path, **environment: str) -> ProgramImage:
        return ProgramImage(
            tag=tag,
            programs=(program,),
            entrypoint=(f"/bin/{program.name}",),
            environment={**path, **environment},
        )

    coredns_version, argo_version = versions
    return [
        image(PAUSE_IMAGE, node / "node"),
        image(f"localhost/coredns:{coredns_version}", coredns / "coredns"),
        image(f"localhost/workflow-controller:{argo_version}", argo / "workflow-controller"),
        image(f"localhost/argoexec:{argo_version}", argo / "argoexec"),
        image(f"localhost/argocli:{argo_version}", argo / "argo", HOME="/tmp", ARGO_SECURE="false"),  # noqa: S108 - in the image
    ]


def write_archive(image: ProgramImage, target: Path) -> None:
    """Write the image as a docker archive (image specification 1.2: manifest.json, a config, one layer)."""
    layer = target.with_suffix(".layer")
    with tarfile.open(layer, "w") as tar:
        for folder, mode in (("bin", 0o755), ("tmp", 0o1777)):
            _add_folder(tar, folder, mode)
        for program in image.programs:
            with program.open("rb") as file:
                entry = _entry(f"bin/{program.name}", 0o755)
                entry.size = program.stat().st_size
                tar.addfile(entry, file)
    with layer.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    config = json.dumps(_config(image, digest)).encode()
    name = hashlib.sha256(config).hexdigest()
    manifest = [{"Config": f"{name}.json", "RepoTags": [image.tag], "Layers": [f"{digest}.tar"]}]
    with tarfile.open(target, "w") as tar:
        _add_bytes(tar, f"{name}.json", config)
        tar.add(layer, f"{digest}.tar")
        _add_bytes(tar, "manifest.json", json.dumps(manifest).encode())
    layer.unlink()


def _config(image: ProgramImage, layer: str) -> dict[str, object]:
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Env": [f"{key}={value}" for key, value in image.environment.items()],
            "Entrypoint": list(image.entrypoint),
            "User": f"{NOBODY}:{NOBODY}",
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]},
    }


def _entry(name: str, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mode = mode
    return entry


def _add_folder(tar: tarfile.TarFile, name: str, mode: int) -> None:
    entry = _entry(name, mode)
    entry.type = tarfile.DIRTYPE
    tar.addfile(entry)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = _entry(name, 0o644)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def ctr(settings: ClusterSettings, arguments: Sequence[str | Path]) -> str:
    """Run containerd's own client against the cluster's containerd."""
    return run(["ctr", "--address", socket(settings), "--namespace", NAMESPACE, *arguments])


def present(settings: ClusterSettings) -> set[str]:
    """The names of the images in the cluster's store."""
    return set(ctr(settings, ["images", "list", "--quiet"]).split())


def load_archive(settings: ClusterSettings, archive: Path) -> list[str]:
    """Import a docker or OCI archive; the names that it brought."""
    if not archive.is_file():
        raise ClusterError(
            f"There is no archive {archive}: give the path of a docker or OCI archive (a tar file)."
        )
    output = ctr(settings, ["images", "import", "--all-platforms", archive])
    return [line.split()[1] for line in output.splitlines() if line.startswith("unpacking ")]
