# SPDX-License-Identifier: Apache-2.0
"""The weekly dataset against plain `json`: a typed load, and the diff of two weeks.

`make bench-dataset`. The rows are made by a seed in the form of the real file: 40,482 of them, of which a
week changes 2 %. Both sides run in turn in one process; times are CPU times of the median round. Bars: a
typed load in at most 0.45 of `json.loads`, a diff against last week's manifest in at most 0.12 of a plain
diff of two files, with the same rows told; at most 400 MB at the peak. The last line is the ratio of diffs.
"""

import argparse
import gc
import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from otakube.domain.dataset.comparison import week_changes
from otakube.domain.dataset.manifest import Manifest, read_week
from otakube.domain.dataset.rows import read_row, take_apart

LOAD, DIFF, MEGABYTES = 0.45, 0.12, 400
WORDS = (
    "tide", "lamp", "keeper", "winter", "sea", "bird", "garden", "moon", "sky", "rail", "city", "ghost",
)  # fmt: skip


class Fates(NamedTuple):
    """How many rows are new, gone and changed."""

    new: int
    gone: int
    changed: int


def main() -> int:
    """Print the report; 0 if each bar is met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=40_482)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seed", type=int, default=9)
    given = options.parse_args()
    before, after = weeks(given.rows, random.Random(given.seed))
    manifest = read_week(take_apart(before).rows).manifest
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.rows:,} rows, {len(after) / 1e6:.1f} MB; peak of the load and the manifest {peak:.0f} MB")
    times = measured(
        {
            "json.loads": lambda: load_plainly(after),
            "typed load": lambda: [read_row(row) for row in take_apart(after).rows],
            "plain diff": lambda: diff_plainly(before, after),
            "diff": lambda: diff(manifest, after),
        },
        given.rounds,
    )
    same = diff_plainly(before, after) == diff(manifest, after)
    print(f"the same rows told: {same}: {diff(manifest, after)}")
    load, ratio = times["typed load"] / times["json.loads"], times["diff"] / times["plain diff"]
    print(f"typed load / json.loads: {load:.3f} (bar {LOAD})")
    print(f"diff / plain diff: {ratio:.3f} (bar {DIFF})")
    return 0 if same and load <= LOAD and ratio <= DIFF and peak <= MEGABYTES else 1


def weeks(count: int, chance: random.Random) -> tuple[bytes, bytes]:
    """Two files in JSON Lines form: 0.4 % of the rows come, 0.15 % go, 2 % change."""
    rows = [made_row(number, chance) for number in range(count)]
    later = [row for row in rows if chance.random() > 0.0015]
    for place in chance.sample(range(len(later)), count // 50):
        later[place] = later[place] | {"episodes": later[place]["episodes"] + 1}
    later += [made_row(count + number, chance) for number in range(count // 250)]
    return written(rows), written(later)


def made_row(number: int, chance: random.Random) -> dict[str, Any]:
    """About 1.2 kB, as the real rows have."""

    def title() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, 6))).title()

    hosts = ("anidb.net", "anilist.co", "anisearch.com", "kitsu.app", "livechart.me", "myanimelist.net")
    return {
        "sources": [f"https://{host}/anime/{number}" for host in chance.sample(hosts, chance.randint(1, 6))],
        "title": f"{title()} {number}", "type": "TV", "episodes": chance.randint(0, 26), "status": "FINISHED",
        "animeSeason": {"season": "FALL", "year": chance.randint(1960, 2026)},
        "picture": f"https://cdn.myanimelist.net/images/anime/{number}/{chance.random()}.jpg",
        "thumbnail": f"https://cdn.myanimelist.net/images/anime/{number}/t{chance.random()}.jpg",
        "duration": {"value": 1440, "unit": "SECONDS"},
        "synonyms": [title() for _ in range(chance.randint(0, 9))],
        "studios": [title() for _ in range(2)], "producers": [title() for _ in range(3)],
        "relatedAnime": [f"https://anidb.net/anime/{chance.randint(1, 40_000)}" for _ in range(5)],
        "tags": chance.choices(WORDS, k=12),
    }  # fmt: skip


def written(rows: list[dict[str, Any]]) -> bytes:
    """JSON Lines, what is said of the file first."""
    return "\n".join(json.dumps(row) for row in [{"lastUpdate": "2026-11-21"}, *rows]).encode()


def load_plainly(text: bytes) -> list[Any]:
    """All rows as `json` gives them."""
    return [json.loads(line) for line in text.splitlines()[1:]]


def diff_plainly(before: bytes, after: bytes) -> Fates:
    """Two files read whole and compared row by row; rows are found by the pages that they share."""
    old, new = load_plainly(before), load_plainly(after)
    by_page = {page: row for row in old for page in row["sources"]}
    seen, changed, came = set(), 0, 0
    for row in new:
        earlier = next((by_page[page] for page in row["sources"] if page in by_page), None)
        came += earlier is None
        changed += earlier is not None and earlier != row
        seen.add(id(earlier))
    return Fates(came, sum(id(row) not in seen for row in old), changed)


def diff(before: Manifest, after: bytes) -> Fates:
    """The new file against the manifest that last week left."""
    found = week_changes(read_week(take_apart(after).rows, before))
    return Fates(len(found.new), len(found.removed), len(found.changed))


def measured(sides: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of each, run in turn; the garbage collector waits."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            gc.collect()
            gc.disable()
            start = time.process_time()
            side()
            times[name].append(time.process_time() - start)
            gc.enable()
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name:12} {median * 1000:7.0f} ms")
    return medians


if __name__ == "__main__":
    sys.exit(main())
