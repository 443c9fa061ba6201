"""A table of real trainings: every combination of a grid on the sample series.

    python -m tests.benchmarks.real_results --make

1,080 small networks of 16 epochs, trained by the product's native engine with one thread and seed
1. The table holds training loss, validation loss and objective (dollars) of every epoch. The
benchmark of strategies looks up the best epoch's objective of a trial in it.
"""

import argparse
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.samples import IBM

TABLE = Path(__file__).with_name("data") / "real_results.npz"
SEED = 1
EPOCHS = 16
COLUMNS = ("Open", "High", "Low", "Close", "Volume")
PROGRESS_INTERVAL = 60  # trainings
QUANTILES = (0, 0.01, 0.05, 0.25, 0.5, 1)
SPACE: dict[str, Any] = {
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_1": {"choice": [4, 8, 16]},
    "units_2": {"choice": [4, 8], "when": {"recurrent_layers": 2}},
    "optimizer": {"choice": ["rmsprop", "adam"]},
    "learning_rate": {"choice": [0.0003, 0.001, 0.003, 0.01, 0.03]},
    "batch_size": {"choice": [32, 128]},
    "time_steps": {"choice": [5, 15, 30]},
    "target": "level",
    "epochs": EPOCHS,
}


def train_combination(parameters: Parameters) -> np.ndarray:
    """Training loss, validation loss and objective of each epoch, shape (EPOCHS, 3)."""
    from worker.network import NetworkConfig
    from worker.training import Training
    from worker.windows import WindowConfig, prepare

    values = pd.read_csv(IBM.path)[list(COLUMNS)].to_numpy(np.float64)
    window_config = WindowConfig.from_parameters(parameters)
    parts = Split().parts(len(values))
    data = prepare(values, COLUMNS.index("Close"), window_config, parts, COLUMNS)
    training = Training(NetworkConfig.from_parameters(parameters), data, SEED)
    assert training.engine == "native", training.engine_reason
    epochs = [training.run_epoch() for _ in range(EPOCHS)]
    training.close()
    return np.array([(epoch.train_loss, epoch.val_loss, epoch.objective) for epoch in epochs])


def make_table() -> None:
    """Train the whole grid, in the order of SearchSpace.grid, and write the table."""
    from worker.hardware import configure_threads

    configure_threads(1)
    started_at = time.perf_counter()
    curves = []
    grid = list(SearchSpace.parse(SPACE).grid())
    for index, parameters in enumerate(grid):
        curves.append(train_combination(parameters))
        if index % PROGRESS_INTERVAL == 0:
            seconds = time.perf_counter() - started_at
            print(f"{index} of {len(grid)}: {seconds:.0f} s", flush=True)
    TABLE.parent.mkdir(exist_ok=True)
    np.savez_compressed(TABLE, curves=np.array(curves, np.float32))
    kilobytes = TABLE.stat().st_size / 1024
    print(f"{len(grid)} trainings, {time.process_time():.0f} s of one core, {kilobytes:.0f} KB")


def read_objectives() -> np.ndarray:
    """The objective of every epoch, shape (trainings, EPOCHS), infinite where it diverged."""
    with np.load(TABLE) as arrays:
        objectives = arrays["curves"][:, :, 2].astype(np.float64)
    return np.where(np.isnan(objectives), np.inf, objectives)


@cache
def best_objectives() -> dict[frozenset[tuple[str, Any]], float]:
    """The best epoch's objective of each combination. NaN where every epoch diverged."""
    objectives = {}
    best = read_objectives().min(axis=1)
    for parameters, value in zip(SearchSpace.parse(SPACE).grid(), best, strict=True):
        objective = float(value) if np.isfinite(value) else float("nan")
        objectives[frozenset(parameters.items())] = objective
    return objectives


def look_up_objective(parameters: Parameters) -> float:
    """The objective of the trial with these complete parameters, in dollars."""
    return best_objectives()[frozenset(parameters.items())]


def print_summary() -> None:
    """How many trainings the table has, how many diverged, and quantiles of the others."""
    values = np.array(list(best_objectives().values()))
    finite = values[np.isfinite(values)]
    diverged = len(values) - len(finite)
    quantiles = ", ".join(f"{q:.0%}: {np.quantile(finite, q):.3f}" for q in QUANTILES)
    print(f"{len(values)} trainings, {diverged} diverged; RMSE in dollars at quantiles {quantiles}")


def main() -> None:
    """Make the table if asked, and describe it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--make", action="store_true", help="train the grid again (minutes)")
    if parser.parse_args().make:
        make_table()
    print_summary()


if __name__ == "__main__":
    main()
