"""How the time to read a text grows with its length."""

import gc
import time
from collections.abc import Callable
from typing import Any

LENGTH_FACTOR = 8
MAX_TIME_FACTOR = 30  # quadratic work takes 64 times as long
MIN_MEASURABLE_SECONDS = 0.01  # shorter times are noise
ATTEMPTS = 3


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
    """Assert that reading a text of eight times the size takes far less than 64 times as long.

    What other programs do can only lengthen a time: the shortest of all attempts counts.
    """
    short_text = text_of(size)
    long_text = text_of(LENGTH_FACTOR * size)
    read(text_of(10))

    short_times, long_times = [], []
    for _ in range(ATTEMPTS):
        short_times.append(measure_seconds(lambda: read(short_text)))
        long_times.append(measure_seconds(lambda: read(long_text), runs=2))
        short, long = min(short_times), min(long_times)
        if long <= MAX_TIME_FACTOR * max(short, MIN_MEASURABLE_SECONDS):
            return

    raise AssertionError(f"{short:.4f} s at {size:,}, {long:.4f} s at {LENGTH_FACTOR * size:,}")
