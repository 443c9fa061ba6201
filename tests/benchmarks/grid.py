"""The grid of 81 against plain Keras: `python -m tests.benchmarks.grid`.

A sample of epochs of each (batch_size, time_steps) pair, the sides in turns: plain Keras with all cores, one training
at a time, as it was run by hand (81 trainings: it does not know that epochs are free); Foretune with one slot per core,
one thread each, as it runs the grid (27 trainings of 70 epochs). Losses are compared by tests.benchmarks.engine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from app.domain.presets import GRID_OF_81
from app.domain.search_space.space import SearchSpace
from tests.shared import GE, SHARED

PAIRS = list(product((20, 30, 40), (30, 60, 90)))
SHORT = [(20, 30), (30, 60), (40, 90)]
RATES, LONGEST, ASKED = 3, 70, 30 + 50 + 70


def foretune_seconds(pair: tuple[int, int]) -> float:
    """Seconds of the second epoch of one network of the grid, validation included, in this process."""
    from tests.benchmarks.engine import prepared
    from worker.hardware import configure_threads
    from worker.network import NetworkConfig
    from worker.training import Training

    configure_threads(1)
    values = SearchSpace.parse(GRID_OF_81.space).combination_at(0) | {
        "batch_size": pair[0],
        "time_steps": pair[1],
    }
    training = Training(NetworkConfig.from_parameters(values), prepared(values), 0)
    training.run_epoch()
    return training.run_epoch().seconds


def keras_seconds(pair: tuple[int, int]) -> float:
    """The same by plain Keras, in a process of its own with all cores."""
    script = SHARED / "bench" / "plain_keras.py"
    command = [sys.executable, str(script), "--csv", str(GE), "--batch-size", str(pair[0])]
    done = subprocess.run(
        [*command, "--time-steps", str(pair[1]), "--epochs", "2"], capture_output=True, check=True
    )
    return float(json.loads(done.stdout.splitlines()[-1])["seconds_per_epoch"])


def run(full: bool) -> dict[str, Any]:
    """Time every pair by both sides in turns."""
    slots, rows = len(os.sched_getaffinity(0)), []
    with ProcessPoolExecutor(slots, get_context("spawn")) as pool:
        list(pool.map(foretune_seconds, [(40, 30)] * slots))  # compiled, loaded
        for pair in PAIRS if full else SHORT:
            keras = keras_seconds(pair)
            ours = statistics.mean(
                pool.map(foretune_seconds, [pair] * slots)
            )  # all slots busy, as in a grid
            rows.append(
                {"batch_size": pair[0], "time_steps": pair[1], "keras": keras, "foretune": ours}
            )
            print(
                f"batch {pair[0]}, {pair[1]} steps: {keras:.1f} s an epoch by Keras, {ours:.1f} in a slot",
                flush=True,
            )
    share = len(PAIRS) / len(rows)
    return {
        "slots": slots,
        "pairs": rows,
        "keras_hours": share * RATES * ASKED * sum(row["keras"] for row in rows) / 3600,
        "foretune_minutes": share
        * RATES
        * LONGEST
        * sum(row["foretune"] for row in rows)
        / slots
        / 60,
        "times_as_fast": statistics.median(slots * row["keras"] / row["foretune"] for row in rows),
    }


def main() -> None:
    """Run, print, write JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="all nine pairs")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    started = time.perf_counter()
    report = run(arguments.full)
    hours, minutes = report["keras_hours"], report["foretune_minutes"]
    Console().print(
        f"The grid of 81: {hours:.1f} hours by plain Keras, {minutes:.0f} minutes by {report['slots']} slots"
    )
    print(f"({time.perf_counter() - started:.0f} s)")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
