# SPDX-License-Identifier: Apache-2.0
"""Shortlist of similar texts out of very many: those that share the most, and the rarest, grams with a query.

Nothing is built: the index of a hundred thousand titles costs seconds and hundreds of MiB, which no single
search is worth. Grams are as in `ngrams`: trigrams, and pairs of ideographs.
"""

import math
from collections.abc import Sequence
from heapq import nlargest

_MOST_GRAMS = 64  # of a query; what more letters say, these say
_LENGTH = 0.6  # exponent of a text's length: a text that holds more than the query is less punished
_IDEOGRAPHIC = "\u2e80"  # from here on two letters say as much as three


def shortlist(query: str, texts: Sequence[str], limit: int) -> list[int]:
    """Positions of at most `limit` texts, best first."""
    weights = {gram: _rarity(gram, texts) for gram in _grams(query)}

    def score(place: int) -> float:
        shared = sum(weight for gram, weight in weights.items() if gram in texts[place])
        return shared / math.pow(max(1, len(texts[place])), _LENGTH)

    best = nlargest(limit, ((score(place), -place) for place in range(len(texts))))
    return [-place for worth, place in best if worth > 0]


def _rarity(gram: str, texts: Sequence[str]) -> float:
    shared = sum(gram in text for text in texts)
    return math.log((2 + len(texts)) / (1 + shared)) ** 2


def _grams(query: str) -> list[str]:
    three = [query[at : at + 3] for at in range(len(query) - 2)]
    two = [query[at : at + 2] for at in range(len(query) - 1) if min(query[at : at + 2]) >= _IDEOGRAPHIC]
    return list(dict.fromkeys([*three, *two] or ([query] if query else [])))[:_MOST_GRAMS]
