# SPDX-License-Identifier: Apache-2.0
"""Write the workflows as the chart ships them: these files are the golden files and the product in one.

`python -m otakube_workflows.render` writes, `--check` fails where a file differs from what the code renders.
"""

import argparse
import sys
from pathlib import Path

from otakube_workflows import images, planner, provider_checks, snapshots
from otakube_workflows.catalog_restore import restore_catalog
from otakube_workflows.curation import MERGE_LOCKS, submitted
from otakube_workflows.dataset_sync import sync_dataset
from otakube_workflows.enrich_anime import enrich_anime
from otakube_workflows.scrub import OFTEN, WEEKLY, schedule, scrub

FOLDER = Path(__file__).parents[2] / "charts/otakube/files/workflows"
HEADER = """\
# SPDX-License-Identifier: Apache-2.0
# Rendered by `python -m otakube_workflows.render`; never edited.
"""


def rendered() -> dict[str, str]:
    """File name -> content."""
    return {
        "otakube-enrich-anime.yaml": HEADER + str(enrich_anime().to_yaml()),
        "otakube-check-providers.yaml": HEADER + str(provider_checks.check_providers().to_yaml()),
        "otakube-check-providers-daily.yaml": HEADER + str(provider_checks.check_providers_daily().to_yaml()),
        "otakube-check-providers-schedule.yaml": HEADER + str(provider_checks.schedule().to_yaml()),
        "otakube-merge-locks.yaml": HEADER + str(submitted(MERGE_LOCKS).to_yaml()),
        "otakube-plan-schedules.yaml": HEADER + str(planner.plan_schedules().to_yaml()),
        "otakube-plan-schedules-schedule.yaml": HEADER + str(planner.schedule().to_yaml()),
        "otakube-scrub.yaml": HEADER + str(scrub(OFTEN).to_yaml()),
        "otakube-scrub-schedule.yaml": HEADER + str(schedule(OFTEN).to_yaml()),
        "otakube-scrub-full.yaml": HEADER + str(scrub(WEEKLY).to_yaml()),
        "otakube-scrub-full-schedule.yaml": HEADER + str(schedule(WEEKLY).to_yaml()),
        "otakube-sweep-images.yaml": HEADER + str(images.sweep().to_yaml()),
        "otakube-sweep-images-schedule.yaml": HEADER + str(images.schedule().to_yaml()),
        "otakube-take-down-image.yaml": HEADER + str(images.take_down().to_yaml()),
        "otakube-snapshot.yaml": HEADER + str(snapshots.snapshot().to_yaml()),
        "otakube-snapshot-schedule.yaml": HEADER + str(snapshots.schedule().to_yaml()),
        "otakube-snapshot-restore.yaml": HEADER + str(restore_catalog().to_yaml()),
        "otakube-sync-dataset.yaml": HEADER + str(sync_dataset().to_yaml()),
    }


def stale(folder: Path = FOLDER) -> list[str]:
    """Names of files that differ from what the code renders, or that nothing renders."""
    held = {path.name: path.read_text() for path in folder.glob("*.yaml")}
    wanted = rendered()
    return sorted(name for name in held.keys() | wanted.keys() if held.get(name) != wanted.get(name))


def write(folder: Path = FOLDER) -> None:
    """Write every file and remove those that nothing renders."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = rendered()
    for path in folder.glob("*.yaml"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)


def main() -> int:
    """Exit status 1 if --check finds a difference."""
    arguments = argparse.ArgumentParser(prog="python -m otakube_workflows.render", description=__doc__)
    arguments.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    if not arguments.parse_args().check:
        write()
        return 0
    if differing := stale():
        print(
            f"differ from the code: {', '.join(differing)}; run python -m otakube_workflows.render",
            file=sys.stderr,
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
