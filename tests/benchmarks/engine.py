"""How fast the engines train against `model.fit`, in one thread: `python -m tests.benchmarks.engine [--full]`.

Sides take turns and ratios are medians of pairs. The floor is the same matrix products alone in a tight loop.
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
ENOUGH = {"pairs": 5, "steps": 60}
FULL = {"pairs": 9, "steps": 400}
EPOCHS_COMPARED = 3


@dataclass(frozen=True)
class Case:
    """A network to time, and how many times as fast as `model.fit` it has to be."""

    name: str
    parameters: dict[str, Any]
    wanted: float | None = None


def case(name: str, wanted: float | None = None, **changes: Any) -> Case:
    """A network whose first layer has `units_1` and so on."""
    return Case(
        name,
        tiny_parameters(**{"learning_rate": 0.001, "batch_size": 32, "time_steps": 60} | changes),
        wanted,
    )


CASES = [
    case("LSTM 32, 30 steps, batch 32", 5.0, units_1=32, time_steps=30),
    case("LSTM 64+32, 60 steps, batch 32", 5.0, recurrent_layers=2, units_1=64, units_2=32),
    case(
        "LSTM 100+60, 60 steps, batch 20",
        2.2,
        recurrent_layers=2,
        units_1=100,
        units_2=60,
        batch_size=20,
    ),
    case("GRU 32, 30 steps, batch 32", cell="gru", units_1=32, time_steps=30),
    case("LSTM 32, recurrent dropout", units_1=32, time_steps=30, recurrent_dropout_1=0.2),
]


def series() -> tuple[np.ndarray, str]:
    """Five columns of daily prices, or where they are missing a random walk of the same length; and which it is."""
    if GE.exists():
        return pd.read_csv(GE)[list(COLUMNS)].to_numpy(float), GE.name
    steps = np.random.default_rng(1).normal(0, 0.01, (14_058, len(COLUMNS)))
    return np.exp(steps.cumsum(axis=0)), "a random walk"


def prepared(values: dict[str, Any]) -> PreparedData:
    """The series seen through parameters: 80 % train, 10 % validation, 10 % test."""
    rows, _ = series()
    cut, half = int(len(rows) * 0.8), int(len(rows) * 0.9)
    parts = {
        Part.TRAIN: range(cut),
        Part.VALIDATION: range(cut, half),
        Part.TEST: range(half, len(rows)),
    }
    config = WindowConfig.from_parameters(values)
    return prepare(rows, COLUMNS.index("Close"), config, parts, COLUMNS)


def fit_side(values: dict[str, Any], data: PreparedData, rows: np.ndarray) -> Callable[[], float]:
    """One epoch of stock layers under `model.fit`; returns its loss."""
    from worker.engines.optimizers import keras_optimizer

    config = NetworkConfig.from_parameters(values)
    x, y = cut_windows(data, rows, config.time_steps)
    model = build_model(config, data.inputs.shape[1])
    model.set_weights(initial_weights(config, data.inputs.shape[1], 1))
    model.compile(loss="mse", optimizer=keras_optimizer(config.optimizer, config.learning_rate))
    options = {"batch_size": values["batch_size"], "epochs": 1, "shuffle": False, "verbose": 0}
    return lambda: model.fit(x, y, **options).history["loss"][0]


def engine_side(
    name: str, values: dict[str, Any], data: PreparedData, rows: np.ndarray
) -> Callable[[], float]:
    """One epoch of an engine; returns its loss."""
    engine = ENGINES[name].create(NetworkConfig.from_parameters(values), data, 1)
    return lambda: engine.train_epoch(rows)


@cached_njit
def products(seen: np.ndarray, kernel: np.ndarray, gates: np.ndarray, back: np.ndarray, turned: np.ndarray,
             gradient: np.ndarray, count: int) -> None:  # fmt: skip
    """The matrix products of one layer, forward and back, `count` times."""
    steps, batch, width = seen.shape
    for _ in range(count):
        for t in range(steps):
            np.dot(seen[t], kernel, gates[t])
        for t in range(steps):
            np.dot(gates[t], turned, back[t])
        np.dot(
            seen.reshape((steps * batch, width)).T,
            gates.reshape((steps * batch, gates.shape[2])),
            gradient,
        )


def floor_side(values: dict[str, Any], features: int, count: int) -> Callable[[], float]:
    """The matrix products of `count` training steps, and nothing else."""
    config = NetworkConfig.from_parameters(values)
    steps, batch, width, layers = config.time_steps, config.batch_size, features, []
    for place, units in enumerate(layer.units for layer in config.recurrent_layers):
        gates, below = config.cell.gates * units, units if place == 0 else width + units
        shapes = [(steps, batch, width + units), (width + units, gates), (steps, batch, gates)]
        shapes += [(steps, batch, below), (gates, below), (width + units, gates)]
        layers.append([np.full(shape, 0.01, np.float32) for shape in shapes])
        width = units

    def run() -> float:
        for layer in layers:
            products(*layer, count)
        return 0.0

    return run


def timed(side: Callable[[], float]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    side()
    return time.perf_counter() - started


def compare(case: Case, pairs: int, steps: int) -> dict[str, Any]:
    """Milliseconds a step of each side, ratios to `model.fit`, and how far apart the losses are."""
    values, data = case.parameters, prepared(case.parameters)
    rows = data.train[: steps * values["batch_size"]]
    steps = len(rows) // values["batch_size"]
    sides = {
        "fit": fit_side(values, data, rows),
        "native": engine_side("native", values, data, rows),
    }
    config = NetworkConfig.from_parameters(values)
    if FUSED.supports(config):
        sides["fused"] = engine_side("fused", values, data, rows)
    losses = {name: [side() for _ in range(EPOCHS_COMPARED)] for name, side in sides.items()}
    sides["floor"] = floor_side(values, data.inputs.shape[1], steps)
    sides["floor"]()
    taken = [{name: timed(side) for name, side in sides.items()} for _ in range(pairs)]
    return {
        "case": case.name,
        "wanted": case.wanted,
        "steps": steps,
        "ms_per_step": {
            name: 1000 * statistics.median(pair[name] for pair in taken) / steps for name in sides
        },
        "times_as_fast": {
            name: statistics.median(pair["fit"] / pair[name] for pair in taken)
            for name in sides
            if name != "fit"
        },
        "native_to_floor": statistics.median(pair["native"] / pair["floor"] for pair in taken),
        "loss_difference": None if config.has_recurrent_dropout else apart(losses),
    }


def apart(losses: dict[str, list[float]]) -> dict[str, float]:
    """The greatest relative difference to the losses of `model.fit`."""
    fit = np.array(losses["fit"])
    return {
        name: float(np.max(np.abs(np.array(found) / fit - 1)))
        for name, found in losses.items()
        if name != "fit"
    }


def overhead(case: Case) -> dict[str, Any]:
    """Milliseconds that a trial costs outside its epochs, in a slot that has trained something else before."""
    values, spent = case.parameters | {"units_1": case.parameters["units_1"] + 1}, {}

    def clock(name: str, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        done = work()
        spent[name] = 1000 * (time.perf_counter() - started)
        return done

    data = clock("prepare", lambda: prepared(values))
    training = clock("build", lambda: Training(NetworkConfig.from_parameters(values), data, 1))
    first = training.run_epoch().seconds
    clock("weights", training.weights)
    clock("checkpoint", training.checkpoint)
    clock(
        "forecast",
        lambda: training.predict(training.weights(), np.concatenate([data.validation, data.test])),
    )
    spent["first epoch over the second"] = 1000 * (first - training.run_epoch().seconds)
    return {"case": case.name, "milliseconds": spent}


def show(report: dict[str, Any]) -> None:
    """The report as tables."""
    console = Console()
    table = Table("network", "fit ms", "native ms", "fused ms", "floor ms", "native", "wanted", "fused", "to floor",
                  "loss apart", title=f"One training step, {report['machine']}")  # fmt: skip
    for row in report["steps"]:
        step, ratio, apart = row["ms_per_step"], row["times_as_fast"], row["loss_difference"] or {}
        table.add_row(
            row["case"], *(f"{step[name]:.2f}" if name in step else "" for name in ("fit", "native", "fused", "floor")),
            f"{ratio['native']:.1f}x", f"{row['wanted']}x" if row["wanted"] else "",
            f"{ratio['fused']:.1f}x" if "fused" in ratio else "", f"{row['native_to_floor']:.2f}",
            f"{apart['native']:.0e}" if apart else "",
        )  # fmt: skip
    console.print(table)
    names = list(report["overhead"][0]["milliseconds"])
    table = Table("network", *names, title="A trial outside its epochs, ms")
    for row in report["overhead"]:
        table.add_row(row["case"], *(f"{row['milliseconds'][name]:.1f}" for name in names))
    console.print(table)


def main() -> None:
    """Time every case and print tables, or write JSON too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="more steps and more pairs")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    configure_threads(1)
    size = FULL if arguments.full else ENOUGH
    report = {
        "machine": f"1 thread, {machine.described(os.environ)}",
        "date": time.strftime("%Y-%m-%d"),
        "data": series()[1],
        "size": size,
        "steps": [compare(case, **size) for case in CASES],
        "overhead": [overhead(case) for case in CASES],
    }
    show(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
