# SPDX-License-Identifier: Apache-2.0
"""Growth of work with the size of its input: a ratio of CPU times, which a busy machine hardly changes."""

import time
from collections.abc import Callable

LINEAR = 3.0  # for twice the input: 2 if work is linear, 4 if it grows with the square


def growth(work: Callable[[int], object], size: int) -> float:
    """CPU time for twice the size, over that for the size; the best of five each, in turns."""
    once, twice = [], []
    for _ in range(5):
        once.append(_cpu(work, size))
        twice.append(_cpu(work, 2 * size))
    return min(twice) / min(once)


def _cpu(work: Callable[[int], object], size: int) -> float:
    begin = time.thread_time()
    work(size)
    return time.thread_time() - begin
