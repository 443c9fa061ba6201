"""How fast the engines train against `model.fit`, in one thread.

    python -m tests.benchmarks.engine [--full]

The sides take turns, and ratios are medians of pairs. The floor is the same matrix products alone,
in a tight loop.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from app.domain.terms import Part
from tests.benchmarks import machine
from tests.shared import GE
from tests.worker.networks import cut_windows, tiny_parameters
from worker.engines.native.jit import cached_njit
from worker.engines.selection import ENGINES, FUSED
from worker.hardware import configure_threads
from worker.network import NetworkConfig, build_model, initial_weights
from worker.training import Training
from worker.windows import PreparedData, WindowConfig, prepare

COLUMNS = ("Open", "High", "Low", "Close", "Volume")
SERIES_ROWS = 14_058  # of GE's prices, and of the random walk in their place
SHORT_SIZE = {"pairs": 5, "steps": 60}
FULL_SIZE = {"pairs": 9, "steps": 400}
COMPARED_EPOCHS = 3
SEED = 1

Side = Callable[[], float]  # computes once and returns a loss


@dataclass(frozen=True)
class Case:
    """A network to time, and how many times as fast as `model.fit` it has to be."""

    name: str
    parameters: dict[str, Any]
    required_ratio: float | None = None


def make_case(name: str, required_ratio: float | None = None, **changes: Any) -> Case:
    """A network with these hyperparameters: `units_1` of its first layer, and so on."""
    defaults = {"learning_rate": 0.001, "batch_size": 32, "time_steps": 60}
    return Case(name, tiny_parameters(**defaults | changes), required_ratio)


CASES = [
    make_case("LSTM 32, 30 steps, batch 32", 5.0, units_1=32, time_steps=30),
    make_case("LSTM 64+32, 60 steps, batch 32", 5.0, recurrent_layers=2, units_1=64, units_2=32),
    make_case(
        "LSTM 100+60, 60 steps, batch 20",
        2.2,
        recurrent_layers=2,
        units_1=100,
        units_2=60,
        batch_size=20,
    ),
    make_case("GRU 32, 30 steps, batch 32", cell="gru", units_1=32, time_steps=30),
    make_case("LSTM 32, recurrent dropout", units_1=32, time_steps=30, recurrent_dropout_1=0.2),
]


def read_series() -> np.ndarray:
    """Five columns of GE's daily prices, or, where they are missing, of a random walk."""
    if GE.exists():
        return pd.read_csv(GE)[list(COLUMNS)].to_numpy(float)
    steps = np.random.default_rng(1).normal(0, 0.01, (SERIES_ROWS, len(COLUMNS)))
    return np.exp(steps.cumsum(axis=0))


def prepare_series(parameters: dict[str, Any], rows: int = SERIES_ROWS) -> PreparedData:
    """The last rows as a network sees them: 80 % train, 10 % validation, 10 % test."""
    series = read_series()[-rows:]
    train_end = int(len(series) * 0.8)
    validation_end = int(len(series) * 0.9)
    parts = {
        Part.TRAIN: range(train_end),
        Part.VALIDATION: range(train_end, validation_end),
        Part.TEST: range(validation_end, len(series)),
    }
    config = WindowConfig.from_parameters(parameters)
    return prepare(series, COLUMNS.index("Close"), config, parts, COLUMNS)


def fit_side(config: NetworkConfig, data: PreparedData, rows: np.ndarray) -> Side:
    """One epoch of stock layers under `model.fit`."""
    from worker.engines.optimizers import keras_optimizer

    features = data.inputs.shape[1]
    x, y = cut_windows(data, rows, config.time_steps)
    model = build_model(config, features)
    model.set_weights(initial_weights(config, features, SEED))
    model.compile(loss="mse", optimizer=keras_optimizer(config.optimizer, config.learning_rate))

    def run() -> float:
        history = model.fit(x, y, batch_size=config.batch_size, shuffle=False, verbose=0)
        return history.history["loss"][0]

    return run


