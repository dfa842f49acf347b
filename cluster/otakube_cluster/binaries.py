# SPDX-License-Identifier: Apache-2.0
"""Build the pinned Go programs once and find them again by their content: sources, recipe, toolchain."""

import hashlib
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from otakube_cluster.commands import attempt, run
from otakube_cluster.errors import ClusterError

MODULES = Path(str(files("otakube_cluster"))) / "modules"
ARGO = "github.com/argoproj/argo-workflows/v4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One pinned Go module: what to build from it and how."""

    name: str
    version: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]
    stamps: tuple[str, ...] = ()
    vendored: bool = False

    @property
    def source(self) -> Path:
        """The folder with go.mod, go.sum and our own sources."""
        return MODULES / self.name


KUBERNETES_VERSION, ARGO_VERSION = "v1.34.4", "v4.1.4"
COMPONENT_BASE = "k8s.io/component-base/version"
KUBERNETES = Module(
    name="kubernetes",
    version=KUBERNETES_VERSION,
    packages=(".",),
    programs=("kubernetes",),
    stamps=(
        f"{COMPONENT_BASE}.gitVersion={KUBERNETES_VERSION}",
        f"{COMPONENT_BASE}.gitMajor=1",
        f"{COMPONENT_BASE}.gitMinor=34",
    ),
)
NODE = Module(name="node", version="", packages=(".",), programs=("node",))
ARGO_WORKFLOWS = Module(
    name="argo",
    version=ARGO_VERSION,
    packages=tuple(f"{ARGO}/cmd/{program}" for program in ("workflow-controller", "argoexec", "argo")),
    programs=("workflow-controller", "argoexec", "argo"),
    stamps=(f"{ARGO}.version={ARGO_VERSION}",),
    vendored=True,
)
COREDNS = Module(
    name="coredns", version="v1.14.1", packages=("github.com/coredns/coredns",), programs=("coredns",)
)
HELM = Module(
    name="helm",
    version="v3.22.0",
    packages=("helm.sh/helm/v3/cmd/helm",),
    programs=("helm",),
    stamps=(
        "helm.sh/helm/v3/internal/version.version=v3.22.0",
        # What `helm template` and `helm lint` take for the cluster's version: unset, it is 1.20.
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1",
        "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=34",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1",
        "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=34",
    ),
)
VERSITYGW = Module(
    name="versitygw",
    version="v1.8.0",
    packages=("github.com/versity/versitygw/cmd/versitygw",),
    programs=("versitygw",),
    stamps=("main.Version=v1.8.0",),
)
# Needed by the cluster, and by whoever installs something on it.
CLUSTER_MODULES = (NODE, KUBERNETES, ARGO_WORKFLOWS, COREDNS)
ALL_MODULES = (*CLUSTER_MODULES, HELM, VERSITYGW)


def source_digest(module: Module) -> str:
    """A digest over everything of ours that decides what is built."""
    digest = hashlib.sha256(repr(module).encode())
    for path in sorted(module.source.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def toolchain() -> str | None:
    """The Go version that builds here, such as `go1.26.8`; None without a usable Go."""
    if shutil.which("go") is None:
        return None
    done = attempt(["go", "env", "GOVERSION"], folder=ARGO_WORKFLOWS.source)
    return done.stdout.strip() if done.returncode == 0 else None


def needed_go() -> str:
    """The highest Go version that any pinned module asks for."""
    versions = [
        match[1]
        for module in ALL_MODULES
        if (match := re.search(r"^go (\S+)$", (module.source / "go.mod").read_text(), re.M))
    ]
    return max(versions, key=lambda version: [int(part) for part in version.split(".")])


def home(module: Module, cache: Path, go: str | None) -> Path | None:
    """The folder with the module's finished programs; None when they have yet to be built."""
    pattern = f"{source_digest(module)}-{go or '*'}"
    markers = sorted((cache / "binaries" / module.name).glob(f"{pattern}/.complete"))
    return markers[-1].parent if markers else None


def missing(modules: Sequence[Module], cache: Path, go: str | None) -> list[Module]:
    """The modules that still have to be built."""
    return [module for module in modules if home(module, cache, go) is None]


def built(module: Module, cache: Path, detail: Callable[[str], None] = lambda _: None) -> Path:
    """The folder with the module's programs, built now if it is not there."""
    go = toolchain()
    folder = home(module, cache, go)
    if folder:
        return folder
    if go is None:
        raise ClusterError(without_go())
    target = cache / "binaries" / module.name / f"{source_digest(module)}-{go}"
    work = target.with_suffix(".building")
    shutil.rmtree(work, ignore_errors=True)
    (work / "bin").mkdir(parents=True)
    _build(module, work, detail)
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    (target / ".complete").touch()
    return target


def without_go() -> str:
    """The sentence for a machine whose Go is absent or too old."""
    return (
        f"Building the cluster's programs needs Go {needed_go()} or newer, which was not found: install it "
        "(https://go.dev/dl, or set GOTOOLCHAIN=auto for a Go from 1.21 on) and run the command again."
    )


def program(name: str, cache: Path) -> Path:
    """The path of one program, built now if need be."""
    for module in ALL_MODULES:
        if name in module.programs:
            return built(module, cache) / "bin" / name
    raise ClusterError(
        f"There is no program {name!r}; there are: {', '.join(p for m in ALL_MODULES for p in m.programs)}."
    )


def _build(module: Module, work: Path, detail: Callable[[str], None]) -> None:
    folder, mode = module.source, "-mod=readonly"
    if module.vendored:
        folder, mode = _vendor(module, work, detail), "-mod=vendor"
    stamps = "".join(f" -X {stamp}" for stamp in module.stamps)
    command = ["go", "build", "-v", mode, "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w{stamps}"]
    _watch([*command, "-o", f"{work / 'bin'}/", *module.packages], folder, detail)
    if module is ARGO_WORKFLOWS:
        crds = Path(run(["go", "list", "-m", "-mod=mod", "-f", "{{.Dir}}", ARGO], folder=folder).strip())
        shutil.copytree(crds / "manifests/base/crds/full", work / "crds", copy_function=shutil.copyfile)
        shutil.rmtree(folder)


def _vendor(module: Module, work: Path, detail: Callable[[str], None]) -> Path:
    """Argo's module zip lacks a symlink and the built web page, and Go has no overlay for modules."""
    folder = work / "source"
    shutil.copytree(module.source, folder)
    _watch(["go", "mod", "vendor", "-e"], folder, detail)
    package = folder / "vendor" / ARGO
    (package / "workflow/executor/osspecific/signal_linux.go").symlink_to("signal_darwin.go")
    page = package / "ui/dist/app/index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    return folder


def _watch(command: Sequence[str], folder: Path, detail: Callable[[str], None]) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
    tail: deque[str] = deque(maxlen=15)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            for count, line in enumerate(process.stdout or (), 1):
                tail.append(line.rstrip())
                detail(f"{count} packages, now {line.strip()[:80]}")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise ClusterError("Go could not build it:\n" + "\n".join(tail))
