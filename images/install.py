#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fill one image's library folder at build time: hash-locked wheels, metadata, bytecode.

Runs in a Dockerfile's build stage with the standard library alone: pip and this file stay behind there.
"""

import argparse
import compileall
import py_compile
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

REQUIREMENT = re.compile(r"^(?=\S)", re.MULTILINE)


def requirements(lock: Path) -> list[str]:
    """One string per requirement, with its hashes."""
    return [block for block in REQUIREMENT.split(lock.read_text()) if block.strip() and block[0] not in "#-"]


def missing(lock: Path, installed: list[Path]) -> list[str]:
    """The requirements of `lock` that no image below has installed."""
    held = {block.split()[0] for below in installed for block in requirements(below)}
    return [block for block in requirements(lock) if block.split()[0] not in held]


def chosen(blocks: list[str], only: list[str], without: list[str]) -> str:
    """The requirements file of the named distributions, or of all but those."""

    def name(block: str) -> str:
        return block.split("==")[0]

    known = {name(block) for block in blocks}
    if unknown := {*only, *without} - known:
        sys.exit(f"no such distribution to choose: {', '.join(sorted(unknown))}")
    return "".join(b for b in blocks if name(b) not in without and (not only or name(b) in only))


def install(wanted: str, target: Path) -> None:
    """Install wheels only, as locked, without pip ending up in `target`."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        listed = Path(folder, "requirements.txt")
        listed.write_text(wanted)
        pip = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-compile"]
        options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--target", str(target)]
        subprocess.run([*pip, *options, "-r", str(listed)], check=True)  # noqa: S603 - built from this file's own words


def entry_points(project: dict, folder: Path) -> str:
    """`entry_points.txt` of the commands whose modules this image holds."""

    def held(reference: str) -> bool:
        module = reference.split(":")[0].replace(".", "/")
        return (folder / f"{module}.py").exists() or (folder / module).is_dir()

    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    lines = []
    for group, entries in groups.items():
        lines.append(f"[{group}]")
        lines += [f"{name} = {reference}" for name, reference in entries.items() if held(reference)]
    return "\n".join(lines) + "\n"


def describe(project: dict, target: Path) -> None:
    """Write the distribution's metadata, by which `otakube` finds its version and commands."""
    info = target / f"otakube-{project['version']}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    metadata = f"Metadata-Version: 2.4\nName: otakube\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(metadata)
    (info / "entry_points.txt").write_text(entry_points(project, target))


def compile_new(target: Path) -> bool:
    """Compile what has no bytecode yet: never checked again at start, and the same bytes in each build."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    fresh = [path for path in target.iterdir() if path.is_dir() and not (path / "__pycache__").exists()]
    compiled = [compileall.compile_dir(path, quiet=1, workers=0, invalidation_mode=mode) for path in fresh]
    return all([*compiled, compileall.compile_dir(target, maxlevels=0, quiet=1, invalidation_mode=mode)])


def parse() -> argparse.Namespace:
    """The command line, as the Dockerfiles use it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    listed = {"action": "append", "default": []}
    arguments.add_argument("--lock", type=Path, help="hashed requirements to install", **listed)
    arguments.add_argument("--below", type=Path, help="locks of the image below", **listed)
    arguments.add_argument("--only", help="install this distribution and no other", **listed)
    arguments.add_argument("--without", help="leave this distribution out", **listed)
    arguments.add_argument("--project", type=Path, help="pyproject.toml: also write its commands' metadata")
    arguments.add_argument("target", type=Path)
    return arguments.parse_args()


def main() -> int:
    given = parse()
    blocks = [block for lock in given.lock for block in missing(lock, given.below)]
    if wanted := chosen(blocks, given.only, given.without):
        install(wanted, given.target)
    if given.project:
        describe(tomllib.loads(given.project.read_text())["project"], given.target)
    return 0 if compile_new(given.target) else 1


if __name__ == "__main__":
    sys.exit(main())
