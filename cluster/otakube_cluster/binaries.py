# SPDX-License-Identifier: Apache-2.0
"""Build the pinned Go programs once and find them again by their content: sources, recipe, toolchain."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from otakube_cluster import argo_page
from otakube_cluster.commands import attempt, run
from otakube_cluster.errors import ClusterError

WITH_PAGE = "-page"
"""End of the folder's name where the web page is in the programs."""

NO_PAGE = "no-page"
"""File with the reason where it is not."""

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
    page: str = field(default="", repr=False)
    """The package that embeds Argo's web page: built last, since the page is made beside the others."""

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
    page=f"{ARGO}/cmd/argo",
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


def sources(module: Module) -> list[Path]:
    """All files of ours from which the module is built."""
    return sorted(path for path in module.source.rglob("*") if path.is_file())


def source_digest(module: Module) -> str:
    """A digest over everything of ours that decides what is built."""
    digest = hashlib.sha256(repr(module).encode())
    for path in sources(module):
        digest.update(str(path.relative_to(module.source)).encode() + b"\0" + path.read_bytes())
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
    folder, pattern = cache / "binaries" / module.name, f"{source_digest(module)}-{go or '*'}"
    markers = [
        marker for end in ("", WITH_PAGE) for marker in sorted(folder.glob(f"{pattern}{end}/.complete"))
    ]
    return markers[-1].parent if markers else None


def missing(modules: Sequence[Module], cache: Path, go: str | None) -> list[Module]:
    """The modules that still have to be built; one without its page too, where that can be made now."""
    homes = {module: home(module, cache, go) for module in modules}
    return [
        module
        for module, folder in homes.items()
        if folder is None or (go and without_page(module, folder) and argo_page.obstacle() is None)
    ]


def without_page(module: Module, folder: Path) -> str | None:
    """Why finished programs have an empty web page; None where they have theirs, or need none."""
    if not module.page or folder.name.endswith(WITH_PAGE):
        return None
    note = folder / NO_PAGE
    return note.read_text() if note.exists() else "not built"


def built(
    module: Module, cache: Path, detail: Callable[[str], None] = lambda _: None, *, anew: bool = False
) -> Path:
    """The folder with the module's programs, built now if it is not there, or anyway."""
    go = toolchain()
    folder = home(module, cache, go)
    if folder and not anew:
        return folder
    if go is None:
        raise ClusterError(without_go())
    target = cache / "binaries" / module.name / f"{source_digest(module)}-{go}"
    with _alone(target.parent, detail):
        made_meanwhile = home(module, cache, go)
        return (
            made_meanwhile if made_meanwhile and made_meanwhile != folder else _built(module, target, detail)
        )


def _built(module: Module, target: Path, detail: Callable[[str], None]) -> Path:
    work = target.with_suffix(".building")
    shutil.rmtree(work, ignore_errors=True)
    (work / "bin").mkdir(parents=True)
    _build(module, work, detail)
    if module.page and not (work / NO_PAGE).exists():
        target = target.with_name(target.name + WITH_PAGE)
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    (target / ".complete").touch()
    return target


@contextmanager
def _alone(folder: Path, detail: Callable[[str], None]) -> Iterator[None]:
    """Let one process build into a folder: a second would remove what the first has made so far."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            detail("another process builds it; waiting for that one")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
    command += ["-o", f"{work / 'bin'}/"]
    if not module.page:
        _watch([*command, *module.packages], folder, detail)
        return
    argo = Path(run(["go", "list", "-m", "-mod=mod", "-f", "{{.Dir}}", ARGO], folder=folder).strip())
    with ThreadPoolExecutor(1) as beside:
        page = beside.submit(argo_page.build, argo, module.source / "page", work / "page", module.version)
        _watch([*command, *(each for each in module.packages if each != module.page)], folder, detail)
        detail("waiting for npm and webpack, which build Argo's page")
        _embed(page, folder / "vendor" / ARGO / "ui/dist", work)
    _watch([*command, module.page], folder, detail)
    shutil.copytree(argo / "manifests/base/crds/full", work / "crds", copy_function=shutil.copyfile)
    shutil.rmtree(folder)
    shutil.rmtree(work / "page", ignore_errors=True)


def _embed(page: Future[Path], target: Path, work: Path) -> None:
    """Put the page where Go embeds it; where there is none an empty one, and the reason in a file."""
    try:
        shutil.copytree(page.result(), target)
    except ClusterError as error:
        (target / "app").mkdir(parents=True)
        (target / "app/index.html").touch()
        (work / NO_PAGE).write_text(str(error))


def _vendor(module: Module, work: Path, detail: Callable[[str], None]) -> Path:
    """Argo's module zip lacks a symlink and the built web page, and Go has no overlay for modules."""
    folder = work / "source"
    folder.mkdir()
    for file in ("go.mod", "go.sum"):
        shutil.copyfile(module.source / file, folder / file)
    _watch(["go", "mod", "vendor", "-e"], folder, detail)
    package = folder / "vendor" / ARGO
    (package / "workflow/executor/osspecific/signal_linux.go").symlink_to("signal_darwin.go")
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
