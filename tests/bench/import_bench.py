# SPDX-License-Identifier: Apache-2.0
"""Start-up of each step's pod: its command with a pod's settings, where every store refuses the connection.

It imports all that the step needs, and ends. `--against CHECKOUT` measures another checkout with its own
.venv in turn with this one, and prints the ratio last. CPU time counts, since on a busy machine the wall
tells of its neighbours.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

HERE = Path(__file__).resolve().parents[2]
NOBODY = "--anime-id=ani_" + "0" * 26
STEPS: dict[str, tuple[str, ...]] = {
    "fetch": (NOBODY,), "stage": (), "assemble": (), "embed": (), "commit": (), "conclude": (),
}  # fmt: skip
NOBODY_LISTENS = "127.0.0.1:9"
CLOSED = {
    "OTAKUBE_S3_ENDPOINT": f"http://{NOBODY_LISTENS}",
    "OTAKUBE_S3_BUCKET": "nothing",
    "OTAKUBE_MONGODB_URI": f"mongodb://{NOBODY_LISTENS}/otakube?serverSelectionTimeoutMS=100",
    "OTAKUBE_QDRANT_URL": f"http://{NOBODY_LISTENS}",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nobody",
}
OLDER_NAMES = {"assemble": "images"}


class Start(NamedTuple):
    """One process: CPU seconds, and its modules, those of this project apart."""

    seconds: float
    modules: int = 0
    own: int = 0


def command(checkout: Path, step: str, folder: str) -> list[str]:
    """The step's command as its pod runs it."""
    older = not (checkout / "core/otakube/steps/assemble").exists()
    name = OLDER_NAMES.get(step, step) if older else step
    common = [f"--outputs={folder}/outputs", "--termination-log=/dev/null"]
    return [str(checkout / ".venv/bin/otakube"), "step", name, *STEPS[step], *common]


def start(checkout: Path, step: str, *, count: bool = False) -> Start:
    """Run it once; `count` also counts its modules, which takes time itself."""
    environment = {"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8", **CLOSED}
    environment |= {"PYTHONPROFILEIMPORTTIME": "1"} if count else {}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as log:
        arguments = command(checkout, step, folder)
        process = subprocess.Popen(arguments, env=environment, cwd=folder, stdout=log, stderr=log)
        _, _, used = os.wait4(process.pid, 0)
        log.seek(0)
        names = [line.rpartition("|")[2].strip() for line in log if line.startswith("import time:")]
    own = sum(name.startswith("otakube") for name in names)
    return Start(used.ru_utime + used.ru_stime, len(names), own)


def compare(checkouts: list[Path], step: str, runs: int) -> list[Start]:
    """The median of each checkout; they take turns, so that a busy machine slows all alike."""
    counted = [start(checkout, step, count=True) for checkout in checkouts]
    rounds = [[start(checkout, step).seconds for checkout in checkouts] for _ in range(runs)]
    seconds = [median(column) for column in zip(*rounds, strict=True)]
    return [one._replace(seconds=value) for one, value in zip(counted, seconds, strict=True)]


def main() -> None:
    """Measure, and print a row for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--against", type=Path, help="another checkout, with its own .venv")
    options = parser.parse_args()
    checkouts = [HERE, *([options.against.resolve()] if options.against else [])]
    print("step      " + "".join(f"{checkout.name:>12} CPU ms  modules  own" for checkout in checkouts))
    ratios = []
    for step in STEPS:
        starts = compare(checkouts, step, options.runs)
        ratios.append(starts[0].seconds / starts[-1].seconds)
        cells = [f"{1000 * one.seconds:>19.0f}{one.modules:>9}{one.own:>5}" for one in starts]
        print(f"{step:<10}" + "".join(cells) + (f"{ratios[-1]:>8.2f}" if options.against else ""))
    if options.against:
        print(f"ratio {mean(ratios):.2f}: CPU of this checkout to the other's, mean of the steps")


if __name__ == "__main__":
    sys.exit(main())
