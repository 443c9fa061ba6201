"""The grid of 81 against plain Keras.

    python -m tests.benchmarks.grid

It times epochs of each (batch_size, time_steps) pair, the sides in turns. Plain Keras has all cores
and trains one network at a time, as it was run by hand: 81 trainings, as it does not share epochs.
Foretune has a slot on each core, with one thread each, as when it runs the grid: 27 trainings of 70
epochs. Losses are compared by tests.benchmarks.engine.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from app.domain.presets import GRID_OF_81
from app.domain.search_space.space import SearchSpace
from tests.shared import GE, SHARED

LEARNING_RATES = 3  # of the grid
EPOCHS_OF_GRID = (30, 50, 70)
LONGEST_EPOCHS = max(EPOCHS_OF_GRID)
PLAIN_KERAS = SHARED / "bench" / "plain_keras.py"


@dataclass(frozen=True)
class Pair:
    """What the seconds of an epoch depend on."""

    batch_size: int
    time_steps: int


@dataclass(frozen=True)
class PairSeconds:
    """Seconds of an epoch of one pair, in the form of figures/full.json."""

    batch_size: int
    time_steps: int
    keras: float
    foretune: float


PAIRS = [Pair(batch_size, steps) for batch_size, steps in product((20, 30, 40), (30, 60, 90))]
SHORT_PAIRS = [Pair(20, 30), Pair(30, 60), Pair(40, 90)]
WARM_UP_PAIR = Pair(40, 30)


def foretune_seconds(pair: Pair) -> float:
    """Seconds of the second epoch, with validation, of one network in this process."""
    from tests.benchmarks.engine import prepare_series
    from worker.hardware import configure_threads
    from worker.network import NetworkConfig
    from worker.training import Training

    configure_threads(1)
    searched = {"batch_size": pair.batch_size, "time_steps": pair.time_steps}
    parameters = SearchSpace.parse(GRID_OF_81.space).combination_at(0) | searched
    data = prepare_series(parameters)
    training = Training(NetworkConfig.from_parameters(parameters), data, seed=0)
    training.run_epoch()
    return training.run_epoch().seconds


def keras_seconds(pair: Pair) -> float:
    """The same by plain Keras, in a process of its own with all cores."""
    command = [
        sys.executable,
        str(PLAIN_KERAS),
        "--csv",
        str(GE),
        "--batch-size",
        str(pair.batch_size),
        "--time-steps",
        str(pair.time_steps),
        "--epochs",
        "2",
    ]
    completed = subprocess.run(command, capture_output=True, check=True)
    last_line = completed.stdout.splitlines()[-1]
    return float(json.loads(last_line)["seconds_per_epoch"])


def time_pair(pool: ProcessPoolExecutor, slots: int, pair: Pair) -> PairSeconds:
    """Time a pair by both sides; Foretune with all slots busy, as in a grid."""
    keras = keras_seconds(pair)
    foretune = statistics.mean(pool.map(foretune_seconds, [pair] * slots))
    print(
        f"batch {pair.batch_size}, {pair.time_steps} steps: "
        f"{keras:.1f} s an epoch by Keras, {foretune:.1f} in a slot",
        flush=True,
    )
    return PairSeconds(pair.batch_size, pair.time_steps, keras, foretune)


def run(full: bool) -> dict[str, Any]:
    """Time the pairs, and extrapolate to the whole grid."""
    slots = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(slots, get_context("spawn")) as pool:
        list(pool.map(foretune_seconds, [WARM_UP_PAIR] * slots))
        rows = [time_pair(pool, slots, pair) for pair in (PAIRS if full else SHORT_PAIRS)]
    trainings_per_row = LEARNING_RATES * len(PAIRS) / len(rows)
    keras_epochs = trainings_per_row * sum(EPOCHS_OF_GRID)
    foretune_epochs = trainings_per_row * LONGEST_EPOCHS / slots
    return {
        "slots": slots,
        "pairs": [asdict(row) for row in rows],
        "keras_hours": keras_epochs * sum(row.keras for row in rows) / 3600,
        "foretune_minutes": foretune_epochs * sum(row.foretune for row in rows) / 60,
        "times_as_fast": statistics.median(slots * row.keras / row.foretune for row in rows),
    }


def main() -> None:
    """Run, print, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="all nine pairs")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    started_at = time.perf_counter()
    report = run(arguments.full)
    hours = report["keras_hours"]
    minutes = report["foretune_minutes"]
    slots = report["slots"]
    Console().print(
        f"The grid of 81: {hours:.1f} hours by plain Keras, {minutes:.0f} minutes by {slots} slots"
    )
    print(f"({time.perf_counter() - started_at:.0f} s)")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
