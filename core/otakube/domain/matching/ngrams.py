# SPDX-License-Identifier: Apache-2.0
"""Index of similar short texts: character trigrams, weighed by how rare they are.

An inverted index in numpy, which is imported only where one is built: `otakube step` must not pay for it.
"""

from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

_BUCKETS = 1 << 18  # of hashed grams: ten times the trigrams of all titles, so that few share one
_POSTINGS = 60_000  # read for one query, those of its rarest grams first: the bound of its time
_LENGTH = 0.6  # exponent of a text's weight: below 1, a text that holds more than the query is less punished
_WORTH = 0.35  # of the best score, from which a text is a candidate
_IDEOGRAPHIC = 0x2E80  # from here on two characters say as much as three letters


class Ngrams(NamedTuple):
    """Postings sorted by gram: those of gram g are `texts[starts[g] : starts[g + 1]]`."""

    size: int
    starts: "Integers"
    texts: "NDArray[np.int32]"
    weights: "NDArray[np.float32]"  # of a gram in a text, the text's length allowed for

    @classmethod
    def build(cls, texts: list[str]) -> Self:
        """Index the texts; they are named by their positions from then on."""
        import numpy as np

        grams, owners = _pairs(texts)
        counts = np.bincount(grams, minlength=_BUCKETS)
        rarity = np.log((1 + len(texts)) / (1 + counts)) ** 2
        own = rarity[grams]
        lengths = np.bincount(owners, weights=own, minlength=len(texts)) ** _LENGTH
        return cls(
            size=len(texts),
            starts=np.concatenate(([0], np.cumsum(counts))),
            texts=owners.astype(np.int32),
            weights=(own / np.maximum(lengths[owners], 1e-9)).astype(np.float32),
        )

    def nearest(self, text: str, limit: int) -> list[int]:
        """At most `limit` texts that share the most, and the rarest, grams with this one; best first."""
        import numpy as np

        slices = self._slices(text)
        if not slices:
            return []
        texts = np.concatenate([self.texts[one] for one in slices])
        weights = np.concatenate([self.weights[one] for one in slices])
        scores = np.bincount(texts, weights=weights, minlength=self.size)
        worth = np.flatnonzero(scores >= _WORTH * scores.max())
        if len(worth) > limit:
            worth = worth[np.argpartition(-scores[worth], limit)[:limit]]
        found: list[int] = worth[np.argsort(-scores[worth], kind="stable")].tolist()
        return found

    def _slices(self, text: str) -> list[slice]:
        """The postings to read: of all grams, or of the rarest if the common ones would cost too much."""
        import numpy as np

        grams = np.unique(_pairs([text])[0])
        starts, ends = self.starts[grams], self.starts[grams + 1]
        order = np.argsort(ends - starts, kind="stable")
        read = np.cumsum((ends - starts)[order])
        chosen = order[(read <= _POSTINGS) & (ends - starts > 0)[order]]
        return [slice(*bounds) for bounds in zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True)]


def _pairs(texts: list[str]) -> "tuple[Integers, Integers]":
    """(gram, text) pairs, each once, sorted: trigrams over bounded texts, and pairs of ideographs."""
    import numpy as np

    encoded = "".join(f"\1{text}\2" for text in texts).encode("utf-32-le", "replace")
    codes = np.frombuffer(encoded, dtype="<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) + 2 for text in texts])
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    three = owners[:-2] == owners[2:]
    two = (first >= _IDEOGRAPHIC) & (second >= _IDEOGRAPHIC)
    grams = np.concatenate([_hash(first, second, third)[three], _hash(first, second, second * 0)[two]])
    theirs = np.concatenate([owners[:-2][three], owners[:-2][two]]).astype(np.uint64)
    pairs = np.unique((grams << np.uint64(32)) | theirs)
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _hash(*codes: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    import numpy as np

    mixed = np.zeros_like(codes[0])
    for one in codes:
        mixed = (mixed ^ one) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed & np.uint64(_BUCKETS - 1)
