"""What an epoch costs that predicts many rows ahead, against one that predicts the next row.

    python -m tests.benchmarks.horizon [--horizon 24] [--rounds 21] [--engines native fused keras]

An epoch is what a trial waits for: training, and validation with the errors of every step. Both
sides have the same network and series, take turns in one thread, and differ in their outputs alone.
Times are of the processor, so that other programs on a shared machine disturb them less.
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from rich.console import Console
from rich.table import Table

from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from tests.benchmarks import machine
from tests.benchmarks.engine import COLUMNS, Side, read_series
from worker.engines.selection import ENGINES
from worker.hardware import configure_threads
from worker.network import NetworkConfig
from worker.windows import PreparedData, WindowConfig, prepare

MAX_RATIO = 1.3  # what an epoch of 24 rows ahead may cost
SEED = 1


@dataclass(frozen=True)
class Case:
    """A network to time: the default one with these changes, on so many columns."""

    name: str
    changes: dict[str, Any] = field(default_factory=dict)
    columns: int = len(COLUMNS)

    @property
    def parameters(self) -> dict[str, Any]:
        """Complete hyperparameters."""
        return with_defaults(self.changes)


CASES = (
    Case("the default: LSTM 32, 30 steps"),
    Case("LSTM 32, 24 steps", {"time_steps": 24}),
    Case("LSTM 32, 48 steps", {"time_steps": 48}),
    Case("LSTM 32, 24 steps, one column", {"time_steps": 24}, columns=1),
    Case("GRU 32, 24 steps, one column", {"time_steps": 24, "cell": "gru"}, columns=1),
    Case("LSTM 16, 24 steps, one column", {"time_steps": 24, "units_1": 16}, columns=1),
)


@dataclass(frozen=True)
class Comparison:
    """What was measured of one network with one engine."""

    engine: str
    case: str
    seconds: float  # the median epoch of one row ahead
    far_seconds: float  # the median epoch of many rows ahead
    ratios: list[float]  # far over near, one a round

    @property
    def ratio(self) -> float:
        """The median."""
        return statistics.median(self.ratios)


def main() -> None:
    """Time every network with every engine that supports it, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--horizon", type=int, default=24, help="rows ahead")
    parser.add_argument("--rounds", type=int, default=21, help="epochs of each side")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["native", "fused"])
    options = parser.parse_args()
    configure_threads(1)
    comparisons = []
    for engine in options.engines:
        for case in CASES:
            if ENGINES[engine].supports(NetworkConfig.from_parameters(case.parameters)):
                comparisons.append(compare_horizons(engine, case, options.horizon, options.rounds))
    show_table(comparisons, options.horizon)


def compare_horizons(engine: str, case: Case, horizon: int, rounds: int) -> Comparison:
    """Epochs of one row ahead and of `horizon` rows ahead, which take turns."""
    near = epoch_side(engine, case, horizon=1)
    far = epoch_side(engine, case, horizon)
    near()
    far()
    near_seconds = []
    far_seconds = []
    for number in range(rounds):
        if number % 2:
            far_seconds.append(processor_seconds(far))
            near_seconds.append(processor_seconds(near))
        else:
            near_seconds.append(processor_seconds(near))
            far_seconds.append(processor_seconds(far))
    return Comparison(
        engine=engine,
        case=case.name,
        seconds=statistics.median(near_seconds),
        far_seconds=statistics.median(far_seconds),
        ratios=[b / a for a, b in zip(near_seconds, far_seconds, strict=True)],
    )


def processor_seconds(side: Side) -> float:
    """Seconds of one call in which this process computed."""
    started_at = time.process_time()
    side()
    return time.process_time() - started_at


def epoch_side(engine_name: str, case: Case, horizon: int) -> Side:
    """One epoch of an engine, as a training runs it; returns the validation RMSE."""
    data = prepare_series(case, horizon)
    config = NetworkConfig.from_parameters(case.parameters, horizon)
    engine = ENGINES[engine_name].create(config, data, SEED)

    def run() -> float:
        engine.train_epoch(data.train)
        outputs = engine.predict(data.validation)
        return data.measure_errors(outputs, data.validation).rmse

    return run


def prepare_series(case: Case, horizon: int) -> PreparedData:
    """The last columns of the series as the network sees them; the target is the first of these."""
    series = read_series()[:, -case.columns :]
    names = COLUMNS[-case.columns :]
    config = WindowConfig.from_parameters(case.parameters, horizon)
    return prepare(np.ascontiguousarray(series), 0, config, Split().parts(len(series)), names)


def show_table(comparisons: list[Comparison], horizon: int) -> None:
    """One row a comparison."""
    table = Table(
        "engine",
        "network",
        "1 row, ms",
        f"{horizon} rows, ms",
        "ratio",
        "quartiles",
        title=f"An epoch of {horizon} rows ahead; wanted is a ratio of at most {MAX_RATIO}",
        caption=f"1 thread, {machine.describe_machine(os.environ)}, {time.strftime('%Y-%m-%d')}",
    )
    for comparison in comparisons:
        lower, _, upper = statistics.quantiles(comparison.ratios, n=4)
        table.add_row(
            comparison.engine,
            comparison.case,
            f"{1000 * comparison.seconds:.0f}",
            f"{1000 * comparison.far_seconds:.0f}",
            f"{comparison.ratio:.2f}",
            f"{lower:.2f} to {upper:.2f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
