# SPDX-License-Identifier: Apache-2.0
"""Titles as people write them against rapidfuzz's WRatio over the same strings: how often right, how fast.

`make bench-matcher`. The queries are derived from a weekly dataset's titles (matcher_queries.py). One half of
the titles is for tuning (`--tuning`); the figures that count are the other half's. WRatio is asked a sample
of the same queries, in turn with the index, in one process; both see normalised strings. Times are CPU times.
A dataset that is absent is an error: benches are run by hand.

Bars: 50 times WRatio's queries a second; its recall at 1 plus 3 points; at most 1 % wrong of what is
accepted, counting queries whose anime or season the index does not hold. The last line is the ratio of rates.
"""

import argparse
import gc
import io
import json
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from rapidfuzz import fuzz, process

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

from matcher_queries import Query, World, derive  # noqa: E402 - tests are not installed

from otakube.domain.matching.decision import MatchDecision  # noqa: E402 - after the path is set
from otakube.domain.matching.title_index import Titled, TitleIndex, TitleMatches  # noqa: E402 - after the path is set
from otakube.domain.matching.titles import take_apart  # noqa: E402 - after the path is set
from otakube.domain.record.text import comparable  # noqa: E402 - after the path is set
from otakube_api.contract import AnimeType  # noqa: E402 - after the path is set

DATASET = ROOT.parent / "shared" / "data" / "aod" / "aod-shaped-2024-12-28.jsonl.zst"
RATIO, POINTS, FALSE = 50.0, 3.0, 1.0
SEASONS = ("season", "season, misspelled", "season and part", "part or cour", "final season", "prequel")
ROUNDS = 6
TYPES = {
    "TV": AnimeType.TV, "MOVIE": AnimeType.MOVIE, "OVA": AnimeType.OVA, "ONA": AnimeType.ONA,
    "SPECIAL": AnimeType.SPECIAL, "UNKNOWN": AnimeType.UNKNOWN,
}  # fmt: skip


class Answered(NamedTuple):
    """A query, what the index found, and whether that is right."""

    query: Query
    found: TitleMatches

    @property
    def right(self) -> bool:
        """True if the best hit is one of the anime meant."""
        return bool(self.found.hits) and self.found.hits[0].id in self.query.right

    @property
    def accepted(self) -> bool:
        """True if nobody would look at it."""
        return self.found.decision is MatchDecision.ACCEPT


def main() -> int:
    """Print the report; 0 if each bar is met."""
    options = _options()
    if not options.dataset.is_file():
        print(f"{options.dataset} is absent: name a dataset in JSONL form with --dataset", file=sys.stderr)
        return 2
    world = derive(
        list(rows_of(options.dataset)), part=0 if options.tuning else 1, seed=options.seed, each=options.each
    )
    index = _built(world)
    chance = random.Random(options.seed)
    sample = sampled(world.queries, options.sample, chance)
    gain, ratio = _against_wratio(world, index, sample, chance)
    answered = [Answered(query, index.search(query.text, 5)) for query in world.queries]
    _classes(answered)
    _seasons(answered, world)
    _calibration(answered)
    false = _false_matches(answered)
    print(f"recall at 1 above WRatio: {gain:+.1f} points (bar: >= {POINTS:+.0f})")
    print(f"false matches above the accept threshold: {false:.2f} % (bar: <= {FALSE:.0f} %)")
    print(f"rate ratio: {ratio:.1f} (bar: >= {RATIO:.0f})")
    return 0 if ratio >= RATIO and gain >= POINTS and false <= FALSE else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dataset", type=Path, default=DATASET)
    parser.add_argument("--seed", type=int, default=1, help="of the queries and of the sample")
    parser.add_argument("--each", type=int, default=400, help="queries of a class, at most")
    parser.add_argument("--sample", type=int, default=16, help="queries of a class that WRatio is asked, too")
    parser.add_argument(
        "--tuning", action="store_true", help="use the half that the thresholds were tuned on"
    )
    return parser.parse_args()


def rows_of(dataset: Path) -> Iterator[Titled]:
    """The dataset's anime; its first line describes the dataset."""
    with dataset.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as lines:
        for line in list(io.TextIOWrapper(lines, "utf-8"))[1:]:
            yield titled(json.loads(line))


def titled(row: dict[str, Any]) -> Titled:
    """One anime of the dataset, known by the first of its pages."""
    return Titled(
        row["sources"][0],
        tuple(dict.fromkeys([row["title"], *row["synonyms"]])),
        TYPES[row["type"]],
        row["animeSeason"].get("year"),
        row["episodes"] or None,
    )


def _built(world: World) -> TitleIndex:
    start, before = time.process_time(), _megabytes()
    index = TitleIndex.build(world.rows)
    strings = sum(len(row.titles) for row in world.rows)
    print(
        f"index of {len(world.rows)} anime, {strings} titles: {time.process_time() - start:.1f} s CPU, "
        f"{_megabytes() - before:.0f} MB"
    )
    print(
        f"{len(world.queries)} queries; {world.ambiguous} of them may mean several anime of one name, any of "
        f"which is right; {world.dropped} more were left out, for they are the name of another anime"
    )
    return index


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sampled(queries: Sequence[Query], each: int, chance: random.Random) -> list[Query]:
    """At most `each` queries of every class, shuffled; those without an answer have no recall."""
    classes: dict[str, list[Query]] = defaultdict(list)
    for query in queries:
        if query.right:
            classes[query.klass].append(query)
    chosen = [
        one for of_class in classes.values() for one in chance.sample(of_class, min(each, len(of_class)))
    ]
    return chance.sample(chosen, len(chosen))


