# SPDX-License-Identifier: Apache-2.0
"""The identity gate: whether all providers speak of one anime."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from otakube.domain.matching.agreement import SAME_ANIME, agreement, contradicts, linked
from otakube.domain.matching.decision import ACCEPT
from otakube.domain.record.claims import Metadata
from otakube.domain.record.golden import GateFinding
from otakube_api.contract import Gate, Provider

# A provider's own link outweighs another title and another count; not another title, year and length at once.
CONTRADICTS = 0.3


def doubtful(
    described: Mapping[Provider, Metadata], vouched: Collection[Provider], ignored: Sequence[Metadata] = ()
) -> dict[Provider, float]:
    """Providers whose anime may be another, with how well it agrees with the sure ones at best.

    Pages that link to each other must merely not contradict, which weighs more as their numbers grow apart.
    `vouched` are those whose page a person named, or the catalogue holds: they must resemble each other, for
    a person may slip. A page that was found by its title must agree beyond doubt. `ignored` are descriptions
    that take no part in the merge, and still say which anime is meant.
    """
    sure = list(ignored)
    doubts: dict[Provider, float] = {}
    for provider in sorted(described, key=lambda one: (one not in vouched, list(Provider).index(one))):
        one = described[provider]
        best = max((agreement(one, other) for other in sure), default=1.0)
        links = [other for other in sure if linked(one, other)]
        denied = bool(links) and all(contradicts(one, other) for other in links)
        if best >= _least(provider in vouched, bool(links)) and not denied:
            sure.append(one)
        else:
            doubts[provider] = best
    return doubts


def _least(vouched: bool, linked: bool) -> float:
    """The agreement from which a page is not in doubt."""
    return CONTRADICTS if linked else SAME_ANIME if vouched else ACCEPT


def surely_another(one: Metadata, best: float, others: Iterable[Metadata]) -> bool:
    """A page that no other links and that hardly resembles them: found by a title that two anime share.

    `best` is how well it agrees with the sure ones. That is no question for a reviewer.
    """
    return best < SAME_ANIME and not any(linked(one, other) for other in others if other is not one)


def doubt(provider: Provider, described: Metadata, best: float) -> GateFinding:
    """The finding that a reviewer sees: which page to compare."""
    message = f"{provider}'s page {described.source_url} may show another anime (agreement {best:.2f})"
    return GateFinding(gate=Gate.IDENTITY, message=message[:500])