def engine_side(name: str, config: NetworkConfig, data: PreparedData, rows: np.ndarray) -> Side:
    """One epoch of an engine."""
    engine = ENGINES[name].create(config, data, SEED)
    return lambda: engine.train_epoch(rows)


@cached_njit
def multiply_layer(
    inputs: np.ndarray,
    kernel: np.ndarray,
    gates: np.ndarray,
    input_gradient: np.ndarray,
    transposed_kernel: np.ndarray,
    kernel_gradient: np.ndarray,
    count: int,
) -> None:
    """The matrix products of one layer, forward and backward, `count` times."""
    steps, batch, width = inputs.shape
    for _ in range(count):
        for t in range(steps):
            np.dot(inputs[t], kernel, gates[t])
        for t in range(steps):
            np.dot(gates[t], transposed_kernel, input_gradient[t])
        np.dot(
            inputs.reshape((steps * batch, width)).T,
            gates.reshape((steps * batch, gates.shape[2])),
            kernel_gradient,
        )


def floor_side(config: NetworkConfig, features: int, count: int) -> Side:
    """The matrix products of `count` training steps, and nothing else."""
    layers = []
    width = features
    for index, layer in enumerate(config.recurrent_layers):
        arrays = _layer_arrays(config, width, layer.units, is_first=index == 0)
        layers.append(arrays)
        width = layer.units

    def run() -> float:
        for arrays in layers:
            multiply_layer(*arrays, count)
        return 0.0

    return run


def _layer_arrays(
    config: NetworkConfig, width: int, units: int, *, is_first: bool
) -> list[np.ndarray]:
    """The arrays of `multiply_layer`. The first layer needs no gradient of its inputs."""
    steps = config.time_steps
    batch = config.batch_size
    gates = config.cell.gates * units
    joined = width + units  # inputs and state side by side
    gradient_width = units if is_first else joined
    shapes = [
        (steps, batch, joined),
        (joined, gates),
        (steps, batch, gates),
        (steps, batch, gradient_width),
        (gates, gradient_width),
        (joined, gates),
    ]
    return [np.full(shape, 0.01, np.float32) for shape in shapes]


def measure_seconds(side: Side) -> float:
    """Seconds of one call."""
    started_at = time.perf_counter()
    side()
    return time.perf_counter() - started_at


def compare_case(case: Case, pairs: int, steps: int) -> dict[str, Any]:
    """Milliseconds a step of each side, ratios to `model.fit`, and the difference of losses."""
    config = NetworkConfig.from_parameters(case.parameters)
    data = prepare_series(case.parameters)
    rows = data.train[: steps * config.batch_size]
    steps = len(rows) // config.batch_size
    sides = {
        "fit": fit_side(config, data, rows),
        "native": engine_side("native", config, data, rows),
    }
    if FUSED.supports(config):
        sides["fused"] = engine_side("fused", config, data, rows)
    losses = {name: [side() for _ in range(COMPARED_EPOCHS)] for name, side in sides.items()}
    sides["floor"] = floor_side(config, data.inputs.shape[1], steps)
    sides["floor"]()
    rounds = []
    for _ in range(pairs):
        rounds.append({name: measure_seconds(side) for name, side in sides.items()})
    return {
        "case": case.name,
        "wanted": case.required_ratio,
        "steps": steps,
        "ms_per_step": _milliseconds_per_step(rounds, steps),
        "times_as_fast": _ratios_to_fit(rounds),
        "native_to_floor": statistics.median(
            seconds["native"] / seconds["floor"] for seconds in rounds
        ),
        "loss_difference": None if config.has_recurrent_dropout else loss_differences(losses),
    }


def _milliseconds_per_step(rounds: list[dict[str, float]], steps: int) -> dict[str, float]:
    """The median of each side."""
    medians = {}
    for name in rounds[0]:
        median = statistics.median(seconds[name] for seconds in rounds)
        medians[name] = 1000 * median / steps
    return medians