def _against_wratio(
    world: World, index: TitleIndex, sample: Sequence[Query], chance: random.Random
) -> tuple[float, float]:
    """Points of recall at 1 above WRatio, and how many times its queries a second."""
    ours, theirs = _asking_index(index), _asking_wratio(world)
    spent, right = defaultdict[str, float](float), defaultdict[str, dict[Query, bool]](dict)
    gc.disable()
    for number in range(ROUNDS):
        for name, ask in (("index", ours), ("WRatio", theirs)):
            start = time.process_time()
            found = {query: ask(query.text) for query in sample[number::ROUNDS]}
            spent[name] += time.process_time() - start
            right[name] |= {query: one in query.right for query, one in found.items()}
    gc.enable()
    pairs = [(right["index"][query], right["WRatio"][query]) for query in sample]
    beside = [pair for pair, query in zip(pairs, sample, strict=True) if query.klass not in SEASONS]
    gain = _recalls("all classes", pairs, chance)
    _recalls("beside seasons and parts", beside, chance)
    for name in ("index", "WRatio"):
        print(f"  {name}: {len(sample) / spent[name]:.1f} queries/s of CPU time")
    return gain, spent["WRatio"] / spent["index"]


def _asking_index(index: TitleIndex) -> Callable[[str], str | None]:
    def ask(text: str) -> str | None:
        hits = index.search(text, 1).hits
        return hits[0].id if hits else None

    return ask


def _asking_wratio(world: World) -> Callable[[str], str | None]:
    owned = [(comparable(title), row.id) for row in world.rows for title in row.titles]
    strings = [title for title, _ in owned]

    def ask(text: str) -> str | None:
        best = process.extractOne(comparable(text), strings, scorer=fuzz.WRatio)
        return owned[best[2]][1] if best else None

    return ask


def _recalls(name: str, pairs: Sequence[tuple[bool, bool]], chance: random.Random) -> float:
    """Print both recalls and the gain with its interval by resampling pairs; return the gain in points."""

    def gained(some: Sequence[tuple[bool, bool]]) -> float:
        return 100 * sum(ours - theirs for ours, theirs in some) / len(some)

    spread = sorted(gained(chance.choices(pairs, k=len(pairs))) for _ in range(2000))
    ours, theirs = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    print(
        f"  recall at 1, {name}, n={len(pairs)}: {ours:.3f}, WRatio {theirs:.3f}, gain {gained(pairs):+.1f} "
        f"[{spread[50]:+.1f}, {spread[1949]:+.1f}] points"
    )
    return gained(pairs)


def _classes(answered: Sequence[Answered]) -> None:
    print(
        f"{'class':26} {'n':>5} {'recall@1':>9} {'recall@5':>9} {'accepted':>9} {'wrong':>6} {'nothing':>8}"
    )
    for name, some in _by_class(answered).items():
        among = sum(any(hit.id in one.query.right for hit in one.found.hits) for one in some)
        accepted = [one for one in some if one.accepted]
        nothing = sum(one.found.decision is MatchDecision.NONE for one in some)
        recalls = f"{_share(one.right for one in some):9.3f} {among / len(some):9.3f}"
        wrong = sum(not one.right for one in accepted)
        print(
            f"{name:26} {len(some):5} {recalls if some[0].query.right else '        –         –'} "
            f"{len(accepted) / len(some):9.3f} {wrong:6} {nothing / len(some):8.3f}"
        )


def _by_class(answered: Sequence[Answered]) -> dict[str, list[Answered]]:
    classes: dict[str, list[Answered]] = defaultdict(list)
    for one in answered:
        classes[one.query.klass].append(one)
    return dict(sorted(classes.items()))


def _share(holds: Iterable[bool]) -> float:
    told = list(holds)
    return sum(told) / len(told)


def _seasons(answered: Sequence[Answered], world: World) -> None:
    """Queries about seasons and parts apart: right, and wrong by the season alone."""
    some = [one for one in answered if one.query.klass in SEASONS]
    names = {row.id: take_apart(row.titles[0]).text for row in world.rows}
    wrong = [one for one in some if one.found.hits and not one.right]
    season = [one for one in wrong if names[one.found.hits[0].id] == names[one.query.source]]
    print(
        f"season, part and cour, n={len(some)}: recall at 1 {_share(one.right for one in some):.3f}; the "
        f"best hit is another season of the anime in {100 * len(season) / len(some):.2f} %, accepted as such "
        f"in {100 * sum(one.accepted for one in season) / len(some):.2f} %"
    )


def _calibration(answered: Sequence[Answered]) -> None:
    """The share of right best hits, by their score; a title that the index does not hold counts as wrong."""
    print("score of the best hit: share that is right")
    for low, high in ((0.5, 0.72), (0.72, 0.8), (0.8, 0.85), (0.85, 0.9), (0.9, 0.95), (0.95, 1.01)):
        some = [one for one in answered if one.found.hits and low <= one.found.hits[0].score < high]
        if some:
            print(
                f"  {low:.2f} to {min(high, 1):.2f}: {_share(one.right for one in some):.3f} of {len(some)}"
            )


def _false_matches(answered: Sequence[Answered]) -> float:
    """Percent of what is accepted that is wrong; absent anime apart, too."""
    accepted = [one for one in answered if one.accepted]
    absent = [one for one in answered if not one.query.right]
    print(
        f"accepted {len(accepted)} of {len(answered)}; {sum(one.accepted for one in absent)} of the "
        f"{len(absent)} queries without an answer in the index were accepted"
    )
    return 100 * sum(not one.right for one in accepted) / max(1, len(accepted))


if __name__ == "__main__":
    sys.exit(main())
