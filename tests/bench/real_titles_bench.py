# SPDX-License-Identifier: Apache-2.0
"""Titles as other sites write them: how often the index is right, and how often it accepts what nobody told.

`make bench-matcher`, behind matcher_bench.py. The queries are those of real_titles.py, asked of an index of
all of the dataset's anime. Data that are absent are an error: benches are run by hand.

Bars, on the half that was not looked at: precision of what is accepted at least 0.985, recall at 1 at least
0.93 where a title tells its season, at most 2 % accepted where it does not. Bare names of first seasons that
a site shows for later ones are apart.
"""

import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import zstandard

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

from matcher_bench import DATASET, titled  # noqa: E402 - tests are not installed
from real_titles import BARE, RealQuery, Sourced, real_queries  # noqa: E402 - after the path is set

from otakube.domain.matching.decision import MatchDecision  # noqa: E402 - after the path is set
from otakube.domain.matching.title_index import TitleIndex, TitleMatches  # noqa: E402 - after the path is set

DATA = ROOT.parent / "shared" / "data"
PRECISION, RECALL, UNTOLD = 0.985, 0.93, 0.02


class Asked(NamedTuple):
    """A query and what the index found."""

    query: RealQuery
    found: TitleMatches

    @property
    def right(self) -> bool:
        """True if the best hit is the anime meant."""
        return bool(self.found.hits) and self.found.hits[0].id == self.query.right

    @property
    def accepted(self) -> bool:
        """True if nobody would look at it."""
        return self.found.decision is MatchDecision.ACCEPT


class Figures(NamedTuple):
    """Counts of the queries of one half."""

    told: int
    right: int
    accepted: int
    rightly: int
    untold: int
    untold_accepted: int

    @property
    def precision(self) -> float:
        """Share of what is accepted that is right, where the title tells the season."""
        return self.rightly / max(1, self.accepted)

    @property
    def recall(self) -> float:
        """Share of the queries whose best hit is right, where the title tells the season."""
        return self.right / max(1, self.told)

    @property
    def untold_share(self) -> float:
        """Share that is accepted where the title does not tell the season."""
        return self.untold_accepted / max(1, self.untold)

    @property
    def met(self) -> bool:
        """True if each bar is met."""
        return self.precision >= PRECISION and self.recall >= RECALL and self.untold_share <= UNTOLD

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} of {self.accepted} accepted, recall at 1 {self.recall:.3f} of "
            f"{self.told} that tell their season, {100 * self.untold_share:.1f} % of {self.untold} accepted "
            "that do not"
        )


def main() -> int:
    """Print the report; 0 if each bar is met."""
    if not DATASET.is_file():
        print(f"{DATASET} is absent", file=sys.stderr)
        return 2
    asked = ask_all(DATASET, DATA)
    reported = [one for one in asked if one.query.half == 1]
    _classes(reported)
    written = [one for one in reported if "as known" not in one.query.klass]
    other = [one for one in asked if one.query.half == 0]
    print(f"all queries: {len(asked)}; the half that was looked at: {figures(other)}")
    print(f"of those reported, titles that the index does not hold as written: {figures(written)}")
    print(f"the half that was not looked at: {figures(reported)}")
    print(f"bars: precision >= {PRECISION}, recall >= {RECALL}, accepted <= {100 * UNTOLD:.0f} %")
    return 0 if figures(reported).met else 1


def ask_all(dataset: Path, data: Path) -> list[Asked]:
    """All queries, and what an index of the dataset finds."""
    rows = list(sourced(dataset))
    index = TitleIndex.build([one.row for one in rows])
    return [Asked(query, index.search(query.text, 3)) for query in real_queries(data, rows)]


def sourced(dataset: Path) -> Iterator[Sourced]:
    """The dataset's anime with their pages; its first line describes the dataset."""
    with dataset.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as lines:
        for line in list(io.TextIOWrapper(lines, "utf-8"))[1:]:
            row = json.loads(line)
            yield Sourced(titled(row), frozenset(row["sources"]))


def figures(asked: Sequence[Asked]) -> Figures:
    """Count what is right and what is accepted; bare names of later seasons are left out."""
    told = [one for one in asked if one.query.told]
    untold = [one for one in asked if not one.query.told and one.query.klass != BARE]
    accepted = [one for one in told if one.accepted]
    return Figures(
        told=len(told),
        right=sum(one.right for one in told),
        accepted=len(accepted),
        rightly=sum(one.right for one in accepted),
        untold=len(untold),
        untold_accepted=sum(one.accepted for one in untold),
    )


def _classes(asked: Sequence[Asked]) -> None:
    classes: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        classes[one.query.klass].append(one)
    print(f"{'class':34} {'n':>5} {'recall@1':>9} {'accepted':>9} {'wrong':>6}")
    for name, some in sorted(classes.items()):
        accepted = [one for one in some if one.accepted]
        recall = f"{sum(one.right for one in some) / len(some):9.3f}" if some[0].query.told else "        –"
        wrong = sum(not one.right for one in accepted)
        print(f"{name:34} {len(some):5} {recall} {len(accepted) / len(some):9.3f} {wrong:6}")


if __name__ == "__main__":
    sys.exit(main())
