# SPDX-License-Identifier: Apache-2.0
"""Build container images with buildah, skip what has not changed, and bring them into the cluster."""

import hashlib
import os
import re
import shutil
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from otakube_cluster import binaries, images, packages
from otakube_cluster.base import base_tar
from otakube_cluster.commands import run
from otakube_cluster.errors import ClusterError
from otakube_cluster.progress import StepTimer
from otakube_cluster.settings import ClusterSettings

TAG = "dev"
# Given to the build stage only, so that pip finds the machine's own index; nothing of them stays in an image.
BUILD_ARGUMENTS = ("PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST")
IGNORED = re.compile(r"(^|/)__pycache__(/|$)|\.pyc$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRow:
    """One image of images.yaml."""

    name: str
    dockerfile: str
    base: str | None
    local: Mapping[str, Any]

    @property
    def reference(self) -> str:
        """The name that `image: NAME:dev` means to containerd."""
        return f"docker.io/library/{self.name}:{TAG}"


def rows(path: Path) -> list[ImageRow]:
    """The images in build order."""
    if not path.is_file():
        raise ClusterError(f"There is no {path}: run the command in the root of a checkout, or give --list.")
    listed = yaml.safe_load(path.read_text())["images"]
    return [
        ImageRow(
            name=row["name"],
            dockerfile=row.get("dockerfile", ""),
            base=row.get("base"),
            local=row.get("local") or {},
        )
        for row in listed
    ]


def chosen(listed: list[ImageRow], names: Iterable[str]) -> list[ImageRow]:
    """The named images with those below them, in build order; all without a name."""
    by_name = {row.name: row for row in listed}
    wanted: set[str] = set()
    for name in names:
        if name not in by_name:
            raise ClusterError(f"There is no image {name!r}; there are: {', '.join(by_name)}.")
        step: str | None = name
        while step:
            wanted.add(step)
            step = by_name[step].base
    return [row for row in listed if not wanted or row.name in wanted]


def copied(dockerfile: str) -> list[str]:
    """Paths that a Dockerfile takes from the context: sources of COPY and ADD lines without --from."""
    sources = []
    for line in dockerfile.replace("\\\n", " ").splitlines():
        words = line.split()
        if not words or words[0].upper() not in ("COPY", "ADD"):
            continue
        flags = [word for word in words[1:] if word.startswith("--")]
        if not any(flag.startswith("--from=") for flag in flags):
            sources += [word for word in words[1:] if not word.startswith("--")][:-1]
    return sources


def content_digest(context: Path, dockerfile: Path, below: str) -> str:
    """A digest over everything that decides what the image holds."""
    text = dockerfile.read_text()
    digest = hashlib.sha256(f"{below}\0{text}".encode())
    for pattern in copied(text):
        for path in sorted(_files(context, pattern)):
            relative = str(path.relative_to(context))
            digest.update(f"\0{relative}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _files(context: Path, pattern: str) -> Iterable[Path]:
    for match in [context] if pattern == "." else context.glob(pattern.lstrip("/")):
        for path in match.rglob("*") if match.is_dir() else [match]:
            if path.is_file() and not IGNORED.search(str(path.relative_to(context))):
                yield path


class Builder:
    """Builds images into a store of its own below the cache folder."""

    def __init__(self, settings: ClusterSettings, context: Path) -> None:
        self._settings = settings
        self._context = context
        self._store = settings.cache / "images"
        self._digests: dict[str, str] = {}

    def bring(self, row: ImageRow, progress: StepTimer) -> bool:
        """Have the image in the cluster; False when it was there already and unchanged."""
        digest = self._digest(row)
        record = self._settings.data / "images" / row.name
        if _recorded(record) == digest and row.reference in images.present(self._settings):
            return False
        with progress.step(f"Image {row.name}") as detail:
            archive = self._archive(row, digest, detail)
            detail("importing")
            images.load_archive(self._settings, archive)
            archive.unlink()
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(digest)
        return True

    def _digest(self, row: ImageRow) -> str:
        if "program" in row.local:
            digest = hashlib.sha256(repr(row).encode() + str(self._program(row)).encode()).hexdigest()
        else:
            below = self._digests[row.base] if row.base else repr(row.local)
            digest = content_digest(self._context, self._dockerfile(row), below)
        self._digests[row.name] = digest
        return digest

    def _program(self, row: ImageRow) -> Path:
        return binaries.program(row.local["program"], self._settings.cache)

    def _dockerfile(self, row: ImageRow) -> Path:
        path: Path = self._context / row.local.get("dockerfile", row.dockerfile)
        if not path.is_file():
            raise ClusterError(f"The image {row.name} has no {path}.")
        return path

    def _archive(self, row: ImageRow, digest: str, detail: Callable[[str], None]) -> Path:
        archive = self._settings.data / f"{row.name}.tar"
        archive.unlink(missing_ok=True)
        if "program" in row.local:
            program = self._program(row)
            entrypoint = (f"/bin/{program.name}", *row.local.get("arguments", ()))
            images.write_archive(
                images.ProgramImage(
                    tag=row.reference,
                    programs=(program,),
                    entrypoint=entrypoint,
                    environment={"PATH": "/bin"},
                ),
                archive,
            )
            return archive
        packages.install_missing(detail, packages.IMAGE_PROGRAMS)
        record = self._store / "built" / row.name
        if _recorded(record) != digest or not self._has(row.reference):
            self._build(row, detail)
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(digest)
        detail("packing")
        self._buildah("push", "--quiet", row.reference, f"docker-archive:{archive}:{row.reference}")
        return archive

    def _build(self, row: ImageRow, detail: Callable[[str], None]) -> None:
        base = (
            f"docker.io/library/{row.base}:{TAG}"
            if row.base
            else self._base(tuple(row.local.get("packages", ())), detail)
        )
        detail(f"building on {base}")
        arguments = {"BASE": base} | {
            name: os.environ[name] for name in BUILD_ARGUMENTS if os.environ.get(name)
        }
        given = [part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")]
        folders = [(folder, folder) for folder in authority_folders()] + self._prepared(row, detail)
        mounts = [part for here, there in folders for part in ("--volume", f"{here}:{there}:ro")]
        self._buildah(
            "bud", "--layers", "--isolation", "chroot", "--pull=never", *given, *mounts,
            "--file", str(self._dockerfile(row)), "--tag", row.reference, str(self._context),
        )  # fmt: skip

    def _prepared(self, row: ImageRow, detail: Callable[[str], None]) -> list[tuple[Path, Path]]:
        """Run the row's script: the build sees the folder that it prints as /prepared."""
        if "prepare" not in row.local:
            return []
        detail(f"running {row.local['prepare']}")
        output = run([self._context / row.local["prepare"]], folder=self._context, timeout=3600)
        return [(Path(output.split()[-1]), Path("/prepared"))]

    def _base(self, extra: tuple[str, ...], detail: Callable[[str], None]) -> str:
        tar = base_tar(self._settings.cache / "base", extra, detail)
        reference = f"localhost/otakube-base:{tar.stem}"
        if not self._has(reference):
            detail(f"packing {reference}")
            folder = self._store / "base-context"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "rootfs.tar").hardlink_to(tar)
            (folder / "Dockerfile").write_text('FROM scratch\nADD rootfs.tar /\nCMD ["python3"]\n')
            self._buildah("bud", "--layers", "--isolation", "chroot", "--tag", reference, str(folder))
        return reference

    def _has(self, reference: str) -> bool:
        return reference in self._buildah("images", "--format", "{{.Name}}:{{.Tag}}").split()

    def _buildah(self, command: str, *arguments: str) -> str:
        storage = str(self._store / "storage")
        store = ["--root", storage, "--runroot", "/run/otakube/buildah", "--storage-driver", "overlay"]
        return run(["buildah", *store, command, *arguments], timeout=3600)


def authority_folders() -> list[Path]:
    """Folders with the certificate authorities that this machine trusts, for pip in the build stage."""
    named = [os.environ.get(name) for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    paths = [Path(text).parent for text in named if text] or [
        Path(ssl.get_default_verify_paths().openssl_cafile).parent
    ]
    return sorted({path for path in paths if path.is_dir()})


def _recorded(path: Path) -> str:
    return path.read_text() if path.exists() else ""