def _ratios_to_fit(rounds: list[dict[str, float]]) -> dict[str, float]:
    """How many times as fast as `model.fit` each other side is: the median over the rounds."""
    ratios = {}
    for name in rounds[0]:
        if name != "fit":
            ratios[name] = statistics.median(seconds["fit"] / seconds[name] for seconds in rounds)
    return ratios


def loss_differences(losses: dict[str, list[float]]) -> dict[str, float]:
    """The largest relative difference of each engine to the losses of `model.fit`."""
    fit_losses = np.array(losses["fit"])
    differences = {}
    for name, engine_losses in losses.items():
        if name != "fit":
            ratios = np.array(engine_losses) / fit_losses
            differences[name] = float(np.max(np.abs(ratios - 1)))
    return differences


class Stopwatch:
    """Milliseconds of named pieces of work."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work, note its time, and return its result."""
        started_at = time.perf_counter()
        result = work()
        self.milliseconds[name] = 1000 * (time.perf_counter() - started_at)
        return result


def measure_overhead(case: Case) -> dict[str, Any]:
    """Milliseconds that a trial costs outside its epochs.

    The network has a unit more than the case's, as a slot trains one network after another.
    """
    parameters = case.parameters | {"units_1": case.parameters["units_1"] + 1}
    config = NetworkConfig.from_parameters(parameters)
    stopwatch = Stopwatch()
    data = stopwatch.time("prepare", lambda: prepare_series(parameters))
    training = stopwatch.time("build", lambda: Training(config, data, SEED))
    first_epoch = training.run_epoch().seconds
    stopwatch.time("weights", training.weights)
    stopwatch.time("checkpoint", training.checkpoint)
    rows = np.concatenate([data.validation, data.test])
    stopwatch.time("forecast", lambda: training.predict(training.weights(), rows))
    second_epoch = training.run_epoch().seconds
    milliseconds = stopwatch.milliseconds
    milliseconds["first epoch over the second"] = 1000 * (first_epoch - second_epoch)
    return {"case": case.name, "milliseconds": milliseconds}


def show_report(report: dict[str, Any]) -> None:
    """Print the report as tables."""
    console = Console()
    console.print(_step_table(report))
    names = list(report["overhead"][0]["milliseconds"])
    overhead_table = Table("network", *names, title="A trial outside its epochs, ms")
    for row in report["overhead"]:
        cells = [f"{row['milliseconds'][name]:.1f}" for name in names]
        overhead_table.add_row(row["case"], *cells)
    console.print(overhead_table)


def _step_table(report: dict[str, Any]) -> Table:
    """One row a network; cells of what was not measured are empty."""
    sides = ("fit", "native", "fused", "floor")
    step_table = Table(
        "network",
        *(f"{side} ms" for side in sides),
        "native",
        "wanted",
        "fused",
        "to floor",
        "loss difference",
        title=f"One training step, {report['machine']}",
    )
    for row in report["steps"]:
        ratios = row["times_as_fast"]
        differences = row["loss_difference"] or {}
        step_table.add_row(
            row["case"],
            *(_format(row["ms_per_step"].get(side), ".2f") for side in sides),
            _format(ratios["native"], ".1f", "x"),
            _format(row["wanted"], "g", "x"),
            _format(ratios.get("fused"), ".1f", "x"),
            _format(row["native_to_floor"], ".2f"),
            _format(differences.get("native"), ".0e"),
        )
    return step_table


def _format(number: float | None, spec: str, suffix: str = "") -> str:
    return "" if number is None else f"{number:{spec}}{suffix}"


def main() -> None:
    """Time every case, print tables, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="more steps and more pairs")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    configure_threads(1)
    size = FULL_SIZE if arguments.full else SHORT_SIZE
    report = {
        "machine": f"1 thread, {machine.describe_machine(os.environ)}",
        "date": time.strftime("%Y-%m-%d"),
        "data": GE.name if GE.exists() else "a random walk",
        "size": size,
        "steps": [compare_case(case, **size) for case in CASES],
        "overhead": [measure_overhead(case) for case in CASES],
    }
    show_report(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
