"""How the time to read a text grows with its length."""

import gc
import time
from collections.abc import Callable
from math import inf
from typing import Any

LENGTH_FACTOR = 8
MAX_TIME_FACTOR = 30  # quadratic work takes 64 times as long
MIN_MEASURABLE_SECONDS = 0.01  # shorter times are noise
ATTEMPTS = 4  # other processes take the caches and the memory's bandwidth meanwhile


def measure_seconds(run: Callable[[], object], runs: int = 3) -> float:
    """CPU seconds of the shortest of a few runs, without collections of garbage in them."""
    seconds = []
    gc.disable()
    for _ in range(runs):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    gc.enable()
    return min(seconds)


def assert_no_worse_than_linear(
    read: Callable[[Any], object], text_of: Callable[[int], Any], size: int
) -> None:
    """Assert that reading a text of eight times the size takes far less than 64 times as long."""
    short_text = text_of(size)
    long_text = text_of(LENGTH_FACTOR * size)
    read(text_of(10))

    short = inf
    long = inf
    for _ in range(ATTEMPTS):
        short = min(short, measure_seconds(lambda: read(short_text)))
        long = min(long, measure_seconds(lambda: read(long_text), runs=2))
        limit = MAX_TIME_FACTOR * max(short, MIN_MEASURABLE_SECONDS)
        if long <= limit:
            return
    raise AssertionError(f"{short:.4f} s at {size:,}, {long:.4f} s at {LENGTH_FACTOR * size:,}")
