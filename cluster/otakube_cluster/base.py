# SPDX-License-Identifier: Apache-2.0
"""The root file system below Otakube's images: Debian bookworm with Python, made once and kept."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from otakube_cluster import packages
from otakube_cluster.commands import run

SUITE = "bookworm"
INCLUDED = ("python3", "python3-venv", "ca-certificates")
# Nobody reads manuals in a container.
EXCLUDED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*")
MIRROR = "deb http://deb.debian.org/debian bookworm main"
MACHINE_SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))


def tag(extra: Sequence[str]) -> str:
    """`bookworm`, or `bookworm-<digest>` when more packages were asked for."""
    if not extra:
        return SUITE
    return f"{SUITE}-{hashlib.sha256(' '.join(sorted(extra)).encode()).hexdigest()[:8]}"


def base_tar(folder: Path, extra: Sequence[str], detail: Callable[[str], None]) -> Path:
    """The root file system as a tar, made now if it is not there."""
    target = folder / f"{tag(extra)}.tar"
    if target.exists():
        return target
    packages.install_missing(detail, packages.IMAGE_PROGRAMS)
    folder.mkdir(parents=True, exist_ok=True)
    detail("making the Debian base from packages")
    scratch = target.with_suffix(".new.tar")
    run(command(scratch, [*INCLUDED, *extra], sources(MACHINE_SOURCES)), timeout=1800)
    scratch.replace(target)
    return target


def command(target: Path, included: Sequence[str], source: str) -> list[str]:
    """The mmdebstrap call; apt's lists and logs do not go into the image."""
    excludes = [f"--dpkgopt=path-exclude={pattern}" for pattern in EXCLUDED]
    cleaning = '--customize-hook=rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/* "$1"/var/log/*'
    return [
        "mmdebstrap", "--quiet", "--mode=root", "--variant=apt", f"--include={','.join(included)}",
        # Java registers its manual there and fails without the folder.
        '--setup-hook=mkdir -p "$1"/usr/share/man/man1',
        *excludes, cleaning, SUITE, str(target), source,
    ]  # fmt: skip


def sources(candidates: Sequence[Path]) -> str:
    """This machine's own package sources if they are of the same release, else Debian's mirror."""
    for path in candidates:
        if path.is_file() and SUITE in path.read_text():
            return str(path)
    return MIRROR
