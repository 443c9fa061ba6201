"""How long a board of baselines takes beside a running search.

    python -m tests.benchmarks.board [rows] [--busy 2] [--horizon 1]

Hourly rows with a day and a week; `--busy` so many other processes compute all the while, as the
slots of a search do. One thread, as in a slot.
"""

import argparse
import resource
import time
from multiprocessing import Process

import numpy as np
from threadpoolctl import threadpool_limits

from app.domain.split import Split
from app.domain.terms import Part
from worker.baselines.board import FORECASTERS, compute_baseline
from worker.baselines.library import load_models
from worker.baselines.source import BoardSource

MEGABYTE = 1024  # of what getrusage counts in


def _make_source(rows: int, horizon: int) -> BoardSource:
    row_numbers = np.arange(rows)
    generator = np.random.default_rng(0)
    day = 20 * np.sin(2 * np.pi * row_numbers / 24)
    week = 10 * np.sin(2 * np.pi * row_numbers / 168)
    wander = 0.1 * np.cumsum(generator.normal(size=rows))
    values = 200 + day + week + wander + generator.normal(size=rows)
    dates = np.datetime64("2020-01-01", "us") + row_numbers * np.timedelta64(1, "h")
    return BoardSource(values, dates, Split().parts(rows), (24.0, 168.0), horizon)


def _compute_for_ever() -> None:
    matrix = np.random.default_rng(0).normal(size=(200, 200))
    with threadpool_limits(1):
        while True:
            matrix @ matrix


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000)
    parser.add_argument("--busy", type=int, default=2)
    parser.add_argument("--horizon", type=int, default=1)
    arguments = parser.parse_args()
    source = _make_source(arguments.rows, arguments.horizon)
    busy = [Process(target=_compute_for_ever, daemon=True) for _ in range(arguments.busy)]
    for process in busy:
        process.start()
    memory_before = _peak_megabytes()
    started = time.perf_counter()
    load_models()
    loaded = time.perf_counter()
    print(f"import {loaded - started:.2f} s, {_peak_megabytes() - memory_before:.0f} MB")
    with threadpool_limits(1):
        for name in FORECASTERS:
            used_before = time.process_time()
            result = compute_baseline(name, source)
            used = time.process_time() - used_before
            scores = result.scores.get(Part.TEST)
            rmse = "" if scores is None else f"test RMSE {scores.rmse:.4f}"
            times = f"{result.seconds:6.2f} s, {used:6.2f} s of computing"
            print(f"{name:15} {times}  {result.problem or rmse}", flush=True)
    total = time.perf_counter() - started
    used = time.process_time()
    print(f"{arguments.rows:,} rows: {total:.1f} s, {used:.1f} s of computing")
    print(f"peak {_peak_megabytes():.0f} MB")
    for process in busy:
        process.kill()


if __name__ == "__main__":
    main()
